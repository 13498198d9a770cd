/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing an image in place. */
#include "disk/target.h"

#include "core/file.h"
#include "core/open.h"
#include "disk/formats.h"
#include "disk/nbd.h"
#include "image/image.h"

#include <fcntl.h>
#include <sys/stat.h>

/* For the qemu of one that was killed; ten seconds. */
#define LOCK_PAUSES 100

static int open_file(struct v2v_target *target, struct v2v_error *err)
{
	struct stat st;
	off_t end;

	target->fd = v2v_open(target->name, O_RDWR | O_NONBLOCK, 0);
	if (target->fd < 0 || fstat(target->fd, &st) < 0)
		return v2v_fail_errno(err, "cannot open '%s'", target->name);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return v2v_fail(err, "not-a-file",
			"'%s' is not a regular file or device", target->name);
	target->id = S_ISBLK(st.st_mode) ? st.st_rdev : st.st_ino;
	end = lseek(target->fd, 0, SEEK_END);
	if (end < 0)
		return v2v_fail_errno(err, "'%s'", target->name);
	target->size = (uint64_t)end;
	return 0;
}

/* The file that was opened, and no other; but a backing file is found by the
 * name of what names it. */
static int open_qcow2(struct v2v *v, const struct v2v_disk *disk,
	struct v2v_target *target, struct v2v_error *err)
{
	CLEANUP_FREE char *name = NULL;
	struct v2v_disk handed = *disk;
	char file[] = V2V_QEMU_FILE;

	if (v2v_image_check_disk(disk, err) < 0 ||
		v2v_image_check_tables(disk->file, disk->offset, disk->size,
			disk->format, err) < 0)
		return -1;
	if (!disk->backing_chain)
		handed.file = file;
	name = v2v_image_disk_name(&handed);
	if (v2v_reader_qemu_writable(v, name, "qcow2", target->fd,
		    &target->reader, &target->nbd, err) < 0)
		return v2v_fail_prefix(err, "'%s'", disk->file);
	target->size = v2v_nbd_size(target->nbd);
	return 0;
}

int v2v_target_open(struct v2v *v, const struct v2v_disk *disk,
	struct v2v_target *ret_target, struct v2v_error *err)
{
	struct v2v_target target = { .name = disk->file, .fd = -1 };

	if (v2v_image_check_in_place(disk, err) < 0 ||
		v2v_image_wait_unused(v, disk->file, LOCK_PAUSES, err) < 0)
		return -1;
	/* A qcow2 is locked by its qemu. */
	if (open_file(&target, err) < 0 ||
		(v2v_streq(disk->format, "qcow2")
				? open_qcow2(v, disk, &target, err)
				: v2v_image_lock(target.fd, disk->file, true,
					  err)) < 0) {
		v2v_target_close(&target);
		return -1;
	}
	*ret_target = target;
	return 0;
}

void v2v_target_close(struct v2v_target *target)
{
	v2v_reader_free(target->reader);
	v2v_cleanup_close(&target->fd);
	*target = (struct v2v_target){ .fd = -1 };
}

static int check_range(const struct v2v_target *target, uint64_t at,
	uint64_t size, struct v2v_error *err)
{
	if (at <= target->size && size <= target->size - at)
		return 0;
	return v2v_fail(err, "image-range",
		"'%s': %llu bytes at %llu of %llu bytes", target->name,
		(unsigned long long)size, (unsigned long long)at,
		(unsigned long long)target->size);
}

int v2v_target_read(const struct v2v_target *target, uint64_t at, void *data,
	size_t size, struct v2v_error *err)
{
	if (check_range(target, at, size, err) < 0)
		return -1;
	if (target->nbd)
		return v2v_nbd_read(target->nbd, data, size, at, err);
	return v2v_pread_all(target->fd, target->name, data, size, at, err);
}

int v2v_target_write(const struct v2v_target *target, uint64_t at,
	const void *data, size_t size, struct v2v_error *err)
{
	if (check_range(target, at, size, err) < 0)
		return -1;
	if (target->nbd)
		return v2v_nbd_write(target->nbd, data, size, at, err);
	return v2v_pwrite_all(target->fd, target->name, data, size, at, err);
}

int v2v_target_zero(const struct v2v_target *target, uint64_t at, uint64_t size,
	struct v2v_error *err)
{
	static const char zeros[65536];

	if (check_range(target, at, size, err) < 0)
		return -1;
	if (target->nbd)
		return v2v_nbd_zero(target->nbd, size, at, err);
	if (fallocate(target->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		    (off_t)at, (off_t)size) == 0)
		return 0;
	while (size) {
		size_t n = size < sizeof zeros ? size : sizeof zeros;

		if (v2v_pwrite_all(
			    target->fd, target->name, zeros, n, at, err) < 0)
			return -1;
		at += n;
		size -= n;
	}
	return 0;
}

int v2v_target_sync(const struct v2v_target *target, struct v2v_error *err)
{
	if (target->nbd && v2v_nbd_flush(target->nbd, err) < 0)
		return -1;
	if (fsync(target->fd) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", target->name);
	return 0;
}
