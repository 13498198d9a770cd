/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a VMDK's extents: only what lies where the descriptor does. */
#include "unpack/extents.h"
#include "unpack/manifest.h"
#include "unpack/ova-private.h"
#include "unpack/place-private.h"

/* In an OVA as an href is found; beside a descriptor that was named itself no
 * folder is entered. */
static struct v2v_ova_member *find_name(struct v2v_ova *ova,
	const struct v2v_ova_member *from, const char *name)
{
	CLEANUP_FREE char *clean = v2v_ova_without_dots(name);

	if (ova->kind != V2V_CONTAINER_NONE)
		return v2v_ova_find_href(ova, from, name);
	return *name == '/' || strchr(clean, '/') ? NULL
						  : v2v_ova_find(ova, clean);
}

static int fail_missing(const struct v2v_ova *ova,
	const struct v2v_ova_member *from, const struct v2v_extent *extent,
	struct v2v_error *err)
{
	if (ova->kind == V2V_CONTAINER_NONE)
		return v2v_fail(err, "ova-missing-disk",
			"'%s': the extent '%s' is not a regular file in the "
			"same directory",
			ova->file, extent->name);
	return v2v_fail(err, "ova-missing-disk",
		"'%s': the extent '%s' of '%s' is not in it", ova->file,
		extent->name, from->name);
}

static int find_member(struct v2v_ova *ova, const struct v2v_ova_member *from,
	struct v2v_extent *extent, struct v2v_error *err)
{
	uint64_t max;

	extent->member = find_name(ova, from, extent->name);
	if (!extent->member && extent->bytes)
		extent->member = find_name(ova, from, extent->bytes);
	if (!extent->member || extent->member == from ||
		v2v_ova_is_text(extent->member->name, &max))
		return fail_missing(ova, from, extent, err);
	if (!extent->sparse &&
		(extent->offset > extent->member->size ||
			extent->size > extent->member->size - extent->offset))
		return v2v_fail(err, "truncated",
			"'%s': the extent '%s' is shorter than '%s' says",
			ova->file, extent->name, from->name);
	return 0;
}

static bool overlap(const struct v2v_extent *a, const struct v2v_extent *b)
{
	return a->member && a->member == b->member &&
	       (a->sparse || b->sparse ||
		       (a->offset < b->offset + b->size &&
			       b->offset < a->offset + a->size));
}

/* What is joined is at most as long as the disk can be, and no byte of the OVA
 * is taken twice. */
static int check_extents(const struct v2v_ova_member *from,
	const struct v2v_extents *extents, uint64_t max, struct v2v_error *err)
{
	if (extents->size > max)
		return v2v_fail(err, "ova-limit",
			"'%s': the VMDK's extents have %llu bytes, its disk "
			"can have %llu",
			from->name, (unsigned long long)extents->size,
			(unsigned long long)max);
	v2v_list_foreach (const struct v2v_extent, a, &extents->list)
		for (const struct v2v_extent *b = extents->list.items; b < a;
			b++)
			if (overlap(a, b))
				return v2v_fail(err, "image-extent",
					"'%s': two extents of the VMDK are in "
					"one place of '%s'",
					from->name, a->name);
	return 0;
}

int v2v_extents_find(struct v2v_ova *ova, const struct v2v_ova_member *from,
	uint64_t max, struct v2v_extents *extents, struct v2v_error *err)
{
	v2v_list_foreach (struct v2v_extent, extent, &extents->list)
		if (extent->name && find_member(ova, from, extent, err) < 0)
			return -1;
	return check_extents(from, extents, max, err);
}

static int take_place(struct v2v *v, const struct v2v_extents *extents,
	struct v2v_disk *disk, struct v2v_workdir *workdir,
	struct v2v_error *err)
{
	const struct v2v_extent *first = extents->list.items;

	if (extents->list.count == 1 && first->member && !first->sparse &&
		!first->member->spooled) {
		disk->file = v2v_strdup(first->member->file);
		disk->offset = (int64_t)(first->member->offset + first->offset);
		disk->size = (int64_t)first->size;
		return 0;
	}
	disk->file = v2v_place_file(v, disk, ".raw", workdir, err);
	return disk->file ? v2v_extents_join(v, extents, disk->file, err) : -1;
}

int v2v_extents_place(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *from, const char *text, size_t size,
	uint64_t max, struct v2v_disk *disk, struct v2v_workdir *workdir,
	struct v2v_error *err)
{
	struct v2v_extents extents CLEANUP_EXTENTS = { { 0 }, NULL, 0 };
	const char *name =
		ova->kind == V2V_CONTAINER_NONE ? ova->file : from->name;

	if (v2v_extents_read(v, name, text, size, &extents, err) < 0 ||
		v2v_extents_find(ova, from, max, &extents, err) < 0)
		return -1;
	v2v_list_foreach (struct v2v_extent, extent, &extents.list)
		if (extent->member) {
			extent->member->wanted = true;
			extent->member->max =
				extent->offset +
				v2v_place_max((int64_t)extent->size);
		}
	v2v_manifest_tell_left_out(v, ova, NULL);
	if (v2v_ova_fetch(v, ova, err) < 0)
		return -1;
	disk->format = v2v_strdup("raw");
	disk->subformat = v2v_strdup(extents.create_type);
	return take_place(v, &extents, disk, workdir, err);
}
