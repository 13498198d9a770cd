/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telling of disks without unpacking them. */
#include "unpack/describe.h"

#include "image/image.h"
#include "unpack/extents.h"
#include "unpack/invent.h"
#include "unpack/place-private.h"

/* Of a VMDK's descriptor, which names its extents; false where the disk's size
 * is not to be had from them alone: it may be a layer over others. */
static bool read_extents(struct v2v *v, const char *file, int64_t offset,
	int64_t size, struct v2v_disk *disk)
{
	struct v2v_extents extents CLEANUP_EXTENTS = { { 0 }, NULL, 0 };
	CLEANUP_FREE char *text = NULL;
	size_t length;

	if (v2v_image_read_descriptor(
		    file, offset, size, &text, &length, NULL) <= 0)
		return false;
	v2v_string_set(&disk->format, "vmdk");
	if (v2v_extents_read(v, file, text, length, &extents, NULL) < 0)
		return false;
	v2v_string_set(&disk->subformat, extents.create_type);
	disk->virtual_size = (int64_t)extents.size;
	return true;
}

/* Where the header is not to be understood, nothing is known. */
static void read_header(struct v2v *v, const char *file, int64_t offset,
	int64_t size, const char *format, struct v2v_disk *disk)
{
	struct v2v_image image;

	if (read_extents(v, file, offset, size, disk) ||
		v2v_image_check(
			file, offset, size, format, true, &image, NULL) < 0)
		return;
	v2v_string_set(&disk->format, image.format);
	v2v_string_set(&disk->subformat, image.subformat);
	disk->virtual_size = (int64_t)image.virtual_size;
}

static void describe_disk(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_disk *said, struct v2v_disk *disk)
{
	const struct v2v_ova_member *member =
		v2v_place_find(ova, descriptor, said);
	struct v2v_error missing = { 0 };

	disk->virtual_size = said->capacity > 0 ? said->capacity : 0;
	if (!said->href)
		return;
	v2v_string_set(&disk->file, said->href);
	v2v_string_set(&disk->format, said->format);
	if (!member && !said->chunked) {
		v2v_place_fail_missing(ova, descriptor, said, &missing);
		v2v_warn(v, missing.code, "%s", missing.text);
	}
	if (member && member->file && !said->gzip)
		read_header(v, member->file,
			member->whole ? -1 : (int64_t)member->offset,
			member->whole ? -1 : (int64_t)member->size,
			v2v_streq(said->format, "raw") ? "raw" : NULL, disk);
}

void v2v_describe_disks(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	struct v2v_descriptor_machine *machine)
{
	struct v2v_disk *disks = machine->source.disks.items;

	for (size_t i = 0; i < machine->source.disks.count; i++)
		describe_disk(v, ova, descriptor,
			v2v_items(struct v2v_descriptor_disk, &machine->disks) +
				i,
			&disks[i]);
}

void v2v_describe_image(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, struct v2v_disk *disk)
{
	enum v2v_container kind = V2V_CONTAINER_NONE;

	disk->file = v2v_strdup(file);
	/* What is compressed would have to be unpacked. */
	if (opt->format || v2v_container_of(file, &kind, NULL) < 0 ||
		kind != V2V_CONTAINER_PACKED)
		read_header(v, file, -1, -1, opt->format, disk);
}

int v2v_describe_loose(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *member,
	const struct v2v_unpack_options *opt, json_t *docs,
	struct v2v_error *err)
{
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	const struct v2v_workdir none = { NULL, NULL, false };
	struct v2v_disk *disk;

	if (v2v_ends_with_nocase(member->name, ".ova"))
		return v2v_fail(err, "several-files",
			"'%s': '%s' in it is an OVA; unpack it first, to have "
			"it described",
			ova->file, member->name);
	v2v_unpack_invent(member->name, &source);
	disk = v2v_list_add(&source.disks, sizeof *disk);
	disk->offset = disk->size = disk->unit = -1;
	disk->file = v2v_strdup(member->name);
	if (member->file)
		read_header(v, member->file, (int64_t)member->offset,
			(int64_t)member->size, NULL, disk);
	json_array_append_new(
		docs, v2v_unpack_document(v, opt, &source, &none));
	return 0;
}
