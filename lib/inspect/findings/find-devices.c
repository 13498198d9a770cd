/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: names of devices that stay, in files that are edited and others. */
#include "core/lines.h"
#include "guest/tree.h"
#include "inspect/findings/find-private.h"
#include "linux/boot/limine.h"
#include "linux/device-files.h"
#include "linux/sealed.h"
#include "plan/plan.h"

/* Of one file; a menu says the same for each kernel. */
#define MAX_FOUND 20

struct finder {
	const struct v2v_tree *base; /* the guest as it is */
	const struct v2v_tree *tree; /* and as the plan makes it */
	const struct v2v_devices *devices;
	struct v2v_inspect *inspect;
	struct v2v_list seen; /* of char *: "EDITOR PATH", links resolved */
};

/* What stays, in files that are edited too: where it is there, its meaning
 * is not known. */
static void find_mentions(
	struct finder *f, const char *path, const char *text, bool edited)
{
	const char *stays =
		edited ? "it stays here" : "this file is not changed";
	struct v2v_list mentions CLEANUP_MENTIONS = { 0 };
	size_t count = 0;

	v2v_text_mentions(text, f->devices, &mentions);
	v2v_list_foreach (const struct v2v_text_mention, mention, &mentions) {
		CLEANUP_FREE char *where =
			v2v_format("%s:%u", path, mention->line);

		if (++count > MAX_FOUND)
			return;
		if (!mention->known)
			v2v_finding_add(f->inspect, V2V_NOTE, "device-unknown",
				where, "no disk is known for '%s'",
				mention->name);
		else
			v2v_finding_add(f->inspect, V2V_NOTE,
				"device-mentioned", where,
				"'%s' will have another name; %s",
				mention->name, stays);
	}
}

/* A link and what it leads to are one file. */
static bool is_seen(struct finder *f, const char *path, v2v_text_edit *edit)
{
	CLEANUP_FREE char *real = v2v_tree_resolve(f->tree, path);
	CLEANUP_FREE char *key =
		v2v_format("%p %s", (void *)edit, real ? real : path);

	v2v_list_foreach (char *, have, &f->seen)
		if (strcmp(*have, key) == 0)
			return true;
	v2v_list_add_string(&f->seen, key);
	return false;
}

/* Has any editor seen it? */
static bool was_edited(const struct finder *f, const char *path)
{
	CLEANUP_FREE char *real = v2v_tree_resolve(f->tree, path);
	CLEANUP_FREE char *end = v2v_format(" %s", real ? real : path);

	v2v_list_foreach (char *, have, &f->seen)
		if (v2v_ends_with(*have, end))
			return true;
	return false;
}

static bool is_console(const struct v2v_device_file *file)
{
	return strcmp(file->code, "console-xen") == 0;
}

/* Only what the file is made from can be changed. */
static void find_never_written(
	struct finder *f, const struct v2v_device_file *file, const char *what)
{
	CLEANUP_FREE char *words = v2v_find_words(what);

	v2v_finding_add(f->inspect, V2V_BLOCKER, "device-sealed", file->path,
		"it is in the part of the system that is never written to, and "
		"names a device that will have another name; change what it is "
		"made from where the guest runs now (%s)",
		words);
}

/* What the plan would edit, if it could. */
static bool look_at_sealed(
	struct finder *f, const struct v2v_device_file *file, const char *text)
{
	struct v2v_text what CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = NULL;

	if (!v2v_is_sealed(f->base, f->inspect, file->path))
		return false;
	edited = file->edit(text, f->devices, &what);
	if (edited)
		find_never_written(f, file, what.data);
	return edited != NULL;
}

static void look_at(struct finder *f, const struct v2v_device_file *file)
{
	CLEANUP_FREE char *text = v2v_tree_text(f->tree, file->path);

	if (!text || is_seen(f, file->path, file->edit) || is_console(file))
		return;
	if (!look_at_sealed(f, file, text))
		find_mentions(f, file->path, text, true);
}

/* Not edited: what they mean by a device is theirs alone. */
static const char *const others[] = { "/etc/rc.local", "/etc/rc.d/rc.local",
	"/etc/hdparm.conf", "/etc/smartd.conf",
	"/etc/smartmontools/smartd.conf", "/etc/default/smartmontools",
	"/etc/sysconfig/rawdevices", "/etc/sysconfig/oracleasm",
	"/etc/multipath.conf", "/etc/drbd.conf", "/etc/lilo.conf",
	"/etc/elilo.conf", "/etc/default/hdparm", "/etc/mkinitrd.conf",
	"/etc/udisks2/mount_options.conf" };

static const struct {
	const char *directory, *prefix, *suffix;
} other_folders[] = {
	{ "/etc/udev/rules.d", "", ".rules" },
	{ "/etc/drbd.d", "", ".res" },
	/* A swap's unit is called after its device. */
	{ "/etc/systemd/system", "", ".swap" },
	/* Maps of autofs */
	{ "/etc", "auto.", "" },
	{ "/etc", "auto_", "" },
	{ "/etc/auto.master.d", "", ".autofs" },
	{ "/etc/autofs", "auto.", "" },
};

/* Of one folder. */
#define MAX_OTHERS 100

/* Names that the old hypervisor's disks gave themselves. */
static void find_scsi_ids(struct finder *f, const char *path, const char *text)
{
	static const char *const words[] = { "scsi_id", "ID_SERIAL", "wwid ",
		"36000c29", "DM_UUID==\"mpath" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strstr(text, words[i]))
			continue;
		v2v_finding_add(f->inspect, V2V_NOTE, "scsi-id", path,
			"it uses serial numbers of SCSI disks, which virtio "
			"disks do not have");
		return;
	}
}

static void look_at_other(struct finder *f, const char *path)
{
	CLEANUP_FREE char *text = v2v_tree_text(f->tree, path);

	if (!text)
		return;
	if (!was_edited(f, path))
		find_mentions(f, path, text, false);
	find_scsi_ids(f, path, text);
}

static void look_at_folder(struct finder *f, const char *directory,
	const char *prefix, const char *suffix)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	size_t count = 0;

	v2v_tree_list(f->tree, directory, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", directory, *name);

		if (!v2v_starts_with(*name, prefix) ||
			!v2v_ends_with(*name, suffix))
			continue;
		if (++count > MAX_OTHERS)
			return;
		look_at_other(f, path);
	}
}

static void look_at_others(struct finder *f)
{
	const size_t n = ARRAY_SIZE(other_folders);

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		look_at_other(f, others[i]);
	for (size_t i = 0; i < n; i++)
		look_at_folder(f, other_folders[i].directory,
			other_folders[i].prefix, other_folders[i].suffix);
}

/* Arguments in a signed image cannot be edited. */
static void find_signed(struct finder *f, const struct v2v_boot *boot)
{
	const struct v2v_boot_entry *chosen =
		v2v_boot_entries_default(&boot->entries);
	struct v2v_text what CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = NULL;

	if (!chosen || !chosen->is_uki)
		return;
	edited = v2v_text_cmdline(chosen->options, f->devices, &what);
	if (!edited)
		return;
	v2v_finding_add(f->inspect, V2V_BLOCKER, "cmdline-signed",
		chosen->kernel,
		"its arguments are signed with it, and name a device that will "
		"have another name; have the guest make it with others (%s)",
		what.data);
}

/* A configuration that has to be edited, and must not be. */
static void find_sealed(struct finder *f, const struct v2v_boot *boot)
{
	CLEANUP_FREE char *text = NULL, *edited = NULL, *image = NULL;
	struct v2v_text what CLEANUP_TEXT = { 0 };

	if (!v2v_streq(boot->type, "limine") || !boot->config)
		return;
	text = v2v_tree_text(f->base, boot->config);
	edited = text ? v2v_text_limine(text, f->devices, &what) : NULL;
	image = edited ? v2v_limine_sealed(f->base, f->inspect) : NULL;
	if (image)
		v2v_finding_add(f->inspect, V2V_BLOCKER, "bootloader-sealed",
			image,
			"it holds the check sum of %s, which has to be edited, "
			"and would start nothing; in the guest, run limine "
			"enroll-config --reset on it first",
			boot->config);
}

void v2v_find_devices(const struct v2v_plan *plan, const struct v2v_boot *boot,
	const struct v2v_source *source, struct v2v_inspect *inspect)
{
	const char *bus = v2v_inspect_block_bus(inspect);
	struct v2v_devices devices = {
		.source = source,
		.inspect = inspect,
		.prefix = v2v_devices_prefix(bus ? bus : "virtio-blk"),
	};
	struct v2v_list files CLEANUP_DEVICE_FILES = { 0 };
	struct finder f = { plan->base, &plan->tree, &devices, inspect, { 0 } };

	v2v_device_files_abilities(plan->base, boot, &devices);
	v2v_device_files(&plan->tree, boot,
		v2v_device_files_from_xen(source, inspect), &files);
	v2v_list_foreach (const struct v2v_device_file, file, &files)
		look_at(&f, file);
	find_signed(&f, boot);
	find_sealed(&f, boot);
	look_at_others(&f);
	v2v_find_grub_install(&plan->tree, &devices, inspect);
	v2v_strings_clear(&f.seen);
}
