/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header of a vmfsSparse extent (VMware Virtual Disk Format 1.1, "ESX
 * Server Sparse Extents": COWDisk_Header). */
#include "image/bytes.h"
#include "image/delta.h"

#define SECTOR	      512ULL
#define HEADER	      2048 /* bytes, with what the parent was called */
#define ROOT	      1U
#define CHECK_CAPABLE 2U
#define INCONSISTENT  4U
#define MAX_GRAIN     2048
#define ENTRY	      4

bool v2v_cowd_is(const struct v2v_slice *slice)
{
	char magic[4];

	return v2v_slice_read(slice, magic, sizeof magic, 0, NULL) == 0 &&
	       memcmp(magic, "COWD", sizeof magic) == 0;
}

static int bad(
	const struct v2v_slice *slice, struct v2v_error *err, const char *what)
{
	return v2v_slice_bad(slice, err, "vmfsSparse", what);
}

static int check_flags(
	const struct v2v_slice *slice, uint32_t flags, struct v2v_error *err)
{
	if (flags & INCONSISTENT)
		return v2v_fail(err, "image-dirty",
			"'%s': the vmfsSparse extent is marked as "
			"inconsistent: it must be checked where it was made",
			slice->name);
	if (flags & ~(ROOT | CHECK_CAPABLE))
		return bad(slice, err, "unknown flags");
	return 0;
}

static int check_directory(const struct v2v_slice *slice,
	const struct v2v_delta *d, uint64_t entries, struct v2v_error *err)
{
	if (d->directory < HEADER)
		return bad(slice, err, "the directory overlaps the header");
	if (entries < d->tables)
		return bad(slice, err, "the directory does not fit the disk");
	if (!v2v_slice_fits(slice, d->directory, entries * ENTRY))
		return v2v_fail(err, "truncated",
			"'%s': vmfsSparse directory outside the file (is it "
			"cut off?)",
			slice->name);
	return 0;
}

int v2v_cowd_read(const struct v2v_slice *slice, struct v2v_delta *ret_delta,
	struct v2v_error *err)
{
	unsigned char h[HEADER];
	struct v2v_delta d = { .header = HEADER };

	if (v2v_slice_read(slice, h, sizeof h, 0, err) < 0)
		return -1;
	d.capacity = le32(h + 12);
	d.grain = le32(h + 16);
	d.directory = le32(h + 20) * SECTOR;
	if (!v2v_cowd_is(slice) || le32(h + 4) != 1)
		return bad(slice, err, "unknown version");
	if (check_flags(slice, le32(h + 8), err) < 0)
		return -1;
	if (d.capacity == 0)
		return bad(slice, err, "capacity out of range");
	if (!d.grain || d.grain > MAX_GRAIN || d.grain & (d.grain - 1))
		return bad(slice, err, "grain size out of range");
	d.tables = ceil_div(d.capacity, d.grain * V2V_DELTA_ENTRIES);
	if (check_directory(slice, &d, le32(h + 24), err) < 0)
		return -1;
	*ret_delta = d;
	return 0;
}
