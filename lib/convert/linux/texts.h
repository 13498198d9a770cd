/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Edits of configuration texts: pure functions, the guest is not needed.  Each
 * takes a whole text and gives the new one, the caller's, or NULL where nothing
 * is to be changed; comments, order and white space stay.  What was changed is
 * added to @what, "sda1 → UUID=…", one line.
 */
#ifndef V2V_CONVERT_TEXTS_H
#define V2V_CONVERT_TEXTS_H

#include "model/devices.h"

/* fstab(5): the first field. */
char *v2v_text_fstab(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what);

/* crypttab(5): the second field. */
char *v2v_text_crypttab(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what);

/* root= and resume= of kernel command lines, wherever a text has them:
 * grub.cfg, /etc/default/grub, menu.lst, extlinux.conf. */
char *v2v_text_cmdline(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what);

/* RESUME=/dev/sda2 of initramfs-tools' conf.d/resume. */
char *v2v_text_resume(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what);

/* GRUB's device.map: "(hd0) /dev/sda". */
char *v2v_text_device_map(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what);
#endif
