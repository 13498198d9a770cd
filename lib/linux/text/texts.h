/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Edits of configuration texts: pure functions, the guest is not needed.  Each
 * takes a whole text and gives the new one, the caller's, or NULL where nothing
 * is to be changed; comments, order and white space stay, and an edited text is
 * left alone by a second edit.  What was changed is added to @what, "/dev/sda1
 * → UUID=…", one line.  Inspection uses them to tell what conversion will do.
 */
#ifndef V2V_LINUX_TEXT_TEXTS_H
#define V2V_LINUX_TEXT_TEXTS_H

#include "core/fields.h"
#include "model/devices.h"

typedef char *v2v_text_edit(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what);

/* fstab(5): the first field, and devices and their units among the options. */
v2v_text_edit v2v_text_fstab;

/* crypttab(5): the device, and a key's device. */
v2v_text_edit v2v_text_crypttab;

/* root=, resume=, rd.luks.key= and the like of kernel command lines, wherever a
 * text has them: grub.cfg, entries, defaults of tools. */
v2v_text_edit v2v_text_cmdline;

/* The same for GRUB 0.9x's menu.lst, with the comments of Debian's update-grub
 * ("# kopt=root=/dev/sda1 ro"). */
v2v_text_edit v2v_text_menu_lst;

/* The same for limine.conf; check sums of initrds go, which may be appended
 * to: their notes begin so. */
v2v_text_edit v2v_text_limine;
#define V2V_LIMINE_SUM "the initrd's check sum"

/* The same for elilo.conf, whose `root = /dev/sda2` is an argument, too. */
v2v_text_edit v2v_text_elilo;

/* The same for GRUB's environment block: its size stays. */
v2v_text_edit v2v_text_grubenv;

/* RESUME=/dev/sda2 of initramfs-tools, `resume device =` of uswsusp. */
v2v_text_edit v2v_text_resume;

/* systemd.unit(5): devices' units that others wait for, "dev-sda1.device",
 * What= of systemd.mount(5), paths of conditions. */
v2v_text_edit v2v_text_unit;

/* GRUB's device.map: "(hd0) /dev/sda".  SUSE's grub_installdevice: a name on
 * each line. */
v2v_text_edit v2v_text_device_map, v2v_text_install_device;

/* mdadm.conf(5): DEVICE lines, devices= of ARRAY lines; patterns too. */
v2v_text_edit v2v_text_mdadm;

/* lvm.conf(5): filter and global_filter. */
v2v_text_edit v2v_text_lvm;

/* inittab(5): Xen's consoles become ttyS0; xvc0 always, hvc0 too. */
v2v_text_edit v2v_text_inittab_xvc, v2v_text_inittab_hvc;

/* securetty(5): ttyS0 is added where Xen's consoles may log in. */
v2v_text_edit v2v_text_securetty_xvc, v2v_text_securetty_hvc;

/* console= of kernel command lines. */
v2v_text_edit v2v_text_console_xvc, v2v_text_console_hvc;

/* A serial console where the kernel arguments, by format, have none:
 * console=ttyS0, with console=tty0 before it where no console is named. */
v2v_text_edit v2v_text_serial_grub2, v2v_text_serial_menu_lst,
	v2v_text_serial_entry, v2v_text_serial_extlinux,
	v2v_text_serial_cmdline, v2v_text_serial_defaults,
	v2v_text_serial_grubenv;

/* A login on it: inittab(5), and where root may log in. */
v2v_text_edit v2v_text_serial_inittab, v2v_text_serial_securetty;

/* A name of an old device in a text, or of its unit, outside of comments. */
struct v2v_text_mention {
	unsigned line; /* from 1 */
	char *name;    /* owned */
	bool known;    /* it has a new name */
};

/* Append those that v2v_devices knows as old names, or as names of disks that
 * there are not; each name of a line once. */
void v2v_text_mentions(const char *text, const struct v2v_devices *devices,
	struct v2v_list *mentions);
void v2v_text_mentions_clear(struct v2v_list *mentions);
#define CLEANUP_MENTIONS __attribute__((cleanup(v2v_text_mentions_clear)))
#endif
