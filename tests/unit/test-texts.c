/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of configuration files: pairs NAME.before and NAME.after (no .after:
 * nothing is changed), by folder.  The machine: two disks, sda1 ext4 and sda2
 * swap with UUIDs, sda3 without one, sdb1 with one. */
#include "cases.h"

#include "convert/linux/texts.h"

#define DIR "tests/data/texts/"

static struct v2v_filesystem filesystems[] = {
	{ .device = "/dev/sda1", .type = "ext4", .uuid = "aaaa-1" },
	{ .device = "/dev/sda2", .type = "swap", .uuid = "aaaa-2" },
	{ .device = "/dev/sda3", .type = "unknown" },
	{ .device = "/dev/sdb1", .type = "xfs", .uuid = "bbbb-1" },
};
static struct v2v_disk disks[] = {
	{ .id = 0, .controller = "scsi", .unit = 0 },
	{ .id = 1, .controller = "scsi", .unit = 3 },
};
static const struct v2v_source source = { .disks = { disks, 2 } };
static const struct v2v_inspect inspect = { .filesystems = { filesystems, 4 } };
static const struct v2v_devices devices = { &source, &inspect, "vd" };

static char *(*edit)(
	const char *, const struct v2v_devices *, struct v2v_text *);

static void test_pair(const char *path)
{
	CLEANUP_FREE char *before = read_whole(path);
	CLEANUP_FREE char *after_name = beside(path, ".after");
	CLEANUP_FREE char *want =
		access(after_name, F_OK) == 0 ? read_whole(after_name) : NULL;
	struct v2v_text what CLEANUP_TEXT = { 0 };
	struct v2v_text none CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *got = edit(before, &devices, &what), *twice = NULL;

	same(path, got, want);
	assert(!got == !what.length);
	if (!got)
		return;
	/* What was edited once stays as it is. */
	twice = edit(got, &devices, &none);
	same(path, twice, NULL);
}

static void test_folder(const char *pattern, size_t least,
	char *(*function)(
		const char *, const struct v2v_devices *, struct v2v_text *))
{
	edit = function;
	each_case(pattern, least, test_pair);
}

static void test_names(void)
{
	static const struct {
		const char *old, *new_name;
	} cases[] = {
		{ "/dev/sda1", "UUID=aaaa-1" },
		{ "/dev/hda1", "UUID=aaaa-1" },
		{ "/dev/xvda2", "UUID=aaaa-2" },
		{ "/dev/sda3", "/dev/vda3" },
		{ "/dev/nvme1n1p1", "UUID=bbbb-1" },
		{ "/dev/sda", "/dev/vda" },
		{ "/dev/sdc1", NULL },
		{ "/dev/sda0", NULL },
		{ "/dev/sda1x", NULL },
		{ "/dev/mapper/vg-root", NULL },
		{ "/dev/sr0", NULL },
		{ "UUID=aaaa-1", NULL },
		{ "/dev/disk/by-path/pci-0000:03:00.0-scsi-0:0:3:0-part1",
			"UUID=bbbb-1" },
		{ "/dev/disk/by-id/scsi-35000c29-part1", NULL },
		{ "/dev/vda3", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEANUP_FREE char *got =
			v2v_devices_replace(&devices, cases[i].old);

		same(cases[i].old, got, cases[i].new_name);
	}
	assert(v2v_devices_is_unknown(&devices, "/dev/sdc1"));
	assert(!v2v_devices_is_unknown(&devices, "/dev/sr0"));
}

static void test_letters(void)
{
	static const struct {
		size_t index;
		const char *letters;
	} cases[] = { { 0, "a" }, { 25, "z" }, { 26, "aa" }, { 701, "zz" },
		{ 702, "aaa" } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEANUP_FREE char *got = v2v_devices_letters(cases[i].index);

		same("letters", got, cases[i].letters);
	}
}

int main(void)
{
	test_names();
	test_letters();
	test_folder(DIR "fstab/*.before", 10, v2v_text_fstab);
	test_folder(DIR "crypttab/*.before", 4, v2v_text_crypttab);
	test_folder(DIR "cmdline/*.before", 8, v2v_text_cmdline);
	test_folder(DIR "devicemap/*.before", 3, v2v_text_device_map);
	test_folder(DIR "resume/*.before", 3, v2v_text_resume);
	return 0;
}
