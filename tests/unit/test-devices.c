/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told of devices' names: tests/data/devices, guests of two disks as
 * text-tree.h has them in NAME.tree; NAME.expect: the findings. */
#include "cases.h"

#include "inspect/bootloader.h"
#include "inspect/find-private.h"
#include "text-tree.h"

static struct v2v_disk disks[] = {
	{ .id = 0, .controller = "scsi", .unit = 0 },
	{ .id = 1, .controller = "scsi", .unit = 1 },
};
static const struct v2v_source source = { .disks = { disks, 2 } };

static void test_tree(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_boot boot CLEANUP_BOOT = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };
	struct text_tree t;

	text_tree_read(&t, text);
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &t.inspect.mountpoints)
		if (strcmp(mount->path, "/") == 0)
			t.inspect.root = v2v_strdup(mount->device);
	v2v_bootloader_look(&t.tree, &t.inspect, &boot);
	v2v_find_devices(&t.tree, &boot, &source, &t.inspect);
	v2v_list_foreach (
		const struct v2v_finding, finding, &t.inspect.findings)
		v2v_text_addf(&got, "%s %s %s: %s\n", finding->level,
			finding->code, finding->where, finding->text);
	same(path, got.data ? got.data : "", want);
	text_tree_clear(&t);
}

int main(void)
{
	each_case("tests/data/devices/*.tree", 11, test_tree);
	return 0;
}
