/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a VMDK's descriptor says of its extents, judged (VMware Virtual Disk
 * Format 5.0, "The Descriptor File").  A line that is passed over could be a
 * part of the disk: what cannot be read is refused.
 */
#include "unpack/extents.h"

#include "image/descriptor.h"
#include "image/encoding.h"

#include <string.h>

#define SECTOR	 512ULL
#define MAX_SIZE (1ULL << 50) /* bytes of a disk */

void v2v_extents_clear(struct v2v_extents *extents)
{
	v2v_list_foreach (struct v2v_extent, extent, &extents->list) {
		free(extent->name);
		free(extent->bytes);
	}
	free(extents->list.items);
	*extents = (struct v2v_extents){ { 0 }, NULL, 0 };
}

static const struct {
	const char *type;
	bool sparse, zero;
} kinds[] = {
	{ "SPARSE", true, false },
	{ "FLAT", false, false },
	{ "VMFS", false, false },
	{ "ZERO", false, true },
};

static int judge_type(const char *name, const struct v2v_vmdk_descriptor *d,
	const char **ret_type, struct v2v_error *err)
{
	*ret_type = v2v_vmdk_type(d->create_type, V2V_VMDK_FILES);
	if (d->has_parent || v2v_vmdk_type(d->create_type, V2V_VMDK_DELTA))
		return v2v_vmdk_fail_parent(name, err);
	if (v2v_vmdk_type(d->create_type, V2V_VMDK_DEVICE))
		return v2v_fail(err, "image-subformat",
			"'%s': a VMDK of type '%s' refers to a device of the "
			"old host, not to files",
			name, d->create_type);
	if (!*ret_type)
		return v2v_fail(err, "image-subformat",
			"'%s': VMDK of type '%s' is not supported", name,
			d->create_type ? d->create_type : "unknown");
	return 0;
}

/* Set @extent's kind; false where it is of none that is known. */
static bool read_kind(
	const struct v2v_vmdk_extent *from, struct v2v_extent *extent)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcasecmp(from->type, kinds[i].type) == 0) {
			extent->sparse = kinds[i].sparse;
			if (!kinds[i].zero)
				extent->name = v2v_strdup(from->name);
			return kinds[i].zero || (from->name && *from->name);
		}
	return false;
}

static int add_extent(const char *name, const struct v2v_vmdk_extent *from,
	struct v2v_extents *extents, struct v2v_error *err)
{
	struct v2v_extent *extent =
		v2v_list_add(&extents->list, sizeof *extent);

	if (!from->is_whole || !read_kind(from, extent) || from->sectors == 0 ||
		from->sectors > MAX_SIZE / SECTOR ||
		from->offset > MAX_SIZE / SECTOR ||
		(extent->sparse && from->offset))
		return v2v_fail(err, "image-extent",
			"'%s': line %u of the VMDK descriptor is not a valid "
			"extent of a supported kind (FLAT, SPARSE, VMFS, ZERO)",
			name, from->line);
	extent->size = from->sectors * SECTOR;
	extent->offset = from->offset * SECTOR;
	extents->size += extent->size;
	if (extents->size > MAX_SIZE)
		return v2v_fail(err, "image-extent",
			"'%s': the VMDK's extents are larger than %llu bytes",
			name, MAX_SIZE);
	return 0;
}

static bool is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 0x80)
		s++;
	return !*s;
}

/* A name that is not of the stated encoding stays as it is. */
static void decode(struct v2v_extent *extent, const char *encoding)
{
	struct v2v_text utf8 CLEANUP_TEXT = { 0 };

	if (!v2v_encoding_decode(
		    extent->name, strlen(extent->name), encoding, &utf8) ||
		v2v_streq(utf8.data, extent->name))
		return;
	extent->bytes = extent->name;
	extent->name = v2v_text_take(&utf8);
}

/* Where all names are ASCII, their encoding does not matter. */
static int decode_names(struct v2v *v, const char *name, const char *stated,
	struct v2v_extents *extents, struct v2v_error *err)
{
	const char *encoding = v2v_encoding_known(stated);

	v2v_list_foreach (struct v2v_extent, extent, &extents->list) {
		if (!extent->name || is_ascii(extent->name))
			continue;
		if (!encoding)
			return v2v_fail(err, "image-encoding",
				"'%s': unknown encoding '%s' of the VMDK "
				"descriptor",
				name, stated);
		decode(extent, encoding);
	}
	if (!encoding)
		v2v_warn(v, "image-encoding",
			"'%s': unknown encoding '%s' of the VMDK descriptor; "
			"its names are ASCII, and read so",
			name, stated);
	return 0;
}

int v2v_extents_read(struct v2v *v, const char *name, const char *text,
	size_t size, struct v2v_extents *extents, struct v2v_error *err)
{
	struct v2v_vmdk_descriptor d CLEANUP_VMDK_DESCRIPTOR = { 0 };

	v2v_vmdk_descriptor_read(text, size, &d);
	if (judge_type(name, &d, &extents->create_type, err) < 0 ||
		v2v_vmdk_descriptor_check(name, &d, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_vmdk_extent, from, &d.extents)
		if (add_extent(name, from, extents, err) < 0)
			return -1;
	return d.encoding ? decode_names(v, name, d.encoding, extents, err) : 0;
}
