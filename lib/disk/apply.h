/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Private layers written to the disks' own images, so that whenever we are
 * killed all disks can be made what they were, or are all that they were to
 * be.
 */
#ifndef V2V_DISK_APPLY_H
#define V2V_DISK_APPLY_H

#include "disk/private.h"

/* A machine's disk; the image is a whole raw file or device, or a qcow2, and
 * there is no overlay over it. */
struct v2v_apply {
	const struct v2v_disk *disk;
	struct v2v_private *layer; /* NULL: nothing of it changes */
};

/*
 * Write what the layers have.  @log: a file that must not be there
 * ("file-exists": a change was broken off, v2v_undo_replay() ends it); it takes
 * as much room as what is written, discards apart, and is gone at the end.  The
 * layers' views are closed: a layer is good for nothing more.  Where this fails
 * the disks are what they were, unless the error's code is "undo-needed": then
 * the log is there and v2v_undo_replay() is to be called again.
 */
int v2v_private_apply(struct v2v *v, const struct v2v_apply *disks,
	size_t count, const char *log, struct v2v_error *err);

/* Where the log of a machine lies whose first disk this is, so that whoever
 * opens the disk finds it: ".NAME.v2v-undo" beside the file, links resolved.
 * The caller's. */
#define V2V_UNDO_SUFFIX ".v2v-undo"
char *v2v_undo_place(const struct v2v_disk *first, struct v2v_error *err);

/* 0 where no such log lies beside the disk; else -1, "undo-needed": a part of
 * what it has may be old, and a part new. */
int v2v_undo_check_none(const struct v2v_disk *disk, struct v2v_error *err);

enum v2v_replayed {
	V2V_REPLAYED_NOTHING, /* no disk had been touched, or there is no log */
	V2V_REPLAYED_OLD,     /* the disks are what they were */
	V2V_REPLAYED_NEW,     /* all was written but for zeros: it is now */
};

/*
 * End what was broken off: for the very disks, in their order (their layers do
 * not count), before anything else is written to them.  Can be killed and
 * called again.  "undo-mismatch" where the log is of others, or not ours.
 */
int v2v_undo_replay(struct v2v *v, const struct v2v_apply *disks, size_t count,
	const char *log, enum v2v_replayed *ret_replayed,
	struct v2v_error *err);
#endif
