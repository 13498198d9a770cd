/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which files name devices. */
#include "linux/device-files.h"

#include "guest/tree.h"
#include "linux/storage/fstab.h"

#define NAME	"device-name"
#define ROOT	"root-by-device-name"
#define CONSOLE "console-xen"
#define UNITS	"/etc/systemd/system"

static const struct {
	const char *path;
	v2v_text_edit *edit;
	const char *code;
} known[] = {
	{ "/etc/fstab", v2v_text_fstab, NAME },
	{ "/etc/crypttab", v2v_text_crypttab, NAME },
	{ "/etc/mdadm.conf", v2v_text_mdadm, NAME },
	{ "/etc/mdadm/mdadm.conf", v2v_text_mdadm, NAME },
	{ "/etc/lvm/lvm.conf", v2v_text_lvm, "lvm-filter" },
	{ "/etc/lvm/lvmlocal.conf", v2v_text_lvm, "lvm-filter" },
	{ "/etc/initramfs-tools/conf.d/resume", v2v_text_resume, NAME },
	{ "/etc/uswsusp.conf", v2v_text_resume, NAME },
	{ "/etc/suspend.conf", v2v_text_resume, NAME },
	{ "/boot/grub/device.map", v2v_text_device_map, NAME },
	{ "/boot/grub2/device.map", v2v_text_device_map, NAME },
	{ "/etc/default/grub_installdevice", v2v_text_install_device, NAME },
	{ "/etc/default/grub", v2v_text_cmdline, ROOT },
	{ "/etc/sysconfig/grub", v2v_text_cmdline, ROOT },
	{ "/etc/sysconfig/bootloader", v2v_text_cmdline, ROOT },
	{ "/etc/grub.d/40_custom", v2v_text_cmdline, ROOT },
	{ "/etc/kernel/cmdline", v2v_text_cmdline, ROOT },
	{ "/etc/cmdline", v2v_text_cmdline, ROOT },
	/* What other tools make menus from. */
	{ "/etc/default/limine", v2v_text_cmdline, ROOT },
	{ "/etc/sdboot-manage.conf", v2v_text_cmdline, ROOT },
	{ "/etc/default/efibootmgr-kernel-hook", v2v_text_cmdline, ROOT },
	{ "/etc/kernelstub/configuration", v2v_text_cmdline, ROOT },
	{ "/etc/default/extlinux", v2v_text_cmdline, ROOT },
	{ "/etc/default/u-boot", v2v_text_cmdline, ROOT },
	{ "/etc/update-extlinux.conf", v2v_text_cmdline, ROOT },
	{ "/etc/dracut.conf", v2v_text_cmdline, ROOT },
	{ "/boot/grub/custom.cfg", v2v_text_cmdline, ROOT },
	{ "/boot/refind_linux.conf", v2v_text_cmdline, ROOT },
	{ "/boot/grub2/custom.cfg", v2v_text_cmdline, ROOT },
	{ "/boot/grub/grubenv", v2v_text_grubenv, ROOT },
	{ "/boot/grub2/grubenv", v2v_text_grubenv, ROOT },
};

/* Menus that may lie beside the one that counts: a later update of the guest
 * may make them count. */
static const char *const menus[] = { "/boot/grub2/grub.cfg",
	"/boot/grub/grub.cfg", "/boot/grub/menu.lst", "/boot/grub/grub.conf",
	"/boot/extlinux/extlinux.conf", "/boot/extlinux.conf",
	"/boot/syslinux/syslinux.cfg" };

static const struct folder {
	const char *path, *suffix;
	v2v_text_edit *edit;
	const char *code;
} folders[] = {
	{ "/boot/loader/entries", ".conf", v2v_text_cmdline, ROOT },
	{ "/etc/default/grub.d", ".cfg", v2v_text_cmdline, ROOT },
	{ "/etc/dracut.conf.d", ".conf", v2v_text_cmdline, ROOT },
	{ "/etc/cmdline.d", ".conf", v2v_text_cmdline, ROOT },
	{ "/etc/limine-entry-tool.d", ".conf", v2v_text_cmdline, ROOT },
	{ "/etc/mkinitcpio.d", ".preset", v2v_text_cmdline, ROOT },
}, unit_files[] = {
	{ UNITS, ".mount", v2v_text_unit, NAME },
	{ UNITS, ".automount", v2v_text_unit, NAME },
	{ UNITS, ".service", v2v_text_unit, NAME },
	{ UNITS, ".target", v2v_text_unit, NAME },
};

/* Changes that have another code than the rest of their file. */
static const struct {
	const char *what; /* the beginning of the edit's note */
	const char *code;
} others[] = {
	{ V2V_LIMINE_SUM, "limine-sum" },
};

const char *v2v_device_file_code(
	const struct v2v_device_file *file, const char *what)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (v2v_starts_with(what, others[i].what))
			return others[i].code;
	return file->code;
}

/* More files in one of these folders are hostile. */
#define MAX_FILES 512

static void add(struct v2v_list *files, const char *path, v2v_text_edit *edit,
	const char *code)
{
	struct v2v_device_file *file;

	v2v_list_foreach (const struct v2v_device_file, have, files)
		if (have->edit == edit && strcmp(have->path, path) == 0)
			return;
	if (files->count >= MAX_FILES)
		return;
	file = v2v_list_add(files, sizeof *file);
	file->path = v2v_strdup(path);
	file->edit = edit;
	file->code = code;
}

static v2v_text_edit *editor_of(const char *path)
{
	if (v2v_ends_with(path, "/menu.lst") ||
		v2v_ends_with(path, "/grub.conf"))
		return v2v_text_menu_lst;
	if (v2v_ends_with(path, "/grubenv"))
		return v2v_text_grubenv;
	if (v2v_ends_with(path, "/limine.conf") ||
		v2v_ends_with(path, "/limine.cfg"))
		return v2v_text_limine;
	if (v2v_ends_with(path, "/elilo.conf"))
		return v2v_text_elilo;
	return v2v_text_cmdline;
}

static void add_folder(const struct v2v_tree *tree, const struct folder *folder,
	struct v2v_list *files)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_list(tree, folder->path, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path =
			v2v_format("%s/%s", folder->path, *name);

		/* A unit that is masked is a link to no file. */
		if (v2v_ends_with(*name, folder->suffix) &&
			v2v_tree_is_file(tree, path))
			add(files, path, folder->edit, folder->code);
	}
}

/* The guest's own units, and what is added to others: foo.service.d/bar.conf */
static void add_units(const struct v2v_tree *tree, struct v2v_list *files)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(unit_files); i++)
		add_folder(tree, &unit_files[i], files);
	v2v_tree_list(tree, UNITS, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format(UNITS "/%s", *name);
		const struct folder folder = { path, ".conf", v2v_text_unit,
			NAME };

		if (v2v_ends_with(*name, ".d"))
			add_folder(tree, &folder, files);
	}
}

static void add_boot(const struct v2v_boot *boot, struct v2v_list *files)
{
	v2v_list_foreach (char *, path, &boot->files) {
		CLEANUP_FREE char *env = v2v_format("%.*s/grubenv",
			(int)(strrchr(*path, '/') - *path), *path);

		add(files, *path, editor_of(*path), ROOT);
		if (v2v_ends_with(*path, "/grub.cfg"))
			add(files, env, v2v_text_grubenv, ROOT);
	}
	for (size_t i = 0; i < ARRAY_SIZE(menus); i++)
		add(files, menus[i], editor_of(menus[i]), ROOT);
}

/* Kernel arguments are where roots are. */
static void add_consoles(struct v2v_list *files, bool from_xen)
{
	const size_t count = files->count;

	for (size_t i = 0; i < count; i++) {
		CLEANUP_FREE char *path = v2v_strdup(
			v2v_items(struct v2v_device_file, files)[i].path);
		const char *code =
			v2v_items(struct v2v_device_file, files)[i].code;

		if (strcmp(code, ROOT) != 0)
			continue;
		add(files, path, v2v_text_console_xvc, CONSOLE);
		if (from_xen)
			add(files, path, v2v_text_console_hvc, CONSOLE);
	}
	add(files, "/etc/inittab", v2v_text_inittab_xvc, CONSOLE);
	add(files, "/etc/securetty", v2v_text_securetty_xvc, CONSOLE);
	if (!from_xen)
		return;
	add(files, "/etc/inittab", v2v_text_inittab_hvc, CONSOLE);
	add(files, "/etc/securetty", v2v_text_securetty_hvc, CONSOLE);
}

void v2v_device_files(const struct v2v_tree *tree, const struct v2v_boot *boot,
	bool from_xen, struct v2v_list *files)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		add(files, known[i].path, known[i].edit, known[i].code);
	add_boot(boot, files);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		add_folder(tree, &folders[i], files);
	add_consoles(files, from_xen);
	add_units(tree, files);
}

void v2v_device_files_cmdlines(const struct v2v_tree *tree,
	const struct v2v_boot *boot, struct v2v_list *files)
{
	struct v2v_list all CLEANUP_DEVICE_FILES = { 0 };

	v2v_device_files(tree, boot, false, &all);
	v2v_list_foreach (const struct v2v_device_file, file, &all)
		if (strcmp(file->code, ROOT) == 0)
			add(files, file->path, NULL, NULL);
}

/* The editor for a file that has kernel arguments. */
static v2v_text_edit *serial_editor(const char *path)
{
	static const struct {
		const char *part;
		v2v_text_edit *edit;
	} kinds[] = {
		{ "/menu.lst", v2v_text_serial_menu_lst },
		{ "/grub.conf", v2v_text_serial_menu_lst },
		{ "/grubenv", v2v_text_serial_grubenv },
		{ "/loader/entries/", v2v_text_serial_entry },
		{ "linux.conf", v2v_text_serial_extlinux },
		{ "linux.cfg", v2v_text_serial_extlinux },
		{ "/etc/kernel/", v2v_text_serial_cmdline },
		{ "/etc/", v2v_text_serial_defaults },
		{ ".cfg", v2v_text_serial_grub2 },
	};

	if (v2v_ends_with(path, "/update-extlinux.conf"))
		return v2v_text_serial_defaults;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strstr(path, kinds[i].part))
			return kinds[i].edit;
	return NULL;
}

void v2v_device_files_serial(const struct v2v_tree *tree,
	const struct v2v_boot *boot, struct v2v_list *files)
{
	struct v2v_list all CLEANUP_DEVICE_FILES = { 0 };

	v2v_device_files(tree, boot, false, &all);
	v2v_list_foreach (const struct v2v_device_file, file, &all) {
		v2v_text_edit *edit = strcmp(file->code, ROOT) == 0
					      ? serial_editor(file->path)
					      : NULL;

		if (edit)
			add(files, file->path, edit, NULL);
	}
	add(files, "/etc/inittab", v2v_text_serial_inittab, NULL);
	add(files, "/etc/securetty", v2v_text_serial_securetty, NULL);
}

void v2v_device_files_clear(struct v2v_list *files)
{
	v2v_list_foreach (struct v2v_device_file, file, files)
		free(file->path);
	free(files->items);
	*files = (struct v2v_list){ 0 };
}

bool v2v_device_files_from_xen(
	const struct v2v_source *source, const struct v2v_inspect *inspect)
{
	if (source->hypervisor && strcasestr(source->hypervisor, "xen"))
		return true;
	v2v_list_foreach (
		const struct v2v_application, app, &inspect->applications)
		if (app->name && v2v_starts_with(app->name, "xe-guest-util"))
			return true;
	return false;
}

/* mount(8) and initramfs tools know PARTUUID= since about Linux 4. */
static bool is_recent(const struct v2v_inspect *inspect)
{
	const struct v2v_kernel *kernel = inspect->kernels.items;
	unsigned major = 0;

	return kernel && sscanf(kernel->version, "%3u.", &major) == 1 &&
	       major >= 4;
}

/* The default entry's root= and fstab's "/" name the root that was found. */
static void note_root(const struct v2v_tree *tree, const struct v2v_boot *boot,
	struct v2v_devices *devices)
{
	const struct v2v_boot_entry *entry =
		v2v_boot_entries_default(&boot->entries);
	const char *s = entry ? entry->options : "";
	CLEANUP_FREE char *fstab = v2v_tree_text(tree, "/etc/fstab");
	struct v2v_list entries CLEANUP_FSTAB = { 0 };

	while (*(s += strspn(s, " \t\"'"))) {
		size_t n = strcspn(s, " \t\"'");
		CLEANUP_FREE char *word = v2v_strndup(s, n);

		if (v2v_starts_with(word, "root="))
			v2v_devices_note_root(devices, word + strlen("root="));
		s += n;
	}
	v2v_fstab_read(fstab ? fstab : "", &entries);
	v2v_list_foreach (const struct v2v_fstab_entry, mount, &entries)
		if (strcmp(mount->path, "/") == 0)
			v2v_devices_note_root(devices, mount->spec);
}

void v2v_device_files_abilities(const struct v2v_tree *tree,
	const struct v2v_boot *boot, struct v2v_devices *devices)
{
	devices->partuuid = is_recent(devices->inspect);
	v2v_list_foreach (const struct v2v_boot_entry, entry, &boot->entries)
		if (!entry->initrd && !entry->is_uki &&
			strstr(entry->options, "root=/dev/"))
			devices->no_initrd = true;
	note_root(tree, boot, devices);
}
