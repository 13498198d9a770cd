/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log of a change in place: what the disks had where they are written, and
 * where they become zeros; then a mark that this is all (only now a disk is
 * touched), then one that all was written.  Records, little endian: magic,
 * kind, disk, 0 (32 bits each), at, length, sum (64 bits each), then the data
 * of V2V_UNDO_OLD.
 */
#ifndef V2V_DISK_UNDO_LOG_H
#define V2V_DISK_UNDO_LOG_H

#include "core/error.h"

#define V2V_UNDO_MOST (1U << 20) /* data of one record, bytes */

enum v2v_undo_kind {
	V2V_UNDO_DISK = 1, /* one each, first: @at its size, @length its id */
	V2V_UNDO_OLD,	   /* data follow */
	V2V_UNDO_ZERO,	   /* becomes zeros when all was written */
	V2V_UNDO_READY,	   /* @at: how many records came before */
	V2V_UNDO_WRITTEN,
};

struct v2v_undo_record {
	enum v2v_undo_kind kind;
	uint32_t disk;
	uint64_t at, length;
};

/* Both at the file's position. */
int v2v_undo_put(int fd, const char *name, const struct v2v_undo_record *record,
	const void *data, struct v2v_error *err);

/* Does the file begin as one, or as nothing that is known, other than the zeros
 * or the emptiness of one that did not come to the disk? */
bool v2v_undo_is_log(int fd);
bool v2v_undo_is_foreign(int fd);

/* 1; 0 where the file ends, or from here on is not what was put.  @data:
 * V2V_UNDO_MOST bytes. */
int v2v_undo_get(int fd, struct v2v_undo_record *record, void *data);
#endif
