/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of place.c: putting one disk together. */
#ifndef V2V_UNPACK_PLACE_PRIVATE_H
#define V2V_UNPACK_PLACE_PRIVATE_H

#include "unpack/place.h"

/* The members that hold a disk, in their order; borrowed from the OVA. */
struct v2v_pieces {
	struct v2v_ova_member **items;
	size_t count;
};

/* Most that a disk of this capacity takes, in bytes: incompressible grains of
 * the smallest size, and tables. */
static inline uint64_t v2v_place_max(int64_t capacity)
{
	return capacity < 0 ? UINT64_MAX
			    : (uint64_t)capacity + (uint64_t)capacity / 4 +
				      (64 << 20);
}

/* Join the pieces, and inflate them where the OVF says gzip, into @file, which
 * must not exist; more than @max bytes are refused. */
int v2v_place_join(struct v2v *v, const struct v2v_pieces *pieces,
	const struct v2v_descriptor_disk *said, const char *file,
	struct v2v_error *err);

/* Fail: the disk is not in the OVA, but others are; -1. */
int v2v_place_fail_missing(const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_disk *said, struct v2v_error *err);

/* "WORKDIR/disk-0SUFFIX", the caller's; the directory is made with the first.
 */
char *v2v_place_file(struct v2v *v, const struct v2v_disk *disk,
	const char *suffix, struct v2v_workdir *workdir, struct v2v_error *err);

/* A member as it is is the disk: where it lies, or, out of the spool folder, by
 * a link in the work directory. */
int v2v_place_member(struct v2v *v, const struct v2v_ova_member *member,
	struct v2v_disk *disk, struct v2v_workdir *workdir,
	struct v2v_error *err);

/* Copy @size bytes between files, holes left out. */
int v2v_place_copy(struct v2v *v, int from, const char *from_name,
	uint64_t from_at, uint64_t size, int to, const char *to_name,
	uint64_t to_at, struct v2v_error *err);
#endif
