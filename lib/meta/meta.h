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
	const char *bad_mac; /* what it would have, were it valid; NULL */
	const char *network; /* that the old one was on; NULL */
	const char *plugged; /* the new host's network or bridge; NULL until
				the maps are applied */
	bool is_bridge;
	bool is_chosen; /* plugged is what the user said, not the usual one */
	char *place;	/* what plugged points into; owned */
};

/* What of Hyper-V's interface a Windows makes use of; bits. */
enum v2v_hyperv {
	V2V_HV_RELAXED = 1 << 0,
	V2V_HV_VAPIC = 1 << 1,
	V2V_HV_SPINLOCKS = 1 << 2, /* with V2V_HV_RETRIES */
	V2V_HV_VPINDEX = 1 << 3,
	V2V_HV_RUNTIME = 1 << 4,
	V2V_HV_SYNIC = 1 << 5,
	V2V_HV_STIMER = 1 << 6,
	V2V_HV_RESET = 1 << 7,
	V2V_HV_FREQUENCIES = 1 << 8,
	V2V_HV_TLBFLUSH = 1 << 9,
	V2V_HV_IPI = 1 << 10,
	V2V_HV_CLOCK = 1 << 11,
};
/* A parallel SCSI controller's own id is 7; the other narrow ones are filled
 * the same way. */
#define V2V_SCSI_UNITS 7
/* Turns of a spin lock before the hypervisor is told. */
#define V2V_HV_RETRIES 8191

/* Where a slot of a bus is: on which controller of that kind, and where there.
 */
struct v2v_place {
	int64_t controller, bus, target, unit;
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
	const char *scsi; /* the model of the controllers of "scsi", as qemu's
			     libvirt has it: "lsilogic" "lsisas1068"
			     "vmpvscsi" */
	unsigned hyperv;  /* of enum v2v_hyperv; 0: none */
	bool is_uefi, secure_boot;
	bool is_windows;
	bool is_local_time;	/* the clock has local time, not UTC */
	bool windows_timers;	/* no HPET; ticks that were missed are made up
				   for as a Windows wants it */
	bool has_agent_channel; /* to qemu's guest agent */
	/* The guest knows only virtio 0.9, and the machine's devices would
	 * be 1.0 */
	bool is_transitional;
};

/* One file of the result. */
struct v2v_meta_file {
	const char *suffix; /* ".xml"; static */
	char *text;	    /* all of it; owned */
	bool is_program;    /* who may read it may run it */
};

/* What the user chose; the strings are his. */
struct v2v_meta_place {
	const char *storage;	/* NULL: the type's usual one */
	const char *name_space; /* NULL: none */
};

/* One for each of v2v_meta_types(). */
struct v2v_meta_writer {
	/* Add the files to @files (of struct v2v_meta_file, the caller's even
	 * where it fails), the one that is read first in front. */
	int (*write)(struct v2v *v, const struct v2v_machine *machine,
		const struct v2v_meta_place *place, struct v2v_list *files,
		struct v2v_error *err);
	/* In its place: the files are of all documents together, whatever they
	 * have; each gets its section. */
	int (*write_all)(struct v2v *v, json_t *docs,
		const struct v2v_meta_options *opt, struct v2v_error *err);
};

/* The document's section: the type, its files (of char *), and the first of
 * them by itself; the caller's. */
json_t *v2v_meta_section(const char *type, const struct v2v_list *paths);

extern const struct v2v_meta_writer v2v_meta_libvirt, v2v_meta_qemu,
	v2v_meta_kubevirt, v2v_meta_proxmox, v2v_meta_openstack,
	v2v_meta_opennebula, v2v_meta_report;

/* Add a file; @text is taken over. */
void v2v_meta_file_add(struct v2v_list *files, const char *suffix, char *text,
	bool is_program);

/* Make the files in @dir: all of them, or none.  Their paths are added to
 * @paths (of char *). */
int v2v_meta_files_write(struct v2v *v, const struct v2v_list *files,
	const char *dir, const char *name, bool force, struct v2v_list *paths,
	struct v2v_error *err);
void v2v_meta_files_clear(struct v2v_list *files);
#define CLEANUP_META_FILES __attribute__((cleanup(v2v_meta_files_clear)))

/* Resolve the devices of *@machine: nics and what follows. */
void v2v_machine_devices(struct v2v_machine *machine);
/* And what only a Windows wants. */
void v2v_machine_windows(struct v2v_machine *machine);

/* Warn of what the new machine does not have of the old one, whatever the
 * target; v2v-meta alone does. */
void v2v_machine_tell(struct v2v *v, const struct v2v_machine *machine);
/* Of what a target cannot have: its sound card, if it has one, or a drive. */
void v2v_machine_tell_sound(struct v2v *v, const struct v2v_machine *machine);
void v2v_machine_tell_drive(
	struct v2v *v, const struct v2v_removable_slot *slot);

/* The model of the controllers that a guest nobody converted had. */
const char *v2v_machine_scsi(const struct v2v_source *source);
/* The highest slot in use on @bus; -1: none is. */
int64_t v2v_machine_highest_slot(
	const struct v2v_machine *machine, const char *bus);
/* The index of the first plain SCSI controller: behind the virtio one. */
int64_t v2v_machine_scsi_base(const struct v2v_machine *machine);
struct v2v_place v2v_machine_place(
	const struct v2v_machine *machine, const char *bus, int64_t slot);
/* The boot disk, where it is known, is 1; the others follow in order. */
size_t v2v_machine_boot_order(const struct v2v_machine *machine, size_t index);
/* The first of them that has a file; NULL: none has. */
const struct v2v_target *v2v_machine_boot_disk(
	const struct v2v_machine *machine);
/* Is the target a device of the host (v2v-copy -o DEVICE), not a file? */
bool v2v_machine_is_device(const struct v2v_target *target);
/* For messages: "BIOS" "UEFI" "UEFI with secure boot". */
const char *v2v_machine_boots_as(const struct v2v_machine *machine);
/* The topology, where it makes as many processors as there are; else NULL. */
const struct v2v_topology *v2v_machine_topology(
	const struct v2v_machine *machine);
/* The generation id, borrowed, where it is a UUID; else NULL, and a warning. */
const char *v2v_machine_genid(struct v2v *v, const struct v2v_machine *machine);

/* Fill the zeroed *@machine from @doc: from its targets, or, where the guest
 * was converted in place, from the source disks themselves. */
int v2v_machine_load(
	const json_t *doc, struct v2v_machine *machine, struct v2v_error *err);
/* What v2v_machine_load() ends with: fails, with the member, where the document
 * says what no machine can have, or a writer could not spell. */
int v2v_machine_check(const struct v2v_machine *machine, struct v2v_error *err);
void v2v_machine_clear(struct v2v_machine *machine);
#define CLEANUP_MACHINE __attribute__((cleanup(v2v_machine_clear)))
#endif
