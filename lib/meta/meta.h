/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a target hypervisor needs to start the machine: one writer for each kind
 * of hypervisor, all from the same description of the machine.
 */
#ifndef V2V_META_META_H
#define V2V_META_META_H

#include "core/handle.h"
#include "model/guestcaps.h"
#include "model/inspect.h"
#include "model/source.h"
#include "model/targets.h"

/* A card of the new machine; all is borrowed. */
struct v2v_machine_nic {
	int64_t id;	     /* source.nics[].id */
	const char *model;   /* qemu's: "virtio" "e1000" "rtl8139" … */
	const char *mac;     /* valid; NULL: a new one */
	const char *network; /* that the old one was on; NULL */
	const char *plugged; /* the new host's network or bridge */
	bool is_bridge;
};

/* The new machine: devices are as qemu has them, a writer only spells them. */
struct v2v_machine {
	struct v2v_source source;
	struct v2v_inspect inspect; /* empty where nobody inspected */
	/* Where nobody converted: what fits a guest that was left as it was;
	 * net_bus is NULL then, each NIC stays what it was. */
	struct v2v_guestcaps caps;
	bool is_converted;
	/* Of struct v2v_target: format, bus, slot and dev are set; one without
	 * a file (a blank disk, in place) is left out. */
	struct v2v_list targets;
	struct v2v_list slots; /* of struct v2v_removable_slot */
	struct v2v_list nics;  /* of struct v2v_machine_nic, in the guest's
				  order: its eth0 is the first */
	const char *type;      /* "q35" "pc" "virt" */
	const char *arch;      /* "x86_64" */
	const char *sound;     /* "ac97" …; NULL: none */
	const char *video;     /* "virtio" "vga" */
	const char *tpm;       /* "tpm-crb" "tpm-tis"; NULL: none */
	bool is_uefi, secure_boot;
	/* The guest knows only virtio 0.9, and the machine's devices would
	 * be 1.0 */
	bool is_transitional;
};

/* One for each of v2v_meta_types(). */
struct v2v_meta_writer {
	const char *suffix; /* of the file: ".xml" */

	/* The file's whole text, the caller's to free; NULL on failure. */
	char *(*write)(struct v2v *v, const struct v2v_machine *machine,
		struct v2v_error *err);
};

extern const struct v2v_meta_writer v2v_meta_libvirt;

/* Resolve the devices of *@machine: nics and what follows. */
void v2v_machine_devices(struct v2v *v, struct v2v_machine *machine);

/* Fill the zeroed *@machine from @doc: from its targets, or, where the guest
 * was converted in place, from the source disks themselves. */
int v2v_machine_load(struct v2v *v, const json_t *doc,
	struct v2v_machine *machine, struct v2v_error *err);
/* What v2v_machine_load() ends with: fails, with the member, where the document
 * says what no machine can have, or a writer could not spell. */
int v2v_machine_check(const struct v2v_machine *machine, struct v2v_error *err);
void v2v_machine_clear(struct v2v_machine *machine);
#define CLEANUP_MACHINE __attribute__((cleanup(v2v_machine_clear)))
#endif
