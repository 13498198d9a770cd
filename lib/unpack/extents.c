/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A VMDK whose descriptor is a file of its own and names its extents (VMware
 * Virtual Disk Format 5.0, "The Descriptor File").  Each must be a member of
 * the OVA; the descriptor itself is given to nobody else.
 */
#include "core/file.h"
#include "core/open.h"
#include "image/image.h"
#include "unpack/ova-private.h"
#include "unpack/place-private.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define SECTOR	       512ULL
#define MAX_DESCRIPTOR (1 << 20) /* bytes */
#define MAX_EXTENTS    1024
#define MAX_SIZE       (1ULL << 50) /* bytes of a disk */

bool v2v_extents_is_descriptor(const char *text, uint64_t size)
{
	static const char start[] = "# Disk DescriptorFile";

	return size >= sizeof start - 1 && size <= MAX_DESCRIPTOR &&
	       memcmp(text, start, sizeof start - 1) == 0;
}

void v2v_extents_clear(struct v2v_extents *extents)
{
	v2v_list_foreach (struct v2v_extent, extent, &extents->list)
		free(extent->name);
	free(extents->list.items);
	free(extents->create_type);
	*extents = (struct v2v_extents){ { 0 }, NULL, 0 };
}

static const struct {
	const char *type;
	bool sparse, zero;
} types[] = {
	{ "SPARSE", true, false },
	{ "FLAT", false, false },
	{ "VMFS", false, false },
	{ "ZERO", false, true },
};

/* RW 4192256 FLAT "disk-f001.vmdk" 0 */
static int add_extent(const struct v2v_ova_member *from, const char *line,
	struct v2v_extents *extents, struct v2v_error *err)
{
	char access[12] = "", sectors[24] = "", type[16] = "", offset[24] = "0";
	const char *open = strchr(line, '"');
	const char *close = open ? strchr(open + 1, '"') : NULL;
	struct v2v_extent *extent;
	uint64_t n, at = 0;

	sscanf(line, "%11s %23s %15s", access, sectors, type);
	if (close)
		sscanf(close + 1, "%23s", offset);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (strcasecmp(type, types[i].type) != 0)
			continue;
		if (!v2v_parse_u64(sectors, &n) || n == 0 ||
			n > MAX_SIZE / SECTOR || !v2v_parse_u64(offset, &at) ||
			at > MAX_SIZE / SECTOR || (!close && !types[i].zero) ||
			extents->list.count >= MAX_EXTENTS)
			break;
		extent = v2v_list_add(&extents->list, sizeof *extent);
		extent->sparse = types[i].sparse;
		extent->size = n * SECTOR;
		extent->offset = at * SECTOR;
		if (!types[i].zero)
			extent->name = v2v_strndup(
				open + 1, (size_t)(close - open - 1));
		extents->size += extent->size;
		return 0;
	}
	return v2v_fail(err, "image-extent",
		"'%s': an extent of the VMDK is of no known kind", from->name);
}

static bool begins(const char *line, const char *word)
{
	return strncasecmp(line, word, strlen(word)) == 0;
}

static int read_line(const struct v2v_ova_member *from, const char *line,
	struct v2v_extents *extents, struct v2v_error *err)
{
	const char *value = strchr(line, '=');

	if (begins(line, "RW ") || begins(line, "RDONLY ") ||
		begins(line, "NOACCESS "))
		return add_extent(from, line, extents, err);
	if (!value)
		return 0;
	value += 1 + strspn(value + 1, " \t\"");
	if (begins(line, "createType")) {
		free(extents->create_type);
		extents->create_type =
			v2v_strndup(value, strcspn(value, "\" \t\r"));
	}
	if (begins(line, "parentFileNameHint") ||
		(begins(line, "parentCID") && !begins(value, "ffffffff")))
		return v2v_fail(err, "image-parent",
			"'%s': a VMDK that is only the difference to a parent "
			"is refused",
			from->name);
	return 0;
}

static int read_lines(const struct v2v_ova_member *from, const char *text,
	struct v2v_extents *extents, struct v2v_error *err)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		CLEANUP_FREE char *line = v2v_strndup(text, n);

		if (read_line(from, line + strspn(line, " \t"), extents, err) <
			0)
			return -1;
		text += n + (text[n] == '\n');
	}
	if (extents->list.count == 0 || extents->size > MAX_SIZE)
		return v2v_fail(err, "image-extent",
			"'%s': the VMDK's descriptor names no extent, or too "
			"large ones",
			from->name);
	return 0;
}

static int find_member(struct v2v_ova *ova, const struct v2v_ova_member *from,
	struct v2v_extent *extent, struct v2v_error *err)
{
	uint64_t max;

	extent->member = v2v_ova_find_href(ova, from, extent->name);
	if (!extent->member || v2v_ova_is_text(extent->member->name, &max))
		return v2v_fail(err, "ova-missing-disk",
			"'%s': the extent '%s' of '%s' is not in it", ova->file,
			extent->name, from->name);
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

/* What is joined is no longer than the disk can be, and no byte of the OVA is
 * taken twice. */
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

int v2v_extents_read(struct v2v_ova *ova, const struct v2v_ova_member *from,
	const char *text, uint64_t max, struct v2v_extents *extents,
	struct v2v_error *err)
{
	if (read_lines(from, text, extents, err) < 0)
		return -1;
	v2v_list_foreach (struct v2v_extent, extent, &extents->list)
		if (extent->name && find_member(ova, from, extent, err) < 0)
			return -1;
	return check_extents(from, extents, max, err);
}

/* Holes take no room: no more than the files do that the extents are in. */
static int check_room(
	const struct v2v_extents *extents, int fd, struct v2v_error *err)
{
	const char *last = NULL;
	uint64_t need = 0;
	struct statvfs fs;
	struct stat st;

	v2v_list_foreach (const struct v2v_extent, extent, &extents->list) {
		const char *file = extent->member ? extent->member->file : last;

		if (file && !v2v_streq(file, last) && stat(file, &st) == 0)
			need += (uint64_t)st.st_blocks * SECTOR;
		last = file;
	}
	if (need > extents->size)
		need = extents->size;
	if (fstatvfs(fd, &fs) == 0 &&
		need > (uint64_t)fs.f_bavail * fs.f_frsize)
		return v2v_fail(err, "no-space",
			"no room to join the extents of a VMDK: it needs %llu "
			"bytes",
			(unsigned long long)need);
	return 0;
}

static int join_flat(struct v2v *v, const struct v2v_extent *extent, int fd,
	const char *file, uint64_t at, struct v2v_error *err)
{
	const struct v2v_ova_member *m = extent->member;
	CLEANUP_CLOSE int from = v2v_open_regular(m->file, NULL, err);

	return from < 0 ? -1
			: v2v_place_copy(v, from, m->file,
				  m->offset + extent->offset, extent->size, fd,
				  file, at, err);
}

static int join_sparse(struct v2v *v, const struct v2v_extent *extent, int fd,
	const char *file, uint64_t at, struct v2v_error *err)
{
	const struct v2v_ova_member *m = extent->member;
	struct v2v_extent_target to = { fd, file, at, extent->size };

	if (v2v_image_copy_extent(v, m->file,
		    m->whole ? -1 : (int64_t)m->offset,
		    m->whole ? -1 : (int64_t)m->size, &to, err) < 0)
		return v2v_fail_prefix(err, "'%s'", m->name);
	return 0;
}

int v2v_extents_join(struct v2v *v, const struct v2v_extents *extents,
	const char *file, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open(file, O_RDWR | O_CREAT | O_EXCL, 0600);
	uint64_t at = 0;

	if (fd < 0 || ftruncate(fd, (off_t)extents->size) < 0)
		return v2v_fail_errno(err, "cannot create '%s'", file);
	if (check_room(extents, fd, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_extent, extent, &extents->list) {
		if (extent->name && extent->sparse &&
			join_sparse(v, extent, fd, file, at, err) < 0)
			return -1;
		if (extent->name && !extent->sparse &&
			join_flat(v, extent, fd, file, at, err) < 0)
			return -1;
		at += extent->size;
	}
	return 0;
}
