/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sparse extent that has no descriptor of its own: qemu cannot open it alone,
 * so its grains are copied here (VMware Virtual Disk Format 5.0, "Hosted Sparse
 * Extents"). */
#include "core/file.h"
#include "image/bytes.h"
#include "image/headers.h"

#define SECTOR	512ULL
#define ENTRIES 512 /* of a grain table */

struct copy {
	struct v2v *v;
	struct v2v_slice slice;
	struct v2v_vmdk vmdk;
	const struct v2v_extent_target *to;
	char *grain;   /* room for one */
	uint64_t left; /* bytes that the grains to come can have */
};

/* The disk's last grain may be cut. */
static int copy_grain(
	struct copy *c, uint64_t number, uint32_t sector, struct v2v_error *err)
{
	uint64_t left = c->vmdk.capacity - number * c->vmdk.grain;
	uint64_t n = (left < c->vmdk.grain ? left : c->vmdk.grain) * SECTOR;
	uint64_t at = c->to->at + number * c->vmdk.grain * SECTOR;

	/* Else a small file would grow as large as it says. */
	if (n > c->left)
		return v2v_fail(err, "image-table",
			"'%s': several grains of the VMDK are in one place",
			c->slice.name);
	c->left -= n;
	if (v2v_check_cancel(c->v, err) < 0 ||
		v2v_slice_read(&c->slice, c->grain, n, sector * SECTOR, err) <
			0)
		return -1;
	if (pwrite(c->to->fd, c->grain, n, (off_t)at) != (ssize_t)n)
		return v2v_fail_errno(err, "cannot write '%s'", c->to->name);
	return 0;
}

static int copy_table(
	struct copy *c, uint64_t table, uint32_t sector, struct v2v_error *err)
{
	unsigned char entries[ENTRIES * 4];

	if (v2v_slice_read(&c->slice, entries, sizeof entries, sector * SECTOR,
		    err) < 0)
		return -1;
	for (size_t i = 0; i < ENTRIES; i++) {
		uint32_t grain = le32(entries + i * 4);
		uint64_t number = table * ENTRIES + i;

		/* 1 is a grain of zeros. */
		if (grain > 1 && number * c->vmdk.grain < c->vmdk.capacity &&
			copy_grain(c, number, grain, err) < 0)
			return -1;
	}
	return 0;
}

static int copy_tables(struct copy *c, struct v2v_error *err)
{
	for (uint64_t i = 0; i < c->vmdk.tables; i++) {
		unsigned char entry[4];

		if (v2v_slice_read(&c->slice, entry, sizeof entry,
			    c->vmdk.directory + i * 4, err) < 0)
			return -1;
		if (le32(entry) && copy_table(c, i, le32(entry), err) < 0)
			return -1;
	}
	return 0;
}

int v2v_image_copy_extent(struct v2v *v, const char *file, int64_t offset,
	int64_t size, const struct v2v_extent_target *to, struct v2v_error *err)
{
	struct copy c = { .v = v, .to = to };
	CLEANUP_CLOSE int fd =
		v2v_slice_open(&c.slice, file, offset, size, err);
	CLEANUP_FREE char *grain = NULL;

	if (fd < 0 || v2v_vmdk_read(&c.slice, &c.vmdk, err) < 0 ||
		v2v_vmdk_walk_tables(&c.slice, err) < 0)
		return -1;
	if (c.vmdk.is_compressed || c.vmdk.capacity * SECTOR != to->size)
		return v2v_fail(err, "image-extent",
			"'%s': the extent is not as its descriptor says", file);
	c.left = c.slice.size;
	c.grain = grain = v2v_alloc(1, c.vmdk.grain * SECTOR);
	return copy_tables(&c, err);
}
