/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The metadata region of a VHDX (MS-VHDX 2.6). */
#include "image/vhdx.h"

#define TABLE	     65536
#define MAX_ENTRIES  2047
#define REQUIRED     4
#define LEAVE_BLOCKS 1
#define HAS_PARENT   2
#define MAX_BLOCK    (256U << 20)

enum item { PARAMETERS, SIZE, PAGE_83, SECTOR, PHYSICAL_SECTOR, PARENT, ITEMS };

static const struct {
	const char *guid;
	uint32_t length;
} items[ITEMS] = {
	[PARAMETERS] = { "\x37\x67\xa1\xca\x36\xfa\x43\x4d"
			 "\xb3\xb6\x33\xf0\xaa\x44\xe7\x6b",
		8 },
	[SIZE] = { "\x24\x42\xa5\x2f\x1b\xcd\x76\x48"
		   "\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8",
		8 },
	[PAGE_83] = { "\xab\x12\xca\xbe\xe6\xb2\x23\x45"
		      "\x93\xef\xc3\x09\xe0\x00\xc7\x46",
		16 },
	[SECTOR] = { "\x1d\xbf\x41\x81\x6f\xa9\x09\x47"
		     "\xba\x47\xf2\x33\xa8\xfa\xab\x5f",
		4 },
	[PHYSICAL_SECTOR] = { "\xc7\x48\xa3\xcd\x5d\x44\x71\x44"
			      "\x9c\xc9\xe9\x88\x52\x51\xc5\x56",
		4 },
	[PARENT] = { "\x2d\x5f\xd3\xa8\x0b\xb3\x4d\x45"
		     "\xab\xf7\xd3\xd8\x48\x34\xab\x0c",
		20 },
};

static enum item find_item(const unsigned char *guid)
{
	int i = 0;

	while (i < ITEMS && memcmp(items[i].guid, guid, 16) != 0)
		i++;
	return (enum item)i;
}

/* Where the items are; zero: missing, because the table is before them. */
static int read_entries(const struct v2v_slice *slice,
	const unsigned char *table, uint64_t room,
	struct v2v_vhdx_region *places, struct v2v_error *err)
{
	uint16_t count = le16(table + 10);

	if (memcmp(table, "metadata", 8) != 0 || count > MAX_ENTRIES)
		return v2v_slice_bad(slice, err, "VHDX", "no metadata");
	for (unsigned i = 0; i < count; i++) {
		const unsigned char *entry = table + 32 + i * 32;
		uint64_t offset = le32(entry + 16), length = le32(entry + 20);
		enum item item = find_item(entry);

		if (item == ITEMS && le32(entry + 24) & REQUIRED)
			return v2v_slice_bad(slice, err, "VHDX",
				"required metadata is unknown");
		if (item == ITEMS)
			continue;
		if (places[item].offset)
			return v2v_slice_bad(
				slice, err, "VHDX", "duplicate metadata item");
		if (offset < TABLE || length < items[item].length ||
			offset + length > room)
			return v2v_slice_bad(slice, err, "VHDX",
				"metadata outside its region");
		places[item] = (struct v2v_vhdx_region){ offset, length };
	}
	return 0;
}

/* Of all items but the variable one. */
static int read_items(const struct v2v_slice *slice,
	const struct v2v_vhdx_region *region,
	const struct v2v_vhdx_region *places, unsigned char values[PARENT][16],
	struct v2v_error *err)
{
	for (int i = 0; i < PARENT; i++) {
		if (!places[i].offset)
			return v2v_slice_bad(
				slice, err, "VHDX", "metadata is missing");
		if (v2v_slice_read(slice, values[i], items[i].length,
			    region->offset + places[i].offset, err) < 0)
			return -1;
	}
	return 0;
}

static int judge(const struct v2v_slice *slice, const struct v2v_vhdx *vhdx,
	uint32_t flags, struct v2v_error *err)
{
	bool has_locator = vhdx->parent.length != 0;

	if ((vhdx->is_difference || has_locator) && !vhdx->is_layer)
		return v2v_fail(err, "image-parent",
			"'%s': a VHDX that is only the difference to a parent; "
			"--backing-chain reads both, where they are in one "
			"folder",
			slice->name);
	if (vhdx->is_difference != has_locator)
		return v2v_slice_bad(slice, err, "VHDX",
			"a parent without a place, or a place without one");
	if (flags & ~(uint32_t)(LEAVE_BLOCKS | HAS_PARENT))
		return v2v_slice_bad(slice, err, "VHDX", "unknown parameters");
	if (vhdx->block < V2V_VHDX_MIB || vhdx->block > MAX_BLOCK ||
		vhdx->block & (vhdx->block - 1))
		return v2v_slice_bad(
			slice, err, "VHDX", "block size out of range");
	/* Some qemus refuse it, others count the disk's size wrong by it
	 * (block/vhdx.c, vhdx_open()). */
	if (vhdx->sector == 4096)
		return v2v_fail(err, "image-subformat",
			"'%s': a VHDX with sectors of 4096 bytes is not "
			"supported: qemu cannot read it",
			slice->name);
	if (vhdx->sector != 512)
		return v2v_slice_bad(
			slice, err, "VHDX", "unknown size of sectors");
	return 0;
}

int v2v_vhdx_read_metadata(const struct v2v_slice *slice, struct v2v_vhdx *vhdx,
	struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *table = v2v_alloc(1, TABLE);
	const struct v2v_vhdx_region *region = &vhdx->metadata;
	unsigned char values[PARENT][16];
	struct v2v_vhdx_region places[ITEMS] = { 0 };
	uint32_t flags;

	if (v2v_slice_read(slice, table, TABLE, region->offset, err) < 0 ||
		read_entries(slice, table, region->length, places, err) < 0 ||
		read_items(slice, region, places, values, err) < 0)
		return -1;
	flags = le32(values[PARAMETERS] + 4);
	vhdx->block = le32(values[PARAMETERS]);
	vhdx->size = le64(values[SIZE]);
	vhdx->sector = le32(values[SECTOR]);
	vhdx->is_difference = flags & HAS_PARENT;
	vhdx->is_fixed = flags & LEAVE_BLOCKS && !vhdx->is_difference;
	vhdx->parent = places[PARENT];
	vhdx->parent.offset += region->offset;
	return judge(slice, vhdx, flags, err);
}
