/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which deployment of OSTree starts: tests/data/deployments, filesystems as
 * text-tree.h has them in NAME.tree; NAME.expect: what the boot entries name,
 * and the deployment and state of the first of them that leads to one, or of
 * the only one.
 */
#include "cases.h"

#include "inspect/findings/find-private.h"
#include "linux/boot/nixos.h"
#include "linux/boot/ostree.h"
#include "linux/sealed.h"
#include "text-tree.h"

static void find(const struct v2v_tree *tree, const struct v2v_list *names,
	struct v2v_ostree *found)
{
	v2v_list_foreach (char *, name, names)
		if (v2v_ostree_find(tree, *name, found))
			return;
	v2v_ostree_only(tree, found);
}

static void test_tree(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	struct v2v_ostree found CLEANUP_OSTREE = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };
	struct text_tree t;

	text_tree_read(&t, text);
	v2v_ostree_names(&t.tree, "/boot", &names);
	v2v_list_foreach (char *, name, &names)
		v2v_text_addf(&got, "entry %s\n", *name);
	find(&t.tree, &names, &found);
	v2v_text_addf(&got, "%s %s %s\n",
		v2v_ostree_is_on(&t.tree) ? "yes" : "no",
		found.deployment ? found.deployment : "-",
		found.state ? found.state : "-");
	same(path, got.data, want);
	text_tree_clear(&t);
}

static void test_arguments(void)
{
	static const struct {
		const char *options, *ostree, *nixos;
	} cases[] = {
		{ "", NULL, NULL },
		{ NULL, NULL, NULL },
		{ "root=UUID=a ostree=/ostree/boot.1/x/y/0 rw",
			"/ostree/boot.1/x/y/0", NULL },
		{ "rd.ostree=/x ostree= quiet", NULL, NULL },
		{ "'ostree=/a'", "/a", NULL },
		{ "init=/nix/store/abc-nixos-system-x-24.05/init loglevel=4",
			NULL, "/nix/store/abc-nixos-system-x-24.05" },
		{ "init=/sbin/init", NULL, NULL },
		{ "init=/nix/store/abc-bash/bin/bash", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *ostree =
			v2v_ostree_argument(cases[i].options);
		CLEANUP_FREE char *nixos = v2v_nixos_system(cases[i].options);

		same("ostree=", ostree, cases[i].ostree);
		same("init=", nixos, cases[i].nixos);
	}
}

/* What is never written to: "yes" or "no" and a path a line of .sealed. */
static void test_sealed(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".sealed");
	CLEANUP_FREE char *want = read_whole(expect_name);
	const char *rest = want;
	struct v2v_text got CLEANUP_TEXT = { 0 };
	struct text_tree t;

	text_tree_read(&t, text);
	while (*rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		const char *name = v2v_line_split(line);

		v2v_text_addf(&got, "%s %s\n",
			v2v_is_sealed(&t.tree, &t.inspect, name) ? "yes" : "no",
			name);
	}
	same(path, got.data, want);
	text_tree_clear(&t);
}

/* The note on NixOS's configuration: where, or "". */
static void test_configuration(void)
{
	static const struct {
		const char *tree, *want;
	} cases[] = {
		{ "distro debian\n", "" },
		{ "distro nixos\n", "/etc/nixos" },
		{ "distro nixos\n==== /etc/nixos/configuration.nix\n{ }\n",
			"/etc/nixos/configuration.nix" },
		{ "distro nixos\n==== /etc/nixos/configuration.nix\n"
		  "imports = [ (modulesPath + "
		  "\"/profiles/qemu-guest.nix\") ];\n",
			"" },
		{ "distro nixos\n==== /etc/nixos/configuration.nix\n{ }\n"
		  "==== /etc/nixos/hardware-configuration.nix\n"
		  "availableKernelModules = [ \"ahci\" ];\n",
			"/etc/nixos/hardware-configuration.nix" },
		{ "distro nixos\n==== /etc/nixos/hardware-configuration.nix\n"
		  "availableKernelModules = [ \"virtio_blk\" ];\n",
			"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct text_tree t;
		const struct v2v_finding *found;

		text_tree_read(&t, cases[i].tree);
		v2v_find_nixos(&t.tree, &t.inspect);
		found = t.inspect.findings.items;
		same(cases[i].tree, found ? found->where : "", cases[i].want);
		assert(t.inspect.findings.count <= 1);
		text_tree_clear(&t);
	}
}

/* An overlay at /etc, as MicroOS writes it, and others that are not overlays.
 */
static void test_overlay(void)
{
	static const struct {
		const char *fstab;
		size_t found;
	} cases[] = {
		{ "overlay /etc overlay defaults,lowerdir=/sysroot/var/lib/"
		  "overlay/1/etc:/sysroot/etc,upperdir=/sysroot/var/lib/"
		  "overlay/2/etc,workdir=/sysroot/var/lib/overlay/2/work-etc,"
		  "x-initrd.mount 0 0\n",
			1 },
		{ "UUID=a / btrfs ro 0 0\n/etc /etc none bind 0 0\n", 0 },
		{ "overlay /srv/etc overlay lowerdir=/a 0 0\n", 0 },
		{ "# overlay /etc overlay defaults 0 0\n", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *text =
			v2v_format("==== /etc/fstab\n%s", cases[i].fstab);
		struct text_tree t;

		text_tree_read(&t, text);
		v2v_find_overlay(&t.tree, &t.inspect);
		assert(t.inspect.findings.count == cases[i].found);
		text_tree_clear(&t);
	}
}

int main(void)
{
	each_case("tests/data/deployments/*.tree", 5, test_tree);
	each_case("tests/data/sealed/*.tree", 2, test_sealed);
	test_arguments();
	test_configuration();
	test_overlay();
	return 0;
}
