/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is changed of devices' names, and what is reported of those that stay:
 * tests/data/devices, guests of two disks as text-tree.h has them in NAME.tree,
 * where lines "disk scsi 1" (or "disk -": nothing is known) are the machine's;
 * NAME.expect: the findings. */
#include "cases.h"

#include "inspect/findings/find-private.h"
#include "linux/boot/bootloader.h"
#include "planned.h"
#include "text-tree.h"

static struct v2v_disk disks[] = {
	{ .id = 0, .controller = "scsi", .unit = 0 },
	{ .id = 1, .controller = "scsi", .unit = 1 },
};
static const struct v2v_source usual = { .disks = { disks, 2 } };

static void read_disks(const char *text, struct v2v_source *source)
{
	while (*text && !v2v_starts_with(text, TREE_FILE)) {
		char controller[16];
		int unit = -1;

		if (sscanf(text, "disk %15s %d", controller, &unit) >= 1) {
			struct v2v_disk *disk =
				v2v_list_add(&source->disks, sizeof *disk);

			disk->id = (int64_t)source->disks.count - 1;
			disk->unit = unit;
			disk->controller = strcmp(controller, "-")
						   ? v2v_strdup(controller)
						   : NULL;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

static void test_tree(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_boot boot CLEANUP_BOOT = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };
	struct v2v_source own CLEANUP_SOURCE = { 0 };
	const struct v2v_source *source = &usual;
	struct v2v_error err = { 0 };
	struct planned p;
	struct text_tree t;

	read_disks(text, &own);
	text_tree_read(&t, text);
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &t.inspect.mountpoints)
		if (strcmp(mount->path, "/") == 0)
			t.inspect.root = v2v_strdup(mount->device);
	v2v_bootloader_look(&t.tree, &t.inspect, &boot);
	if (own.disks.count)
		source = &own;
	planned_begin(&p, &t.tree, source, &t.inspect);
	v2v_linux_names(&p.c, &err);
	same("error", err.text, "");
	v2v_find_changes(&p.plan, &t.inspect);
	v2v_find_devices(&p.plan, &boot, source, &t.inspect);
	v2v_list_foreach (
		const struct v2v_finding, finding, &t.inspect.findings)
		v2v_text_addf(&got, "%s %s %s: %s\n", finding->level,
			finding->code, finding->where, finding->text);
	same(path, got.data ? got.data : "", want);
	planned_clear(&p);
	text_tree_clear(&t);
}

int main(void)
{
	each_case("tests/data/devices/*.tree", 16, test_tree);
	return 0;
}
