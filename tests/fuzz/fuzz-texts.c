/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The texts of a guest: bootloaders are read, and every editor is tried.  What
 * was edited once stays as it is. */
#include "scratch.h"

#include "../unit/text-tree.h"
#include "inspect/findings/find-private.h"
#include "linux/boot/bls.h"
#include "linux/boot/bootloader.h"
#include "linux/boot/extlinux.h"
#include "linux/boot/grub1.h"
#include "linux/boot/grub2.h"
#include "linux/boot/uefi.h"
#include "linux/text/texts.h"
#include "plan/plan.h"

static char sda1[] = "/dev/sda1", sda2[] = "/dev/sda2", sdb1[] = "/dev/sdb1",
	    ext4[] = "ext4", one[] = "aaaa-1", two[] = "bbbb-1",
	    part[] = "pppp-2", scsi[] = "scsi", nvme[] = "nvme";
static struct v2v_filesystem filesystems[] = {
	{ .device = sda1, .type = ext4, .uuid = one },
	{ .device = sda2, .type = ext4, .partuuid = part },
	{ .device = sdb1, .type = ext4, .uuid = two },
};
static struct v2v_disk disks[] = {
	{ .id = 0, .controller = scsi, .unit = 0 },
	{ .id = 1, .controller = scsi, .unit = 3 },
	{ .id = 2, .controller = nvme, .unit = 0 },
};
static const struct v2v_source source = { .disks = { disks, 3 } };
static const struct v2v_inspect inspect = {
	.root = sda1,
	.filesystems = { filesystems, 3 },
};

static v2v_text_edit *const editors[] = { v2v_text_fstab, v2v_text_crypttab,
	v2v_text_cmdline, v2v_text_menu_lst, v2v_text_grubenv, v2v_text_resume,
	v2v_text_unit, v2v_text_device_map, v2v_text_mdadm, v2v_text_lvm,
	v2v_text_inittab_hvc, v2v_text_securetty_hvc, v2v_text_console_hvc,
	v2v_text_serial_grub2, v2v_text_serial_menu_lst, v2v_text_serial_entry,
	v2v_text_serial_extlinux, v2v_text_serial_cmdline,
	v2v_text_serial_defaults, v2v_text_serial_grubenv,
	v2v_text_serial_inittab, v2v_text_serial_securetty };

static void edit_twice(
	size_t number, const char *text, const struct v2v_devices *devices)
{
	struct v2v_text what CLEANUP_TEXT = { 0 }, more CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = editors[number](text, devices, &what);
	CLEANUP_FREE char *again =
		edited ? editors[number](edited, devices, &more) : NULL;

	if (!edited == !what.length && !again)
		return;
	fprintf(stderr, "editor %zu: %s\n", number,
		more.length ? more.data : "");
	abort();
}

static void edit(const char *text)
{
	struct v2v_devices devices = {
		.source = &source,
		.inspect = &inspect,
		.prefix = "vd",
		.partuuid = true,
	};
	struct v2v_list mentions CLEANUP_MENTIONS = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(editors); i++)
		edit_twice(i, text, &devices);
	devices.no_initrd = true;
	edit_twice(2, text, &devices);
	v2v_text_mentions(text, &devices, &mentions);
}

/* The text as each kind of configuration. */
static void read_as_each(const char *text, struct text_tree *t)
{
	struct v2v_list variables CLEANUP_GRUB_VARIABLES = { 0 };
	struct v2v_list bls CLEANUP_BLS = { 0 };
	struct v2v_list entries CLEANUP_BOOT_ENTRIES = { 0 };
	struct v2v_list extlinux CLEANUP_BOOT_ENTRIES = { 0 };
	struct v2v_list grub1 CLEANUP_BOOT_ENTRIES = { 0 };
	struct v2v_grub2 config CLEANUP_GRUB2 = { 0 };
	struct text_file *file = v2v_list_add(&t->files, sizeof *file);
	struct v2v_list files = { 0 };

	v2v_grubenv_read(text, &variables);
	v2v_grub2_read(text, &variables, &config, &entries);
	v2v_grub2_choose(&config, &variables, &entries);
	v2v_grub1_read(text, text, &grub1);
	for (int i = 0; i < 3; i++)
		v2v_bls_read(text, text, &variables,
			v2v_list_add(&bls, sizeof(struct v2v_bls)));
	v2v_bls_sort_grub(&bls);
	v2v_bls_sort_systemd(&bls);
	v2v_bls_take(&bls, &entries);
	file->path = v2v_strdup("/boot/extlinux.conf");
	file->text = v2v_strdup(text);
	v2v_extlinux_read(&t->tree, "/boot/extlinux.conf", &files, &extlinux);
	v2v_list_foreach (char *, name, &files)
		free(*name);
	free(files.items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	CLEANUP_FREE char *text = v2v_strndup((const char *)data, size);
	struct v2v_boot boot CLEANUP_BOOT = { 0 };
	struct v2v_uefi uefi CLEANUP_UEFI = { 0 };
	struct v2v_plan plan CLEANUP_PLAN = { 0 };
	struct text_tree t;

	edit(text);
	text_tree_read(&t, text);
	v2v_bootloader_look(&t.tree, &t.inspect, &boot);
	v2v_uefi_plan(&t.tree, &t.inspect, &uefi);
	v2v_plan_init(&plan, &t.tree);
	v2v_find_devices(&plan, &boot, &source, &t.inspect);
	v2v_find_bootloader(&t.tree, &boot, &source, &t.inspect);
	read_as_each(text, &t);
	text_tree_clear(&t);
	return 0;
}
