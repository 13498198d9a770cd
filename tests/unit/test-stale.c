/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copies of configuration inside an initramfs that name the old devices and
 * cards: tests/data/stale/NAME.tree, an initramfs's texts as text-tree.h has
 * them, its mounts the guest's; NAME.expect: what is put over them.
 */
#include "cases.h"

#include "linux/kernels/initrd-network.h"
#include "linux/kernels/stale.h"
#include "text-tree.h"

#include <sys/stat.h>

/* The machine: two disks, one card that was 00:50:56:aa:00:01 in slot 192. */
static struct v2v_disk disks[] = {
	{ .id = 0, .controller = "scsi", .unit = 0 },
	{ .id = 1, .controller = "scsi", .unit = 1 },
};
static const struct v2v_source source = { .disks = { disks, 2 } };
static struct v2v_mac_change mac_changes[] = {
	{ "00:50:56:aa:00:01", "52:54:00:12:34:56" },
};
static struct v2v_guest_nic nics[] = { { 0, "52:54:00:12:34:56", "ens192" } };
static struct v2v_net_place net_places[] = {
	{ "0000:0b:00.0", "52:54:00:12:34:56" },
};
static const struct v2v_list macs = { mac_changes, 1 };
static const struct v2v_list places = { net_places, 1 };
static const struct v2v_list all_nics = { nics, 1 };
static const struct v2v_net_edit net = {
	.macs = &macs,
	.places = &places,
	.nics = &all_nics,
	.driver = "virtio_net",
};

/* What a scan would have captured. */
static bool is_captured(const char *path)
{
	for (const char *const *s = v2v_stale_files; *s; s++)
		if (v2v_ends_with(*s, "/") ? v2v_starts_with(path, *s)
					   : strcmp(path, *s) == 0)
			return true;
	return strcmp(path, "etc/booster.init.yaml") == 0;
}

static void take_texts(const struct text_tree *t, struct v2v_initrd *scan)
{
	v2v_list_foreach (const struct text_file, file, &t->files) {
		struct v2v_initrd_text *text;

		if (!is_captured(file->path))
			continue;
		text = v2v_list_add(&scan->texts, sizeof *text);
		text->path = v2v_strdup(file->path);
		text->text = v2v_strdup(file->text);
		text->mode = S_IFREG | 0600;
	}
}

static void show(const struct v2v_list *texts, const struct v2v_text *what,
	bool network, struct v2v_text *out)
{
	v2v_text_addf(out, "network %s\nwhat %s\n", network ? "yes" : "no",
		what->length ? what->data : "");
	v2v_list_foreach (const struct v2v_initrd_text, text, texts) {
		if (S_ISLNK(text->mode))
			v2v_text_addf(
				out, "link %s %s\n", text->path, text->text);
		else
			v2v_text_addf(out, "%s%s\n%s", TREE_FILE, text->path,
				text->text);
		/* All but links keeps its mode. */
		assert(S_ISLNK(text->mode) || text->mode == (S_IFREG | 0600));
	}
}

static void test_tree(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_initrd scan CLEANUP_INITRD = { 0 };
	struct v2v_text what CLEANUP_TEXT = { 0 }, got CLEANUP_TEXT = { 0 };
	struct v2v_list texts = { 0 };
	struct text_tree t;
	struct v2v_devices devices = {
		.source = &source, .inspect = &t.inspect, .prefix = "vd"
	};

	text_tree_read(&t, text);
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &t.inspect.mountpoints)
		if (strcmp(mount->path, "/") == 0)
			t.inspect.root = v2v_strdup(mount->device);
	take_texts(&t, &scan);
	v2v_stale_edit(&scan, &devices, &net, &texts, &what);
	show(&texts, &what, v2v_initrd_brings_network(&scan), &got);
	same(path, got.data, want);
	v2v_initrd_texts_clear(&texts);
	text_tree_clear(&t);
}

/* Where the network is left, so are its copies. */
static void test_left(void)
{
	char *text = (char *)"ifname=eth0:00:50:56:aa:00:01\n";
	struct v2v_initrd_text file = { (char *)"etc/cmdline.d/95iscsi.conf",
		text, S_IFREG | 0600 };
	const struct v2v_initrd scan = { .texts = { &file, 1 } };
	const struct v2v_inspect inspect = { 0 };
	const struct v2v_devices devices = {
		.source = &source, .inspect = &inspect, .prefix = "vd"
	};
	struct v2v_text what CLEANUP_TEXT = { 0 };
	struct v2v_list texts = { 0 };

	v2v_stale_edit(&scan, &devices, NULL, &texts, &what);
	assert(texts.count == 0 && what.length == 0);
	v2v_stale_edit(&scan, &devices, &net, &texts, &what);
	assert(texts.count == 1 && what.length);
	v2v_initrd_texts_clear(&texts);
}

int main(void)
{
	each_case("tests/data/stale/*.tree", 10, test_tree);
	test_left();
	return 0;
}
