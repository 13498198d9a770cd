/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stale copies in an initramfs. */
#include "convert/linux/stale.h"

#include "inspect/initramfs.h"
#include "texts/texts.h"

#include <sys/stat.h>

/* Which text is edited how: the names of initramfs-tools, dracut, mkinitcpio
 * and SUSE's mkinitrd; v2v_initramfs_stale[] has them too. */
static const struct {
	const char *path;
	v2v_text_edit *edit;
} edits[] = {
	{ "conf/conf.d/resume", v2v_text_resume },
	{ "etc/mdadm/mdadm.conf", v2v_text_mdadm },
	{ "etc/mdadm.conf", v2v_text_mdadm },
	{ "cryptroot/crypttab", v2v_text_crypttab },
	{ "etc/crypttab", v2v_text_crypttab },
	{ "etc/fstab", v2v_text_fstab },
	{ "etc/lvm/lvm.conf", v2v_text_lvm },
	{ "etc/cmdline.d/95root-dev.conf", v2v_text_cmdline },
	{ "etc/cmdline.d/95root-device.conf", v2v_text_cmdline },
	{ "etc/cmdline.d/95resume.conf", v2v_text_cmdline },
	{ "etc/cmdline.d/20-root-dev.conf", v2v_text_cmdline },
	{ "etc/cmdline.d/20-resume.conf", v2v_text_cmdline },
};

/* LVM's list of the old hypervisor's devices: without it all are looked at, but
 * an archive can only put another thing in its place, a link to nothing. */
#define LVM_DEVICES "etc/lvm/devices/system.devices"

static void put(
	struct v2v_list *texts, const char *path, char *text, uint32_t mode)
{
	struct v2v_initrd_text *added = v2v_list_add(texts, sizeof *added);

	added->path = v2v_strdup(path);
	added->text = text;
	added->mode = mode;
}

void v2v_stale_edit(const struct v2v_initrd *initrd,
	const struct v2v_devices *devices, struct v2v_list *texts,
	struct v2v_text *what)
{
	for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
		const struct v2v_initrd_text *file =
			v2v_initrd_file(initrd, edits[i].path);
		struct v2v_text changed CLEANUP_TEXT = { 0 };
		char *edited =
			file ? edits[i].edit(file->text, devices, &changed)
			     : NULL;

		if (!edited)
			continue;
		put(texts, edits[i].path, edited, file->mode);
		v2v_text_addf(what, "%sits %s: %s", what->length ? "; " : "",
			edits[i].path, changed.data);
	}
	if (!v2v_initrd_file(initrd, LVM_DEVICES))
		return;
	put(texts, LVM_DEVICES, v2v_strdup("/run/v2v-none"), S_IFLNK | 0777);
	v2v_text_addf(what, "%sits list of LVM's devices is gone",
		what->length ? "; " : "");
}
