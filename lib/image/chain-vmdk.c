/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A layer of a VMDK: by its descriptor, in a file of its own or in the image.
 * What qemu's reader would see in the text must be what we see. */
#include "image/bytes.h"
#include "image/chain-private.h"
#include "image/delta.h"
#include "image/descriptor.h"

#include <string.h>

#define SECTOR	 512ULL
#define MAX_SIZE (1ULL << 50) /* bytes of a disk */
#define HINT	 "parentFileNameHint"

static const struct {
	const char *type, *format;
} kinds[] = {
	{ "FLAT", "raw" },
	{ "VMFS", "raw" },
	{ "ZERO", NULL },
	{ "SPARSE", "vmdk" },
	{ "VMFSSPARSE", "cowd" },
	{ "SESPARSE", "sesparse" },
};

static int fail_text(const char *file, const char *what, struct v2v_error *err)
{
	return v2v_fail(err, "image-descriptor", "'%s': the VMDK descriptor %s",
		file, what);
}

/* How often @word is in the text, in any case; *@ret_at: where first. */
static unsigned count_word(
	const char *text, const char *word, const char **ret_at)
{
	unsigned n = 0;

	*ret_at = NULL;
	for (const char *s = text; (s = strcasestr(s, word)); s++, n++)
		if (!*ret_at)
			*ret_at = s;
	return n;
}

/* "0xFFFF" and shorter ones are numbers too. */
static bool read_cid(const char *text, char **ret_id)
{
	char *end;
	unsigned long n;

	if (!text || strlen(text) > 10 || *text == '-')
		return false;
	n = strtoul(text, &end, 16);
	if (*end || end == text || n > UINT32_MAX)
		return false;
	*ret_id = v2v_format("%08lx", n);
	return true;
}

/* qemu takes the first one of each, wherever in the text it is. */
static int read_parent(const char *file, const char *text,
	const struct v2v_vmdk_descriptor *d, struct v2v_link *link,
	struct v2v_error *err)
{
	const char *hint, *at;

	if (count_word(text, "parentCID", &at) > 1 ||
		count_word(text, HINT, &hint) > 1)
		return fail_text(file, "names its parent twice", err);
	if (!read_cid(d->cid, &link->id))
		return fail_text(file, "has no valid CID", err);
	if (!d->has_parent)
		return hint ? fail_text(
				      file, "names a parent in a comment", err)
			    : 0;
	if (!d->parent || !v2v_qemu_sees_parent(text, d->parent))
		return fail_text(
			file, "has a parent without a valid name", err);
	if (!read_cid(d->parent_cid, &link->parent_id))
		return fail_text(file, "has no valid parentCID", err);
	link->parent = v2v_strdup(d->parent);
	return 0;
}

/* Header and tables, and that it is as large as the descriptor says. */
static int check_sparse(const struct v2v_slice *slice,
	const struct v2v_disk_extent *extent, struct v2v_error *err)
{
	struct v2v_delta delta = { .grain = 0 };
	struct v2v_vmdk vmdk;
	uint64_t capacity;

	if (v2v_streq(extent->format, "vmdk")) {
		if (v2v_vmdk_read(slice, &vmdk, err) < 0 ||
			v2v_vmdk_walk_tables(slice, err) < 0)
			return -1;
		capacity = vmdk.capacity;
	} else {
		if ((v2v_streq(extent->format, "cowd") ? v2v_cowd_read
						       : v2v_sesparse_read)(
			    slice, &delta, err) < 0 ||
			v2v_delta_walk_tables(slice, err) < 0)
			return -1;
		capacity = delta.capacity;
	}
	if (capacity * SECTOR == (uint64_t)extent->size)
		return 0;
	return v2v_fail(err, "image-extent",
		"'%s' is %llu sectors large, its descriptor says %llu",
		slice->name, (unsigned long long)capacity,
		(unsigned long long)extent->size / SECTOR);
}

static int check_extent(
	const struct v2v_disk_extent *extent, struct v2v_error *err)
{
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd = -1;

	if (!extent->file)
		return 0;
	fd = v2v_slice_open(&slice, extent->file, -1, -1, err);
	if (fd < 0)
		return -1;
	if (!v2v_streq(extent->format, "raw"))
		return check_sparse(&slice, extent, err);
	if (!v2v_slice_fits(
		    &slice, (uint64_t)extent->offset, (uint64_t)extent->size))
		return v2v_fail(err, "truncated",
			"'%s' is shorter than its descriptor says",
			extent->file);
	return 0;
}

/* No byte of a file is in the disk twice. */
static int check_overlap(const struct v2v_disk_layer *layer,
	const struct v2v_disk_extent *a, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_disk_extent, b, &layer->extents) {
		if (a == b || !a->file || !v2v_streq(a->file, b->file))
			continue;
		if (v2v_streq(a->format, "raw") &&
			v2v_streq(b->format, "raw") &&
			(a->offset >= b->offset + b->size ||
				b->offset >= a->offset + a->size))
			continue;
		return v2v_fail(err, "image-extent",
			"'%s': two extents of the VMDK are in one place of "
			"'%s'",
			layer->file, a->file);
	}
	return 0;
}

static int add_extent(const struct v2v_disk_chain_folder *folder,
	struct v2v_link *link, const struct v2v_vmdk_extent *from,
	struct v2v_error *err)
{
	struct v2v_disk_layer *layer = &link->layer;
	struct v2v_disk_extent *extent = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *format = kinds[i].format;

		if (strcmp(from->type, kinds[i].type) != 0)
			continue;
		extent = v2v_list_add(&layer->extents, sizeof *extent);
		extent->format = v2v_strdup(format ? format : "raw");
		if (format && from->name && *from->name)
			extent->file = v2v_disk_chain_find(
				folder, layer->file, from->name, err);
		if (format && !extent->file)
			break;
	}
	if (!extent || !from->is_whole || !from->sectors ||
		from->sectors > MAX_SIZE / SECTOR ||
		from->offset > MAX_SIZE / SECTOR ||
		(from->offset && !v2v_streq(extent->format, "raw")))
		return v2v_fail(err, "image-extent",
			"'%s': line %u of the VMDK descriptor is not a valid "
			"extent of a supported kind (FLAT, SPARSE, VMFS, "
			"VMFSSPARSE, SESPARSE, ZERO)",
			layer->file, from->line);
	if (!extent->file && strcmp(from->type, "ZERO") != 0)
		return v2v_fail(err, "image-extent",
			"'%s': line %u of the VMDK descriptor names no file",
			layer->file, from->line);
	extent->size = (int64_t)(from->sectors * SECTOR);
	extent->offset = (int64_t)(from->offset * SECTOR);
	layer->virtual_size += extent->size;
	return (uint64_t)layer->virtual_size > MAX_SIZE
		       ? v2v_fail(err, "image-extent",
				 "'%s': the VMDK's extents are larger than "
				 "%llu bytes",
				 layer->file, MAX_SIZE)
		       : 0;
}

static int read_extents(const struct v2v_disk_chain_folder *folder,
	struct v2v_link *link, const struct v2v_vmdk_descriptor *d,
	const char *text, struct v2v_error *err)
{
	const char *file = link->layer.file;

	if (v2v_vmdk_descriptor_check(file, d, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_vmdk_extent, from, &d->extents)
		if (add_extent(folder, link, from, err) < 0)
			return -1;
	if (!v2v_qemu_sees_extents(text, d))
		return v2v_fail(err, "image-extent",
			"'%s': qemu would not read the extents as they are "
			"written in the VMDK descriptor",
			file);
	v2v_list_foreach (
		const struct v2v_disk_extent, extent, &link->layer.extents) {
		if (v2v_streq(extent->file, file))
			return v2v_fail(err, "image-extent",
				"'%s': the VMDK descriptor names itself", file);
		if (check_overlap(&link->layer, extent, err) < 0 ||
			check_extent(extent, err) < 0)
			return -1;
	}
	return 0;
}

/* A sparse VMDK whose descriptor is in it; the name of its extent is never
 * looked at. */
static int read_embedded(const struct v2v_slice *slice, struct v2v_link *link,
	const struct v2v_vmdk_descriptor *d, struct v2v_error *err)
{
	const struct v2v_vmdk_extent *first = d->extents.items;
	struct v2v_vmdk vmdk;

	if (d->extent_count != 1 || strcasecmp(first->type, "SPARSE") != 0)
		return v2v_fail(err, "image-extent",
			"'%s': a VMDK whose data is in other files is refused",
			slice->name);
	if (v2v_vmdk_read(slice, &vmdk, err) < 0 ||
		v2v_vmdk_walk_tables(slice, err) < 0)
		return -1;
	link->layer.virtual_size = (int64_t)(vmdk.capacity * SECTOR);
	v2v_link_own_extent(link, "vmdk");
	return 0;
}

static int read_text(const struct v2v_disk_chain_folder *folder,
	const struct v2v_slice *slice, const char *text, size_t size,
	bool is_embedded, struct v2v_link *link, struct v2v_error *err)
{
	struct v2v_vmdk_descriptor d CLEANUP_VMDK_DESCRIPTOR = { 0 };
	const char *type;

	v2v_vmdk_descriptor_read(text, size, &d);
	type = v2v_vmdk_type(d.create_type, V2V_VMDK_READ);
	if (d.has_conflict)
		return fail_text(
			slice->name, "has two values for one key", err);
	if (!type || strcmp(type, d.create_type) != 0)
		return v2v_fail(err, "image-subformat",
			"'%s': VMDK of type '%s' is not supported", slice->name,
			d.create_type ? d.create_type : "unknown");
	link->layer.subformat = v2v_strdup(type);
	if (read_parent(slice->name, text, &d, link, err) < 0)
		return -1;
	return is_embedded ? read_embedded(slice, link, &d, err)
			   : read_extents(folder, link, &d, text, err);
}

int v2v_disk_chain_read_vmdk(const struct v2v_disk_chain_folder *folder,
	struct v2v_link *link, struct v2v_error *err)
{
	const char *file = link->layer.file;
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd = v2v_slice_open(&slice, file, -1, -1, err);
	CLEANUP_FREE char *text = NULL;
	size_t size = 0;
	int is_text;

	if (fd < 0)
		return -1;
	if (v2v_vmdk_is_delta(&slice))
		return v2v_vmdk_fail_parent(file, err);
	is_text = v2v_image_read_descriptor(file, -1, -1, &text, &size, err);
	if (is_text < 0)
		return -1;
	if (!is_text) {
		if (slice.size % SECTOR)
			return v2v_slice_bad(&slice, err, "VMDK header",
				"size is not a multiple of 512");
		text = v2v_vmdk_embedded_text(&slice, err);
		if (!text)
			return -1;
		size = strlen(text);
	}
	return read_text(folder, &slice, text, size, !is_text, link, err);
}
