/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The script that starts qemu, in the order in which it is written. */
#ifndef V2V_META_QEMU_H
#define V2V_META_QEMU_H

#include "meta/meta.h"
#include "meta/shell.h"

struct v2v_qemu {
	const struct v2v_machine *machine;
	struct v2v_text *script; /* NULL: options go to @option alone */
	/* Gets each option in place of the script; @value may be NULL. */
	void (*option)(void *opaque, const char *name, const char *value);
	void *opaque;
	bool is_alone;	/* nobody outside: no network, agent, serial, sound */
	size_t devices; /* on the PCI bus, so far */
};

/* Slots 2 to 28 of the PCI bus are free on a pc and on a q35, each with 8
 * functions. */
#define V2V_QEMU_FIRST_SLOT 2
#define V2V_QEMU_SLOTS	    27
#define V2V_QEMU_FUNCTIONS  8

/* Begin an option's line: " \" and "-NAME". */
void v2v_qemu_option(struct v2v_qemu *q, const char *name);
/* The same and its value, formatted. */
void v2v_qemu_add(struct v2v_qemu *q, const char *name, const char *fmt, ...)
	V2V_PRINTF(3, 4);
/* "-device VALUE", of one that takes a place on the PCI bus. */
void v2v_qemu_pci(struct v2v_qemu *q, const char *fmt, ...) V2V_PRINTF(2, 3);

/* @text as qemu has it inside an option: commas doubled; the caller's. */
char *v2v_qemu_value(const char *text);
/* "-transitional" behind a virtio device, or "". */
const char *v2v_qemu_transitional(const struct v2v_qemu *q);

/* How the names of qemu's versions of the machine begin: "pc-q35-". */
const char *v2v_qemu_family(const struct v2v_machine *machine);

/* Where descriptors of firmware are (qemu, docs/interop/firmware.json), for the
 * script and for who looks himself: the first is below the user's
 * $XDG_CONFIG_HOME, or ~/.config; the more specific come first. */
#define V2V_FIRMWARE_USER     "qemu/firmware"
#define V2V_FIRMWARE_HOST     "/etc/qemu/firmware"
#define V2V_FIRMWARE_PACKAGES "/usr/share/qemu/firmware"
#define V2V_FIRMWARE_SIZE     1048576 /* bytes; a longer one counts for none */

/* What the script finds out before it starts qemu. */
void v2v_qemu_prepare(const struct v2v_machine *machine, struct v2v_text *text);

/* Disks, removables and their controllers; then all other devices. */
void v2v_qemu_disks(struct v2v_qemu *q);
void v2v_qemu_devices(struct v2v *v, struct v2v_qemu *q);
#endif
