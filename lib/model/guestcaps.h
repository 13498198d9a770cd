/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `guestcaps`: what the converted guest can use, and what was
 * changed in it. */
#ifndef V2V_MODEL_GUESTCAPS_H
#define V2V_MODEL_GUESTCAPS_H

#include "core/fields.h"

struct v2v_device_map {
	char *from, *to; /* "sda", "vda" */
};

struct v2v_guest_nic {
	int64_t nic; /* id of the source NIC */
	char *mac;   /* what the guest now expects */
	char *name;  /* the interface name bound to it; NULL */
};

struct v2v_change {
	char *path;  /* in the guest */
	char *code;  /* as findings have it: "root-by-device-name" */
	char *where; /* "/etc/fstab:2", or the path */
	char *what;  /* one line: before → after */
};

/* Free the changes of a list, and empty it. */
void v2v_changes_clear(struct v2v_list *changes);

struct v2v_guestcaps {
	char *block_bus;	  /* "virtio-blk" "virtio-scsi" "sata" "ide" */
	char *net_bus;		  /* "virtio-net" "e1000e" "e1000" "rtl8139" */
	char *video;		  /* "vga" "qxl" "virtio" */
	char *machine;		  /* "q35" "pc" "virt" */
	char *arch;		  /* "x86_64" */
	int64_t arch_min_version; /* 0..3: x86-64-vN the guest needs */
	bool acpi, virtio_1_0, virtio_rng, virtio_balloon, virtio_socket;
	bool pvpanic, guest_agent;
	bool rtc_utc; /* else the clock keeps local time */
	bool in_place;
	bool dry_run;		    /* nothing of it was kept */
	char *kernel;		    /* the one that boots; NULL */
	char *initrd;		    /* "kept" "extended" "rebuilt"; NULL */
	struct v2v_list device_map; /* of struct v2v_device_map */
	struct v2v_list nics;	    /* of struct v2v_guest_nic */
	struct v2v_list changes;    /* of struct v2v_change */
};

/* Fill the zeroed *@caps from doc.guestcaps, which must be there. */
int v2v_guestcaps_load(
	const json_t *doc, struct v2v_guestcaps *caps, struct v2v_error *err);
/* -1 and the error "dry-run" where the conversion was one: the disks are not
 * what @caps says. */
int v2v_guestcaps_check_kept(
	const struct v2v_guestcaps *caps, struct v2v_error *err);
json_t *v2v_guestcaps_store(const struct v2v_guestcaps *caps);
void v2v_guestcaps_clear(struct v2v_guestcaps *caps);
#define CLEANUP_GUESTCAPS __attribute__((cleanup(v2v_guestcaps_clear)))
#endif
