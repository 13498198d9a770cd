/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of devices in the guest's files. */
#include "convert/linux/linux.h"
#include "convert/linux/texts.h"
#include "guest/files.h"
#include "inspect/lines.h"

static const struct {
	const char *path;
	char *(*edit)(
		const char *, const struct v2v_devices *, struct v2v_text *);
} files[] = {
	{ "/etc/fstab", v2v_text_fstab },
	{ "/etc/crypttab", v2v_text_crypttab },
	{ "/etc/initramfs-tools/conf.d/resume", v2v_text_resume },
	{ "/etc/uswsusp.conf", v2v_text_cmdline },
	{ "/etc/default/grub", v2v_text_cmdline },
	{ "/etc/sysconfig/grub", v2v_text_cmdline },
	{ "/etc/kernel/cmdline", v2v_text_cmdline },
	{ "/boot/grub/device.map", v2v_text_device_map },
	{ "/boot/grub2/device.map", v2v_text_device_map },
};

/* Names of the old hypervisor's disks for which nothing is known. */
static void warn_unknown(struct v2v_linux *c, const char *path)
{
	CLEANUP_FREE char *text = v2v_guest_text(c->guest, path);
	const char *rest = text ? text : "";

	while (*rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);
		char *word = v2v_line_trim(line);

		v2v_line_split(word);
		if (*word != '#' && v2v_devices_is_unknown(&c->devices, word))
			v2v_warn(c->v, "device-unknown",
				"%s: no disk is known for '%s'", path, word);
	}
}

int v2v_linux_names(struct v2v_linux *c, struct v2v_error *err)
{
	const struct v2v_bootloader *loader = c->inspect->bootloader;

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		if (v2v_linux_edit(c, files[i].path, files[i].edit, err) < 0)
			return -1;
	warn_unknown(c, "/etc/fstab");
	if (!loader || !loader->config)
		return 0;
	return v2v_linux_edit(c, loader->config, v2v_text_cmdline, err);
}
