/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of configuration files: pairs NAME.before and NAME.after (no .after:
 * nothing is changed), by folder.  The machine: two disks, sda1 ext4 (root) and
 * sda2 swap with UUIDs, sda3 and sda5 without one, sdb1 with one; sda5 and sda6
 * have a PARTUUID, sdb6 the same UUID as sda6. */
#include "cases.h"

#include "linux/text/texts.h"

#define DIR "tests/data/texts/"

static struct v2v_filesystem filesystems[] = {
	{ .device = "/dev/sda1", .type = "ext4", .uuid = "aaaa-1" },
	{ .device = "/dev/sda2", .type = "swap", .uuid = "aaaa-2" },
	{ .device = "/dev/sda3", .type = "unknown" },
	{ .device = "/dev/sda5", .type = "unknown", .partuuid = "pppp-5" },
	{ .device = "/dev/sda6",
		.type = "xfs",
		.uuid = "twice",
		.partuuid = "pppp-6" },
	{ .device = "/dev/sdb1", .type = "xfs", .uuid = "bbbb-1" },
	{ .device = "/dev/sdb6", .type = "xfs", .uuid = "twice" },
};
static struct v2v_disk disks[] = {
	{ .id = 0, .controller = "scsi", .unit = 0 },
	{ .id = 1, .controller = "scsi", .unit = 3 },
};
static const struct v2v_source source = { .disks = { disks, 2 } };
static const struct v2v_inspect inspect = {
	.root = "/dev/sda1",
	.filesystems = { filesystems, 7 },
};
static const struct v2v_devices old_guest = {
	.source = &source,
	.inspect = &inspect,
	.prefix = "vd",
};
static struct v2v_devices devices;

static v2v_text_edit *edit;

static char *edit_here(const char *text, struct v2v_text *what)
{
	return edit(text, &devices, what);
}

static void test_pair(const char *path)
{
	same_pair(path, edit_here);
}

static void test_folder(
	const char *pattern, size_t least, v2v_text_edit *function)
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

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
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

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *got = v2v_devices_letters(cases[i].index);

		same("letters", got, cases[i].letters);
	}
}

/* Whose disks have both kinds of names; VMware's NVMe disks are namespaces. */
static void test_mixed(void)
{
	static struct v2v_disk mixed[] = {
		{ .id = 0, .controller = "nvme" },
		{ .id = 1, .controller = "scsi", .unit = 0 },
		{ .id = 2, .controller = "nvme" },
		{ .id = 3, .controller = "scsi", .unit = 1 },
	};
	static const struct v2v_source four = { .disks = { mixed, 4 } };
	static const struct v2v_inspect none = { 0 };
	const struct v2v_devices d = {
		.source = &four,
		.inspect = &none,
		.prefix = "vd",
	};
	static const struct {
		const char *old, *new_name;
	} cases[] = {
		{ "/dev/nvme0n1p1", "/dev/vda1" },
		{ "/dev/nvme0n2p1", "/dev/vdc1" },
		{ "/dev/nvme1n1", "/dev/vdc" },
		{ "/dev/sda1", "/dev/vdb1" },
		{ "/dev/sdb2", "/dev/vdd2" },
		{ "/dev/sdc", NULL },
		{ "/dev/disk/by-path/pci-0000:03:00.0-scsi-0:0:1:0",
			"/dev/vdd" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *got = v2v_devices_rename(&d, cases[i].old);

		same(cases[i].old, got, cases[i].new_name);
	}
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_FREE char *name = v2v_devices_old_name(&four, i);
		static const char *const want[] = { "nvme0n1", "sda", "nvme0n2",
			"sdb" };

		same("old name", name, want[i]);
	}
}

static void test_arguments(void)
{
	CLEANUP_FREE char *link = v2v_devices_argument(&devices,
		"/dev/disk/by-path/pci-0000:03:00.0-scsi-0:0:3:0-part1");
	CLEANUP_FREE char *root = v2v_devices_root(
		&devices, "/dev/disk/by-id/scsi-36000c29-part1");
	CLEANUP_FREE char *other = v2v_devices_root(
		&devices, "/dev/disk/by-id/scsi-36000c29-part7");

	same("link", link, "/dev/disk/by-uuid/bbbb-1");
	same("root", root, "/dev/disk/by-uuid/aaaa-1");
	same("other", other, NULL);
}

static void test_mentions(void)
{
	struct v2v_list found CLEANUP_MENTIONS = { 0 };
	const struct v2v_text_mention *mention;

	v2v_text_mentions(
		"hdparm /dev/sda\n# /dev/sda\n\n"
		"x=/dev/sdz1,/dev/sdz1 /dev/vda1 /dev/sr0 /dev/null\n",
		&devices, &found);
	mention = found.items;
	assert(found.count == 2);
	assert(mention[0].line == 1 && mention[0].known);
	same("mention", mention[0].name, "/dev/sda");
	assert(mention[1].line == 4 && !mention[1].known);
	same("mention", mention[1].name, "/dev/sdz1");
}

/* What is reported stays one short line, however much is changed. */
static void test_long(void)
{
	struct v2v_text text CLEANUP_TEXT = { 0 }, what CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *got = NULL;

	for (unsigned i = 1; i <= 100; i++)
		v2v_text_addf(&text, "/dev/sdb%u /%u ext4\n", i + 10, i);
	got = v2v_text_fstab(text.data, &devices, &what);
	assert(got && what.length < 1200 && v2v_ends_with(what.data, ", …"));
}

int main(void)
{
	devices = old_guest;
	test_names();
	test_mixed();
	test_arguments();
	test_mentions();
	test_long();
	test_letters();
	test_folder(DIR "fstab/*.before", 21, v2v_text_fstab);
	test_folder(DIR "crypttab/*.before", 10, v2v_text_crypttab);
	test_folder(DIR "cmdline/*.before", 13, v2v_text_cmdline);
	test_folder(DIR "grub2/*.before", 10, v2v_text_cmdline);
	test_folder(DIR "bls/*.before", 10, v2v_text_cmdline);
	test_folder(DIR "systemd-boot/*.before", 3, v2v_text_cmdline);
	test_folder(DIR "extlinux/*.before", 5, v2v_text_cmdline);
	test_folder(DIR "limine/*.before", 3, v2v_text_limine);
	test_folder(DIR "elilo/*.before", 2, v2v_text_elilo);
	test_folder(DIR "grub1/*.before", 10, v2v_text_menu_lst);
	test_folder(DIR "grubenv/*.before", 6, v2v_text_grubenv);
	test_folder(DIR "devicemap/*.before", 5, v2v_text_device_map);
	test_folder(DIR "installdevice/*.before", 3, v2v_text_install_device);
	test_folder(DIR "resume/*.before", 5, v2v_text_resume);
	test_folder(DIR "mdadm/*.before", 5, v2v_text_mdadm);
	test_folder(DIR "lvm/*.before", 8, v2v_text_lvm);
	test_folder(DIR "unit/*.before", 5, v2v_text_unit);
	test_folder(DIR "inittab/*.before", 5, v2v_text_inittab_hvc);
	test_folder(DIR "securetty/*.before", 3, v2v_text_securetty_hvc);
	test_folder(DIR "console/*.before", 4, v2v_text_console_hvc);
	test_folder(DIR "serial-grub2/*.before", 3, v2v_text_serial_grub2);
	test_folder(DIR "serial-grub1/*.before", 2, v2v_text_serial_menu_lst);
	test_folder(DIR "serial-bls/*.before", 3, v2v_text_serial_entry);
	test_folder(DIR "serial-env/*.before", 2, v2v_text_serial_grubenv);
	test_folder(DIR "serial-ext/*.before", 2, v2v_text_serial_extlinux);
	test_folder(DIR "serial-line/*.before", 2, v2v_text_serial_cmdline);
	test_folder(DIR "serial-def/*.before", 3, v2v_text_serial_defaults);
	test_folder(DIR "serial-init/*.before", 5, v2v_text_serial_inittab);
	test_folder(DIR "serial-tty/*.before", 2, v2v_text_serial_securetty);
	devices.partuuid = true;
	test_folder(DIR "partuuid/*.before", 3, v2v_text_fstab);
	devices.no_initrd = true;
	test_folder(DIR "no-initrd/*.before", 3, v2v_text_cmdline);
	return 0;
}
