/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `targets` and `removable_slots` beside it: the new machine's
 * disks and where everything is plugged in. */
#ifndef V2V_MODEL_TARGETS_H
#define V2V_MODEL_TARGETS_H

#include "model/source.h"

struct v2v_target {
	int64_t disk;		/* id of the source disk */
	char *file;		/* absolute; NULL until known */
	char *format;		/* "qcow2" "raw"; NULL until known */
	int64_t virtual_size;	/* bytes */
	int64_t estimated_size; /* bytes; -1 */
	int64_t actual_size;	/* bytes allocated; -1 until copied */
	char *bus;    /* "virtio-blk" "virtio-scsi" "sata" "ide" "scsi" */
	int64_t slot; /* from 0 on that bus; -1 */
	char *dev;    /* "vda": the name in the guest; NULL */
	char *sha256; /* NULL */
};

struct v2v_removable_slot {
	char *type; /* "cdrom" "floppy" */
	char *bus;  /* "ide" "sata" "scsi" "virtio-scsi" "floppy" */
	int64_t slot;
};

/* Fill *@targets (of struct v2v_target); empty where there are none.  Fails
 * where one is not of a disk of @source, or is of the same as another. */
int v2v_targets_load(const json_t *doc, const struct v2v_source *source,
	struct v2v_list *targets, struct v2v_error *err);
json_t *v2v_targets_store(const struct v2v_list *targets);
struct v2v_target *v2v_targets_find(
	const struct v2v_list *targets, int64_t disk);
/* What v2v-copy calls the target of a machine's disk number @index:
 * NAME-sda.qcow2, NAME-sda where it is raw.  The caller frees. */
char *v2v_targets_path(const char *dir, const struct v2v_source *source,
	size_t index, const char *format);
void v2v_targets_clear(struct v2v_list *targets);
#define CLEANUP_TARGETS __attribute__((cleanup(v2v_targets_clear)))

/* Fill *@slots (of struct v2v_removable_slot); empty where there are none. */
int v2v_removable_slots_load(
	const json_t *doc, struct v2v_list *slots, struct v2v_error *err);
json_t *v2v_removable_slots_store(const struct v2v_list *slots);
void v2v_removable_slots_clear(struct v2v_list *slots);
#define CLEANUP_SLOTS __attribute__((cleanup(v2v_removable_slots_clear)))
#endif
