/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The place of each disk. */
#include "unpack/place.h"

#include "core/file.h"
#include "core/workdir.h"
#include "image/chain.h"
#include "image/image.h"
#include "unpack/chain.h"
#include "unpack/extents.h"
#include "unpack/names.h"
#include "unpack/ova-private.h"
#include "unpack/place-private.h"

#define SECTOR	   512
#define MAX_CHUNKS 10000
#define GZIP_START 3 /* bytes that tell it */

static void pieces_cleanup(struct v2v_pieces *pieces)
{
	free(pieces->items);
}
#define CLEANUP_PIECES __attribute__((cleanup(pieces_cleanup)))

/* "HREF.000000000", "HREF.000000001", ... (DSP0243 §7.1) */
static void find_chunks(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, const char *href,
	struct v2v_pieces *pieces)
{
	for (unsigned i = 0; i < MAX_CHUNKS; i++) {
		CLEANUP_FREE char *name = v2v_format("%s.%09u", href, i);
		struct v2v_ova_member *member =
			v2v_ova_find_href(ova, descriptor, name);

		if (!member)
			return;
		*v2v_append(pieces->items, pieces->count) = member;
	}
}

/* The members of a disk; none where it is not there. */
static void find_pieces(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_disk *said, struct v2v_pieces *pieces)
{
	struct v2v_ova_member *member =
		said->foreign
			? v2v_ova_find_foreign(ova, descriptor, said->href)
			: v2v_ova_find_href(ova, descriptor, said->href);

	if (!member && !said->foreign)
		find_chunks(ova, descriptor, said->href, pieces);
	if (!member && !pieces->count && !said->foreign)
		member = v2v_ova_find_numbered(ova, descriptor, said->href);
	if (member)
		*v2v_append(pieces->items, pieces->count) = member;
}

const struct v2v_ova_member *v2v_place_find(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_disk *said)
{
	struct v2v_pieces pieces CLEANUP_PIECES = { NULL, 0 };

	if (!said->href)
		return NULL;
	find_pieces(ova, descriptor, said, &pieces);
	return pieces.count == 1 ? pieces.items[0] : NULL;
}

/* A file by its real path: under --anywhere one may have several names.  What
 * lies in an archive has one name there. */
static char *name_of(const struct v2v_ova_member *member)
{
	char *real = member->whole ? v2v_realpath(member->file, NULL) : NULL;

	return real ? real : v2v_strdup(member->name);
}

int v2v_place_check_twice(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_machine *machine, struct v2v_error *err)
{
	json_auto_t *names = json_object();

	v2v_list_foreach (
		const struct v2v_descriptor_disk, said, &machine->disks) {
		const struct v2v_ova_member *member =
			v2v_place_find(ova, descriptor, said);
		CLEANUP_FREE char *name = member ? name_of(member) : NULL;

		if (!name)
			continue;
		if (json_object_get(names, name))
			return v2v_fail(err, "descriptor-disk",
				"'%s': two disks of the machine are the file "
				"'%s'",
				ova->file, member->name);
		json_object_set_new_nocheck(names, name, json_true());
	}
	return 0;
}

/* The OVA's own texts are not disks, and a packed one has no place. */
static int check_pieces(const struct v2v_ova *ova,
	const struct v2v_pieces *pieces, struct v2v_error *err)
{
	uint64_t max;

	for (size_t i = 0; i < pieces->count; i++)
		if (v2v_ova_is_text(pieces->items[i]->name, &max))
			return v2v_fail(err, "ova-missing-disk",
				"'%s': '%s' is not a disk", ova->file,
				pieces->items[i]->name);
	return 0;
}

int v2v_place_want(struct v2v_ova *ova, const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_machine *machine, size_t *used,
	struct v2v_error *err)
{
	v2v_list_foreach (
		const struct v2v_descriptor_disk, said, &machine->disks) {
		struct v2v_pieces pieces CLEANUP_PIECES = { NULL, 0 };

		if (!said->href)
			continue;
		find_pieces(ova, descriptor, said, &pieces);
		if (!pieces.count)
			return v2v_place_fail_missing(
				ova, descriptor, said, err);
		/* The same members may be many disks', one after the other. */
		*used += pieces.count;
		if (*used > V2V_OVA_MAX_MEMBERS)
			return v2v_fail(err, "ovf-limit",
				"'%s': its disks take more than %d members",
				ova->file, V2V_OVA_MAX_MEMBERS);
		if (check_pieces(ova, &pieces, err) < 0)
			return -1;
		for (size_t i = 0; i < pieces.count; i++) {
			pieces.items[i]->wanted = true;
			pieces.items[i]->max = v2v_place_max(said->capacity);
		}
	}
	return 0;
}

/* Exporters compress disks and forget to say so.  What is stated to be raw is
 * taken as it is. */
static bool is_packed(struct v2v *v, const struct v2v_ova_member *first,
	const struct v2v_descriptor_disk *said)
{
	CLEANUP_CLOSE int fd = v2v_open_disk(first->file, NULL, NULL);
	char start[GZIP_START];

	if (said->gzip || v2v_streq(said->format, "raw") || fd < 0 ||
		v2v_pread_all(
			fd, "", start, sizeof start, first->offset, NULL) < 0 ||
		memcmp(start, "\x1f\x8b\x08", sizeof start) != 0)
		return said->gzip;
	v2v_warn(v, "compression-differs",
		"'%s' is compressed with gzip, which the descriptor does not "
		"say",
		first->name);
	return true;
}

static int place_pieces(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_pieces *pieces, const struct v2v_descriptor_disk *said,
	struct v2v_disk *disk, struct v2v_workdir *workdir,
	struct v2v_error *err)
{
	const struct v2v_ova_member *first = pieces->items[0];
	struct v2v_descriptor_disk packed = *said;
	CLEANUP_FREE char *text = NULL;
	size_t size;
	int is_text;

	packed.gzip = is_packed(v, first, said);
	if (packed.gzip || pieces->count > 1) {
		disk->file = v2v_place_file(v, disk, "", workdir, err);
		return disk->file ? v2v_place_join(
					    v, pieces, &packed, disk->file, err)
				  : -1;
	}
	is_text = v2v_image_read_descriptor(first->file, (int64_t)first->offset,
		(int64_t)first->size, &text, &size, err);
	if (is_text < 0)
		return -1;
	return is_text ? v2v_extents_place(v, ova, first, text, size,
				 v2v_place_max(said->capacity), disk, workdir,
				 err)
		       : v2v_place_member(v, first, disk, workdir, err);
}

/* What the OVF calls a VMDK but is not (a gzip stream, say) is not a raw disk
 * either. */
static int check_format(const char *name,
	const struct v2v_descriptor_disk *said, const char *found,
	struct v2v *v, struct v2v_error *err)
{
	if (!said->format || strcmp(said->format, found) == 0)
		return 0;
	if (strcmp(found, "raw") == 0)
		return v2v_fail(err, "image-format",
			"'%s': the member is not a %s, as the descriptor says",
			name, said->format);
	v2v_warn(v, "format-differs", "'%s' is %s, the descriptor says %s",
		name, found, said->format);
	return 0;
}

/* The OVF says nothing, nor does the image: then its name counts, or a boot
 * record. */
static int check_untold(
	const char *name, const struct v2v_disk *disk, struct v2v_error *err)
{
	CLEANUP_FREE char *unpacked = v2v_name_unpacked(name);
	CLEANUP_CLOSE int fd = v2v_open_disk(disk->file, NULL, err);
	unsigned char start[SECTOR] = { 0 };

	if (fd < 0)
		return -1;
	if (pread(fd, start, sizeof start,
		    disk->offset < 0 ? 0 : (off_t)disk->offset) < 0)
		return v2v_fail_errno(err, "cannot read '%s'", disk->file);
	if (!v2v_name_says_not_raw(unpacked) ||
		(start[SECTOR - 2] == 0x55 && start[SECTOR - 1] == 0xaa))
		return 0;
	return v2v_fail(err, "image-format",
		"'%s': the member is not an image of a known format, and not "
		"called like a raw disk",
		name);
}

/* What is stated is taken; but a guest seldom writes such a header into its
 * first sector. */
static void check_raw(
	struct v2v *v, const char *name, const struct v2v_disk *disk)
{
	struct v2v_image image;

	if (v2v_image_check(disk->file, disk->offset, disk->size, NULL, false,
		    &image, NULL) < 0 ||
		strcmp(image.format, "raw") != 0)
		v2v_warn(v, "format-differs",
			"'%s' begins like an image of another format, the OVF "
			"says raw",
			name);
}

/* The image as it will be given to others. */
static int check_disk(struct v2v *v, const char *name,
	const struct v2v_descriptor_disk *said, struct v2v_disk *disk,
	struct v2v_error *err)
{
	const char *stated =
		disk->format || v2v_streq(said->format, "raw") ? "raw" : NULL;
	struct v2v_image image;

	if (v2v_image_check(disk->file, disk->offset, disk->size, stated, false,
		    &image, err) < 0 ||
		v2v_image_check_tables(disk->file, disk->offset, disk->size,
			image.format, err) < 0)
		return v2v_fail_prefix(err, "'%s'", name);
	if (!disk->format) {
		if (check_format(name, said, image.format, v, err) < 0)
			return -1;
		if (!said->format && strcmp(image.format, "raw") == 0 &&
			check_untold(name, disk, err) < 0)
			return -1;
		if (stated)
			check_raw(v, name, disk);
		disk->format = v2v_strdup(image.format);
		disk->subformat = v2v_strdup(image.subformat);
	}
	disk->virtual_size = (int64_t)image.virtual_size;
	if (said->capacity >= 0 && said->capacity != disk->virtual_size)
		v2v_warn(v, "capacity-differs",
			"'%s' is %lld bytes large, the descriptor says %lld",
			name, (long long)disk->virtual_size,
			(long long)said->capacity);
	return 0;
}

/* A snapshot as VMware has it in the machine's folder: it is read where it lies
 * (image/chain.h).  In an archive it has no folder, and an OVF has none. */
static bool is_layered(const struct v2v_ova *ova,
	const struct v2v_pieces *pieces, const struct v2v_descriptor_disk *said)
{
	return said->node && v2v_streq(said->format, "vmdk") && ova->folder &&
	       pieces->count == 1 && pieces->items[0]->whole &&
	       v2v_disk_chain_is_difference(pieces->items[0]->file);
}

static int place_disk(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_disk *said, struct v2v_disk *disk,
	struct v2v_workdir *workdir, struct v2v_error *err)
{
	struct v2v_pieces pieces CLEANUP_PIECES = { NULL, 0 };

	if (!said->href) {
		/* A disk has whole sectors of 512 bytes. */
		disk->virtual_size =
			(said->capacity + SECTOR - 1) / SECTOR * SECTOR;
		return 0;
	}
	find_pieces(ova, descriptor, said, &pieces);
	if (!pieces.count)
		return v2v_place_fail_missing(ova, descriptor, said, err);
	if (said->foreign && !v2v_streq(pieces.items[0]->name, said->href))
		v2v_warn(v, "disk-moved",
			"the disk '%s' is read from '%s', beside the "
			"descriptor",
			said->href, pieces.items[0]->name);
	if (is_layered(ova, &pieces, said)) {
		disk->file = v2v_strdup(pieces.items[0]->file);
		return v2v_unpack_chain("vmdk", disk, err);
	}
	if (place_pieces(v, ova, &pieces, said, disk, workdir, err) < 0)
		return -1;
	return check_disk(v, pieces.items[0]->name, said, disk, err);
}

int v2v_place_disks(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	struct v2v_descriptor_machine *machine, struct v2v_workdir *ret_workdir,
	struct v2v_error *err)
{
	for (size_t i = 0; i < machine->source.disks.count; i++)
		if (place_disk(v, ova, descriptor,
			    v2v_items(struct v2v_descriptor_disk,
				    &machine->disks) +
				    i,
			    v2v_items(struct v2v_disk, &machine->source.disks) +
				    i,
			    ret_workdir, err) < 0)
			return -1;
	return 0;
}
