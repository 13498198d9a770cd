/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of devices and consoles in the guest's files. */
#include "convert/linux/linux.h"
#include "linux/device-files.h"
#include "linux/links.h"

/* Names of the old hypervisor's disks for which nothing is known. */
static void warn_unknown(struct v2v_linux *c, const char *path)
{
	CLEANUP_FREE char *text = v2v_tree_text(c->tree, path);
	struct v2v_list mentions CLEANUP_MENTIONS = { 0 };

	if (text)
		v2v_text_mentions(text, &c->devices, &mentions);
	v2v_list_foreach (const struct v2v_text_mention, mention, &mentions)
		if (!mention->known)
			v2v_plan_note(c->plan, "device-unknown",
				"%s:%u: no disk is known for '%s'", path,
				mention->line, mention->name);
}

int v2v_linux_names(struct v2v_linux *c, struct v2v_error *err)
{
	const struct v2v_boot *boot = &c->guest->boot;
	struct v2v_list files CLEANUP_DEVICE_FILES = { 0 };

	v2v_device_files_abilities(c->tree, boot, &c->devices);
	v2v_device_files(c->tree, boot,
		v2v_device_files_from_xen(c->source, c->inspect), &files);
	v2v_list_foreach (const struct v2v_device_file, file, &files)
		if (v2v_linux_edit(c, file, err) < 0)
			return -1;
	for (const char *const *path = v2v_links_watched;
		*path && !c->task->look_only; path++)
		v2v_tree_warn_link(c->tree, *path);
	warn_unknown(c, "/etc/fstab");
	warn_unknown(c, "/etc/crypttab");
	if (boot->config)
		warn_unknown(c, boot->config);
	return v2v_check_cancel(c->v, err);
}
