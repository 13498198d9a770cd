/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operating systems by their files: tests/data/os, guests as dir-tree.h has
 * them in NAME.tree; NAME.libguestfs is what libguestfs 1.48 said of them, by
 * tests/guests/os-oracle.py.  NAME.right is what is right instead, or where
 * nobody has asked libguestfs yet.  Neither: there is no system. */
#include "cases.h"

#include "dir-tree.h"
#include "guest/machine.h"
#include "os/os.h"

static void add(json_t *got, const char *key, const char *value)
{
	if (value && strcmp(value, "unknown") != 0)
		json_object_set_new(got, key, json_string(value));
}

static void add_number(json_t *got, const char *key, int64_t value)
{
	CLEANUP_FREE char *text = v2v_format("%lld", (long long)value);

	add(got, key, text);
}

static json_t *mounts_of(const struct v2v_inspect *inspect)
{
	json_t *mounts = json_object();

	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints)
		add(mounts, mount->path, mount->device);
	return mounts;
}

static const char *or_dash(const char *s)
{
	return s ? s : "-";
}

static json_t *applications_of(const struct v2v_inspect *inspect)
{
	json_t *all = json_array();

	v2v_list_foreach (
		const struct v2v_application, app, &inspect->applications)
		json_array_append_new(all,
			json_sprintf("%s %d %s %s %s", app->name,
				(int)app->epoch, or_dash(app->version),
				or_dash(app->release), or_dash(app->arch)));
	return all;
}

static json_t *told(const struct v2v_inspect *inspect)
{
	json_t *got = json_object();

	if (!inspect->root)
		return got;
	add(got, "type", inspect->type);
	add(got, "distro", inspect->distro);
	add(got, "osinfo", inspect->osinfo);
	add(got, "arch", inspect->arch);
	add_number(got, "major_version", inspect->major_version);
	add_number(got, "minor_version", inspect->minor_version);
	add(got, "product_name", inspect->product_name);
	add(got, "product_variant", inspect->product_variant);
	add(got, "hostname", inspect->hostname);
	add(got, "package_format", inspect->package_format);
	add(got, "package_management", inspect->package_management);
	json_object_set_new(got, "mounts", mounts_of(inspect));
	json_object_set_new(got, "applications", applications_of(inspect));
	return got;
}

/* NAME.right has members that are to be otherwise. */
static void compare(const char *path, const struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *want_name = beside(path, ".libguestfs");
	CLEANUP_FREE char *right_name = beside(path, ".right");
	json_auto_t *got = told(inspect);
	json_auto_t *want = json_load_file(want_name, 0, NULL);
	json_auto_t *better = json_load_file(right_name, 0, NULL);

	if (!want)
		want = json_object();
	if (better)
		json_object_update(want, better);
	same_json(path, got, want);
}

static bool mount(void *opaque, const char *device)
{
	(void)opaque;
	assert(strcmp(device, "/dev/sda") == 0);
	return true;
}

static void unmount(void *opaque)
{
	(void)opaque;
}

static void find(const struct v2v_tree *tree, void *opaque)
{
	struct v2v_inspect *inspect = opaque;
	struct v2v_list found CLEANUP_OS = { 0 };
	struct v2v_volume volume = { .device = "/dev/sda",
		.type = "ext2",
		.uuid = "0b1d9b1c-0000-4000-8000-000000000001" };
	struct v2v_list volumes = { &volume, 1 };
	const struct v2v_os_source source = { .tree = tree,
		.volumes = &volumes,
		.mount = mount,
		.umount = unmount };
	const struct v2v_os *root;

	assert(v2v_os_find(&source, &found, NULL) == 0);
	root = v2v_os_root(&found, "/dev/sda");
	if (!root)
		return;
	v2v_os_describe(root, inspect);
	v2v_os_more_mountpoints(root, inspect);
	v2v_os_applications(tree, NULL, inspect, NULL);
}

static void test_tree(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };

	in_tree_with(text, find, &inspect);
	compare(path, &inspect);
}

/* Numbers of the machines, and heads that are not programs. */
static void test_machines(void)
{
	unsigned char head[128] = { 0x7f, 'E', 'L', 'F', 2, 1,
		1, [16] = 3, [18] = 62 };

	same("elf", v2v_machine_of(head, sizeof head), "x86_64");
	assert(!v2v_machine_of(head, 63));
	head[16] = 4; /* a core file */
	assert(!v2v_machine_of(head, sizeof head));
	head[16] = 2;
	head[5] = 3; /* no byte order */
	assert(!v2v_machine_of(head, sizeof head));
	memset(head, 0, sizeof head);
	memcpy(head, "MZ", 2);
	memset(head + 0x3c, 0xff, 4);
	assert(!v2v_machine_of(head, sizeof head));
	memset(head + 0x3c, 0, 4);
	head[0x3c] = sizeof head - 6;
	memcpy(head + sizeof head - 6, "PE\0\0\x64\xaa", 6);
	same("pe", v2v_machine_of(head, sizeof head), "aarch64");
	head[0x3c]++;
	assert(!v2v_machine_of(head, sizeof head));
}

static char *rpm_says(void *opaque, struct v2v_error *err)
{
	return opaque ? v2v_strdup(opaque)
		      : (v2v_fail(err, "guest-packages", "no rpm"), NULL);
}

static void test_rpm(void)
{
	static char text[] = "zlib\t0\t1.2.11\t40.el9\tx86_64\n"
			     "bash\t0\t5.1.8\t6.el9\tx86_64\n"
			     "gpg-pubkey\t0\tfd431d51\t4ae0493b\t(none)\n"
			     "dbus\t1\t1.12.20\t8.el9\tx86_64\n"
			     "short\t0\t1\n"
			     "long\t0\t1\t2\tx86_64\tmore\n"
			     "bad\tx\t1\t2\tx86_64\n"
			     "\t0\t1\t2\tx86_64\n";
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_rpm rpm = { rpm_says, text };
	struct v2v_error err = { 0 };
	json_auto_t *got = NULL,
		    *want = json_pack("[ssss]", "bash 0 5.1.8 6.el9 x86_64",
			    "dbus 1 1.12.20 8.el9 x86_64",
			    "gpg-pubkey 0 fd431d51 4ae0493b -",
			    "zlib 0 1.2.11 40.el9 x86_64");

	assert(v2v_packages_list(
		       NULL, "rpm", &rpm, &inspect.applications, &err) == 0);
	got = applications_of(&inspect);
	same_json("rpm", got, want);
	rpm.opaque = NULL;
	assert(v2v_packages_list(
		       NULL, "rpm", &rpm, &inspect.applications, &err) < 0);
	same("error", err.code, "guest-packages");
}

/* A line of any length is one. */
static void cut_packages(const struct v2v_tree *tree)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };

	assert(v2v_packages_list(
		       tree, "deb", NULL, &inspect.applications, NULL) == 0);
	assert(inspect.applications.count == 2);
}

static void no_packages(const struct v2v_tree *tree)
{
	static const char *const formats[] = { "deb", "apk", "pacman" };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		assert(v2v_packages_list(tree, formats[i], NULL,
			       &inspect.applications, NULL) < 0);
	assert(v2v_packages_list(
		       tree, "ebuild", NULL, &inspect.applications, NULL) == 0);
	assert(inspect.applications.count == 0);
}

static void test_bounds(void)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };

	v2v_text_addf(&text, "==== /var/lib/dpkg/status\n");
	for (unsigned i = 0; i < 2; i++) {
		v2v_text_addf(&text, "Package: p%u\nDepends: ", i);
		for (unsigned j = 0; j < 100000; j++)
			v2v_text_addf(&text, "Version: ");
		v2v_text_addf(&text,
			"\nVersion: 1\nStatus: install ok installed\n\n");
	}
	in_tree(text.data, cut_packages);
	in_tree("==== /x\n", no_packages);
}

/* /usr on its own: what the root does not say, it does. */
static const char *const parts[] = {
	"==== /etc/fstab\n/dev/sda1 / ext4 defaults 0 1\n"
	"/dev/sda2 /usr ext4 defaults 0 2\n"
	"==== /bin link usr/bin\n"
	"==== /etc/debian_version\n12.5\n",
	"==== /bin/bash elf 64 1 183\n==== /local dir\n==== /share dir\n"
	"==== /src dir\n",
};
static int mounted = -1;

static bool mount_part(void *opaque, const char *device)
{
	const int *tops = opaque;

	if (!v2v_starts_with(device, "/dev/sda") || !strchr("12", device[8]))
		return false;
	mounted = tops[device[8] - '1'];
	return true;
}

static void test_usr(void)
{
	char tops[2][32] = { "/tmp/v2v-test-os-XXXXXX",
		"/tmp/v2v-test-os-XXXXXX" };
	struct v2v_volume volumes[] = { { .device = "/dev/sda1",
						.type = "ext4" },
		{ .device = "/dev/sda2", .type = "ext4" },
		{ .device = "/dev/sda3", .type = "swap" },
		{ .device = "/dev/sda4", .type = "xfs" } };
	const struct v2v_list list = { volumes, ARRAY_SIZE(volumes) };
	struct v2v_list found CLEANUP_OS = { 0 };
	const struct v2v_tree tree = dir_tree(&mounted);
	int fds[2];
	const struct v2v_os_source source = { .tree = &tree,
		.volumes = &list,
		.mount = mount_part,
		.umount = unmount,
		.opaque = fds };

	for (unsigned i = 0; i < 2; i++) {
		assert(mkdtemp(tops[i]));
		make_tree(tops[i], parts[i]);
		fds[i] = open(tops[i], O_PATH | O_CLOEXEC);
	}
	assert(v2v_os_find(&source, &found, NULL) == 0);
	assert(found.count == 2);
	assert(!v2v_os_root(&found, "/dev/sda2"));
	same("arch", v2v_os_root(&found, "/dev/sda1")->told.arch, "aarch64");
	for (unsigned i = 0; i < 2; i++) {
		close(fds[i]);
		remove_tree(tops[i]);
	}
}

/* For tests/guests/os-oracle.py. */
static int make(const char *path, const char *top)
{
	CLEANUP_FREE char *text = read_whole(path);

	make_tree(top, text);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "make") == 0)
		return make(argv[2], argv[3]);
	test_machines();
	test_rpm();
	test_bounds();
	test_usr();
	each_case("tests/data/os/*.tree", 100, test_tree);
	return 0;
}
