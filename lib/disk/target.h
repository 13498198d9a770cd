/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk's image that is written where it lies: a raw file or device by
 * ourselves, a qcow2 by qemu, which keeps its tables right whenever it is
 * killed. */
#ifndef V2V_DISK_TARGET_H
#define V2V_DISK_TARGET_H

#include "core/handle.h"
#include "model/source.h"

struct v2v_target {
	const char *name;	   /* of the file, borrowed from the disk */
	uint64_t size;		   /* the guest's bytes */
	uint64_t id;		   /* the file's inode, the device's number */
	int fd;			   /* of the file */
	struct v2v_reader *reader; /* NULL: raw */
	struct v2v_nbd *nbd;	   /* @reader's */
};

/* Fails with "not-in-place" where v2v_image_check_in_place() does, and with
 * "image-in-use". */
int v2v_target_open(struct v2v *v, const struct v2v_disk *disk,
	struct v2v_target *ret_target, struct v2v_error *err);
void v2v_target_close(struct v2v_target *target);

int v2v_target_read(const struct v2v_target *target, uint64_t at, void *data,
	size_t size, struct v2v_error *err);
int v2v_target_write(const struct v2v_target *target, uint64_t at,
	const void *data, size_t size, struct v2v_error *err);
/* Zeros, and no room where that can be. */
int v2v_target_zero(const struct v2v_target *target, uint64_t at, uint64_t size,
	struct v2v_error *err);
int v2v_target_sync(const struct v2v_target *target, struct v2v_error *err);
#endif
