/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `source`: the machine as the old hypervisor described it. */
#ifndef V2V_MODEL_SOURCE_H
#define V2V_MODEL_SOURCE_H

#include "core/fields.h"

/* What a machine may have. */
#define V2V_MEMORY_MIN (1ULL << 20)
#define V2V_MEMORY_MAX (64ULL << 40)
#define V2V_VCPUS_MAX  4096

#define V2V_LAYERS_MAX 33 /* of a disk: VMware has a base and 32 snapshots */

/* One file with a part of a layer; they follow each other. */
struct v2v_disk_extent {
	char *file;	/* absolute; NULL: zeros */
	char *format;	/* "raw" "vmdk" "cowd" "sesparse" "qcow2" "vhd" "vhdx"
			   "vdi" */
	int64_t offset; /* bytes in @file at which a raw one begins; else 0 */
	int64_t size;	/* bytes of the disk */
};

/* A disk that is only what differs from the layer below it, or the lowest. */
struct v2v_disk_layer {
	char *file;	 /* absolute: what names the extents and the parent */
	char *format;	 /* as a disk's */
	char *subformat; /* NULL */
	int64_t virtual_size;	 /* bytes */
	struct v2v_list extents; /* of struct v2v_disk_extent */
};

struct v2v_disk {
	int64_t id;		/* from 0, the guest's own order */
	char *file;		/* absolute; NULL: the disk is blank */
	int64_t offset, size;	/* bytes in @file; -1: the whole file */
	char *format;		/* "vmdk" "qcow2" "raw" "vhd" "vhdx"
				   "vdi"; NULL: blank */
	char *subformat;	/* "streamOptimized"; NULL */
	int64_t virtual_size;	/* bytes */
	char *controller;	/* "scsi" "ide" "sata" "nvme" "virtio"; NULL */
	char *controller_model; /* "lsilogic" ...; NULL */
	int64_t unit;		/* place on the controller; -1 */
	bool backing_chain;	/* the user allowed a backing chain */
	struct v2v_list layers; /* of struct v2v_disk_layer, from the top, whose
				   file is the disk's; none: no chain */
};

struct v2v_removable {
	char *type;	  /* "cdrom" "floppy" */
	char *controller; /* as a disk's */
	int64_t slot;	  /* -1: unknown */
};

struct v2v_nic {
	int64_t id;	  /* from 0 */
	char *network;	  /* the old network's name; NULL */
	char *type;	  /* "bridge" "network" */
	char *model;	  /* lower case: "e1000" "vmxnet3"; NULL */
	char *mac;	  /* "00:50:56:aa:bb:cc"; NULL */
	int64_t pci_slot; /* -1: unknown */
};

struct v2v_topology {
	int64_t sockets, cores, threads;
};

struct v2v_cpu {
	char *vendor, *model;
	struct v2v_topology *topology; /* NULL: unknown */
	struct v2v_list features;      /* of char * */
};

struct v2v_source {
	char *name, *hypervisor, *uuid, *genid;
	char *descriptor; /* what was read: "ovf" "vmx" "libvirt"
			     "virtualbox" "vagrant"; NULL: images */
	int64_t memory;	  /* bytes */
	int64_t vcpus;
	struct v2v_cpu *cpu; /* NULL where the document has none */
	char *firmware;	     /* "bios" "uefi"; NULL: unknown */
	bool secure_boot, tpm;
	json_t *display; /* object or null */
	char *video, *sound;
	json_t *os_hint;	    /* object or null */
	struct v2v_list disks;	    /* of struct v2v_disk */
	struct v2v_list removables; /* of struct v2v_removable */
	struct v2v_list nics;	    /* of struct v2v_nic */
};

/* Fill the zeroed *@source from doc.source; ids must differ. */
int v2v_source_load(
	const json_t *doc, struct v2v_source *source, struct v2v_error *err);

/* The section as JSON, the caller's to drop. */
json_t *v2v_source_store(const struct v2v_source *source);

void v2v_source_clear(struct v2v_source *source);

/* Fill the zeroed *@to with a copy; ended by v2v_disk_clear(). */
void v2v_disk_copy(struct v2v_disk *to, const struct v2v_disk *from);
void v2v_disk_clear(struct v2v_disk *disk);

/* Layers alone, as the document has them; the caller's to drop. */
json_t *v2v_layers_store(const struct v2v_list *layers);
void v2v_layers_clear(struct v2v_list *layers);
#define CLEANUP_LAYERS __attribute__((cleanup(v2v_layers_clear)))
#define CLEANUP_SOURCE __attribute__((cleanup(v2v_source_clear)))
#endif
