/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The header of a hosted sparse VMDK (VMware Virtual Disk Format 5.0, "Hosted
 * Sparse Extents" and "Stream-Optimized Compressed Sparse Extents").
 */
#include "image/bytes.h"
#include "image/descriptor.h"
#include "image/headers.h"

#define SECTOR	       512ULL
#define MAX_CAPACITY   (1ULL << 41) /* sectors: 2^50 bytes */
#define MAX_DESCRIPTOR (V2V_VMDK_MAX_DESCRIPTOR / SECTOR) /* sectors */
/* Where qemu looks for a parent, whatever the header says of the descriptor
 * (block/vmdk.c, vmdk_parent_open()). */
#define QEMU_DESCRIPTOR	     1ULL
#define QEMU_DESCRIPTOR_SIZE 20ULL
#define GD_AT_END	     UINT64_MAX
#define ENTRIES_PER_GT	     512
#define FLAG_REDUNDANT	     (1U << 1)
#define FLAG_ZERO_GRAINS     (1U << 2)
#define FLAG_COMPRESSED	     (1U << 16)
#define FLAG_MARKERS	     (1U << 17)
#define DEFLATE		     1

struct header {
	uint32_t version, flags, entries_per_gt;
	uint64_t capacity, grain, descriptor, descriptor_size, gd;
	uint64_t redundant, overhead;
	uint16_t compression;
	unsigned char newline[4];
};

bool v2v_vmdk_is(const unsigned char magic[4])
{
	return memcmp(magic, "KDMV", 4) == 0;
}

static int read_header(const struct v2v_slice *slice, uint64_t at,
	struct header *h, struct v2v_error *err)
{
	unsigned char b[SECTOR];

	if (v2v_slice_read(slice, b, sizeof b, at, err) < 0)
		return -1;
	if (!v2v_vmdk_is(b))
		return v2v_fail(err, "image-header",
			"'%s' is not a sparse VMDK", slice->name);
	*h = (struct header){
		.version = le32(b + 4),
		.flags = le32(b + 8),
		.capacity = le64(b + 12),
		.grain = le64(b + 20),
		.descriptor = le64(b + 28),
		.descriptor_size = le64(b + 36),
		.entries_per_gt = le32(b + 44),
		.redundant = le64(b + 48),
		.gd = le64(b + 56),
		.overhead = le64(b + 64),
		.compression = le16(b + 77),
	};
	memcpy(h->newline, b + 73, sizeof h->newline);
	return 0;
}

static int bad(
	const struct v2v_slice *slice, struct v2v_error *err, const char *what)
{
	return v2v_fail(err, "image-header", "'%s': VMDK header: %s",
		slice->name, what);
}

static int check_header(const struct v2v_slice *slice, const struct header *h,
	struct v2v_error *err)
{
	if (h->version < 1 || h->version > 3)
		return bad(slice, err, "unknown version");
	if (memcmp(h->newline, "\n \r\n", 4) != 0)
		return bad(slice, err,
			"newlines were changed on the way (a text transfer)");
	if (h->capacity == 0 || h->capacity > MAX_CAPACITY)
		return bad(slice, err, "capacity out of range");
	if (h->grain < 8 || h->grain > 2048 || (h->grain & (h->grain - 1)))
		return bad(slice, err, "grain size out of range");
	if (h->entries_per_gt != ENTRIES_PER_GT)
		return bad(slice, err, "unknown size of grain tables");
	if (h->compression != (h->flags & FLAG_COMPRESSED ? DEFLATE : 0))
		return bad(slice, err, "unknown compression");
	return 0;
}

/* A grain directory has an entry for each table and lies in the file. */
static int check_directories(const struct v2v_slice *slice,
	const struct header *h, struct v2v_error *err)
{
	uint64_t bytes = ceil_div(h->capacity, h->grain * ENTRIES_PER_GT) * 4;
	uint64_t sectors = slice->size / SECTOR;
	bool has_copy = h->flags & FLAG_REDUNDANT && h->redundant;

	if (h->gd > sectors || bytes > (sectors - h->gd) * SECTOR)
		return bad(slice, err, "grain directory outside the file");
	if (has_copy && (h->redundant > sectors ||
				bytes > (sectors - h->redundant) * SECTOR))
		return bad(slice, err,
			"redundant grain directory outside the file");
	/* So says qemu, too, though it does not go by it. */
	if (h->overhead > sectors)
		return v2v_fail(err, "truncated",
			"'%s' ends before the VMDK's grains begin",
			slice->name);
	return 0;
}

/* The footer is between its marker and that of the end. */
static int check_end(const struct v2v_slice *slice, struct v2v_error *err)
{
	unsigned char b[SECTOR];

	if (v2v_slice_read(slice, b, SECTOR, slice->size - 3 * SECTOR, err) < 0)
		return -1;
	if (le64(b) != 1 || le32(b + 8) || le32(b + 12) != V2V_VMDK_FOOTER)
		return bad(slice, err, "the footer has no marker");
	if (v2v_slice_read(slice, b, SECTOR, slice->size - SECTOR, err) < 0)
		return -1;
	if (le64(b) || le32(b + 8) || le32(b + 12) != V2V_VMDK_EOS)
		return bad(slice, err, "the end has no marker");
	return 0;
}

/* qemu uses the footer's fields where there is one (block/vmdk.c,
 * vmdk_open_vmdk4()), so *@h is replaced by it. */
static int read_footer(
	const struct v2v_slice *slice, struct header *h, struct v2v_error *err)
{
	struct header footer;

	if (slice->size < 3 * SECTOR)
		return bad(slice, err, "no room for the footer");
	if (read_header(slice, slice->size - 2 * SECTOR, &footer, err) < 0 ||
		check_header(slice, &footer, err) < 0)
		return v2v_fail_prefix(err, "footer (is the file cut off?)");
	if (footer.capacity != h->capacity || footer.grain != h->grain ||
		footer.flags != h->flags || footer.version != h->version ||
		footer.gd == GD_AT_END)
		return bad(slice, err, "the footer differs");
	if (h->flags & FLAG_MARKERS && check_end(slice, err) < 0)
		return -1;
	*h = footer;
	return 0;
}

int v2v_vmdk_read(const struct v2v_slice *slice, struct v2v_vmdk *ret_vmdk,
	struct v2v_error *err)
{
	struct header h;
	bool has_footer;

	if (read_header(slice, 0, &h, err) < 0 ||
		check_header(slice, &h, err) < 0)
		return -1;
	has_footer = h.gd == GD_AT_END;
	if (has_footer && read_footer(slice, &h, err) < 0)
		return -1;
	if (check_directories(slice, &h, err) < 0)
		return -1;
	*ret_vmdk = (struct v2v_vmdk){
		.capacity = h.capacity,
		.grain = h.grain,
		.directory = h.gd * SECTOR,
		.tables = ceil_div(h.capacity, h.grain * ENTRIES_PER_GT),
		.redundant =
			h.flags & FLAG_REDUNDANT ? h.redundant * SECTOR : 0,
		.overhead = h.overhead * SECTOR,
		.descriptor_size =
			h.descriptor == QEMU_DESCRIPTOR &&
					h.descriptor_size <= MAX_DESCRIPTOR
				? h.descriptor_size * SECTOR
				: 0,
		.has_footer = has_footer && h.flags & FLAG_MARKERS,
		.has_zero_grains = h.flags & FLAG_ZERO_GRAINS,
		.is_compressed = h.flags & FLAG_COMPRESSED,
		.has_markers = h.flags & FLAG_MARKERS,
	};
	return 0;
}

/* The caller's; NULL. */
static char *read_descriptor(const struct v2v_slice *slice,
	const struct header *h, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;
	uint64_t left = slice->size / SECTOR - QEMU_DESCRIPTOR;
	uint64_t sectors = h->descriptor_size;

	const char *fault = NULL;

	if (h->descriptor == 0 || sectors == 0)
		fault = "no embedded descriptor";
	else if (h->descriptor != QEMU_DESCRIPTOR)
		fault = "descriptor not in the second sector";
	else if (sectors > MAX_DESCRIPTOR || sectors > left)
		fault = "descriptor outside the file";
	if (fault) {
		bad(slice, err, fault);
		return NULL;
	}
	/* No two readers may see different texts. */
	if (sectors < QEMU_DESCRIPTOR_SIZE)
		sectors = QEMU_DESCRIPTOR_SIZE < left ? QEMU_DESCRIPTOR_SIZE
						      : left;
	text = v2v_alloc(1, sectors * SECTOR + 1);
	if (v2v_slice_read(slice, text, sectors * SECTOR,
		    QEMU_DESCRIPTOR * SECTOR, err) < 0)
		return NULL;
	return v2v_take(text);
}

static int check_descriptor(const struct v2v_slice *slice,
	const struct header *h, const char **ret_subformat,
	struct v2v_error *err)
{
	CLEANUP_FREE char *text = read_descriptor(slice, h, err);

	return text ? v2v_vmdk_check_descriptor(
			      text, slice->name, ret_subformat, err)
		    : -1;
}

char *v2v_vmdk_embedded_text(
	const struct v2v_slice *slice, struct v2v_error *err)
{
	struct header h;

	if (read_header(slice, 0, &h, err) < 0 ||
		check_header(slice, &h, err) < 0)
		return NULL;
	return read_descriptor(slice, &h, err);
}

int v2v_vmdk_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err)
{
	struct header h;
	struct v2v_vmdk vmdk;

	if (v2v_vmdk_is_delta(slice))
		return v2v_vmdk_fail_parent(slice->name, err);
	if (v2v_vmdk_is_text(slice))
		return v2v_fail(err, "image-descriptor",
			"'%s' is only a VMDK descriptor, the disk's data is in "
			"other files",
			slice->name);
	if (slice->size % SECTOR)
		return bad(slice, err, "size is not a multiple of 512");
	if (read_header(slice, 0, &h, err) < 0 ||
		check_header(slice, &h, err) < 0 ||
		check_descriptor(slice, &h, &image->subformat, err) < 0)
		return -1;
	image->format = "vmdk";
	image->virtual_size = h.capacity * SECTOR;
	return v2v_vmdk_read(slice, &vmdk, err);
}
