/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The extents of a VMDK, put together into one raw image. */
#include "core/file.h"
#include "core/open.h"
#include "image/image.h"
#include "unpack/extents.h"
#include "unpack/place-private.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define SECTOR 512ULL

/* Holes take no room: at most what the files with the extents take. */
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
