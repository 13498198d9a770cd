/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The record of a copy that may break: what was copied from where to where, and
 * how much of that is on the target's disk for certain.  A file of a few KiB
 * for each disk, replaced by rename, and locked for as long as a copy runs.
 * What it says is believed only where all of it is as it was.
 */
#ifndef V2V_COPY_RECORD_H
#define V2V_COPY_RECORD_H

#include "copy/ranges.h"
#include "core/handle.h"

#define V2V_RECORD_MAX	  (4 << 20) /* bytes of the file */
#define V2V_RECORD_RANGES 4096

struct v2v_record {
	char *path;	   /* owned */
	int fd;		   /* of the file; it is locked */
	int spare;	   /* of PATH.new, which has room for the next; -1 */
	json_t *identity;  /* of the copy; owned; NULL until it is known */
	json_t *files;	   /* of the source before it was opened; owned; NULL */
	bool is_kept;	   /* the file says something */
	bool is_untrusted; /* the target may have lost what it was given */
	bool is_forgotten; /* nothing is saved any more */
	bool is_gone;	   /* it has no name, and so its lock no use */
};

/*
 * The record in @dir of the copy to @target, whatever text that is; one is made
 * that is empty where there is none.  "image-in-use" where another copy has it
 * for more than some seconds: what a killed one started ends a while after it.
 */
int v2v_record_open(const struct v2v *v, const char *dir, const char *target,
	struct v2v_record **ret_record, struct v2v_error *err);

/*
 * Is the copy that the file is about this one, to a disk of @size bytes?
 * @identity is taken over.  1, and the zeroed *@ret_done is what was copied; 0
 * where the file is empty; -1 and the reason.
 */
int v2v_record_read(struct v2v_record *record, json_t *identity, uint64_t size,
	struct v2v_ranges *ret_done, struct v2v_error *err);

/* Has the file anything in it, for v2v_record_read()? */
bool v2v_record_is_empty(const struct v2v_record *record);

/* All of @done is on the target's disk: write that down. */
int v2v_record_save(struct v2v_record *record, const struct v2v_ranges *done,
	struct v2v_error *err);

/* The file is empty from now on, and nothing is saved; nobody else can copy to
 * the target meanwhile. */
int v2v_record_forget(struct v2v_record *record, struct v2v_error *err);

/* The target has its name: remove the file, and its lock. */
void v2v_record_drop(struct v2v_record *record);

/* Let go of it; the file stays, unless it is empty. */
void v2v_record_free(struct v2v_record *record);

/* The file's text; the caller's. */
char *v2v_record_text(const json_t *identity, const struct v2v_ranges *done);

/* The same as v2v_record_read() of a text. */
int v2v_record_parse(const char *text, size_t length, const json_t *identity,
	uint64_t size, struct v2v_ranges *ret_done, struct v2v_error *err);
#endif
