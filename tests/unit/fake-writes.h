/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the fake appliance changes files. */
#ifndef V2V_TEST_FAKE_WRITES_H
#define V2V_TEST_FAKE_WRITES_H

#include "fake-calls.h"

#include "core/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdarg.h>

/* One file's data to another's @offset, half of it where the call is cut. */
static int fake_put(guestfs_h *g, const char *from, const char *to,
	int64_t offset, int flags, bool half)
{
	CLEANUP_CLOSE int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP_CLOSE int out =
		open(to, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
	struct stat st;
	CLEANUP_FREE char *data = NULL;
	size_t size;

	if (in < 0 || out < 0 || fstat(in, &st) < 0)
		return -1;
	size = (size_t)st.st_size / (half ? 2 : 1);
	data = v2v_alloc(1, size);
	assert(v2v_pread_all(in, from, data, size, 0, NULL) == 0);
	assert(pwrite(out, data, size, offset) == (ssize_t)size);
	g->puts++;
	return fake_end(g, half, 0);
}

int guestfs_upload(guestfs_h *g, const char *from, const char *path)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	bool half;

	return fake_call(g, &half) && name
		       ? fake_put(g, from, name, 0, O_TRUNC, half)
		       : -1;
}

int guestfs_upload_offset(
	guestfs_h *g, const char *from, const char *path, int64_t offset)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	bool half;

	return fake_call(g, &half) && name
		       ? fake_put(g, from, name, offset, 0, half)
		       : -1;
}

int guestfs_truncate_size(guestfs_h *g, const char *path, int64_t size)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);

	return fake_call(g, NULL) && name ? truncate(name, size) : -1;
}

int guestfs_write(guestfs_h *g, const char *path, const char *text, size_t size)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	CLEANUP_CLOSE int fd = -1;
	bool half;

	if (!fake_call(g, &half) || !name)
		return -1;
	fd = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -1;
	size /= half ? 2 : 1;
	assert(write(fd, text, size) == (ssize_t)size);
	return fake_end(g, half, 0);
}

int guestfs_download(guestfs_h *g, const char *path, const char *to)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	bool half;
	struct stat st;

	if (!fake_call(g, &half) || !name || stat(name, &st) < 0)
		return -1;
	g->given += (uint64_t)st.st_size;
	g->puts--;
	return fake_put(g, name, to, 0, O_TRUNC, half);
}

/* What is made by a template: its name in the guest. */
static char *fake_made(guestfs_h *g, const char *path, const char *made)
{
	(void)g;
	return v2v_format("%.*s%s", (int)(strrchr(path, '/') - path), path,
		strrchr(made, '/'));
}

char *guestfs_mktemp(guestfs_h *g, const char *path, ...)
{
	CLEANUP_FREE char *name = fake_name(g, path);
	CLEANUP_CLOSE int fd = fake_call(g, NULL) ? mkstemp(name) : -1;

	return fd < 0 ? NULL : fake_made(g, path, name);
}

char *guestfs_mkdtemp(guestfs_h *g, const char *path)
{
	CLEANUP_FREE char *name = fake_name(g, path);

	return fake_call(g, NULL) && mkdtemp(name) ? fake_made(g, path, name)
						   : NULL;
}

int guestfs_mkdir(guestfs_h *g, const char *path)
{
	CLEANUP_FREE char *name = fake_name(g, path);

	return fake_call(g, NULL) ? mkdir(name, 0755) : -1;
}

int guestfs_touch(guestfs_h *g, const char *path)
{
	CLEANUP_FREE char *name = fake_name(g, path);
	CLEANUP_CLOSE int fd =
		fake_call(g, NULL) ? open(name, O_WRONLY | O_CREAT, 0644) : -1;

	return fd < 0 ? -1 : 0;
}

int guestfs_rm(guestfs_h *g, const char *path)
{
	CLEANUP_FREE char *name = fake_name(g, path);

	return fake_call(g, NULL) ? unlink(name) : -1;
}

int guestfs_rmdir(guestfs_h *g, const char *path)
{
	CLEANUP_FREE char *name = fake_name(g, path);

	return fake_call(g, NULL) ? rmdir(name) : -1;
}

int guestfs_rename(guestfs_h *g, const char *from, const char *to)
{
	CLEANUP_FREE char *old_name = fake_name(g, from);
	CLEANUP_FREE char *new_name = fake_name(g, to);

	return fake_call(g, NULL) ? rename(old_name, new_name) : -1;
}

int guestfs_chmod(guestfs_h *g, int mode, const char *path)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);

	return fake_call(g, NULL) && name ? chmod(name, (mode_t)mode) : -1;
}

int guestfs_lchown(guestfs_h *g, int owner, int group, const char *path)
{
	CLEANUP_FREE char *name = fake_name(g, path);

	return fake_call(g, NULL) ? lchown(name, (uid_t)owner, (gid_t)group)
				  : -1;
}

int guestfs_utimens(guestfs_h *g, const char *path, int64_t atime,
	int64_t atime_ns, int64_t mtime, int64_t mtime_ns)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	const struct timespec times[] = { { atime, atime_ns },
		{ mtime, mtime_ns } };

	return fake_call(g, NULL) && name ? utimensat(AT_FDCWD, name, times, 0)
					  : -1;
}

/* The one member of a tar that is put back: a file or link "f". */
static int fake_unpack(
	guestfs_h *g, struct archive *tar, const char *to, bool half)
{
	struct archive_entry *entry;
	CLEANUP_FREE char *name = v2v_format("%s/f", to);
	CLEANUP_CLOSE int fd = -1;
	uint64_t size;

	assert(archive_read_next_header(tar, &entry) == ARCHIVE_OK);
	assert(strcmp(archive_entry_pathname(entry), "f") == 0);
	if (archive_entry_filetype(entry) == AE_IFLNK)
		return fake_end(
			g, half, symlink(archive_entry_symlink(entry), name));
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert(archive_read_data_into_fd(tar, fd) == ARCHIVE_OK);
	size = (uint64_t)archive_entry_size(entry);
	if (half || (g->room && size > g->room)) {
		assert(ftruncate(fd, (off_t)size / 2) == 0);
		errno = ENOSPC;
		return fake_end(g, half, -1);
	}
	return fchown(fd, (uid_t)archive_entry_uid(entry),
		       (gid_t)archive_entry_gid(entry)) ||
	       fchmod(fd, archive_entry_mode(entry) & 07777);
}

int guestfs_tar_in_opts(
	guestfs_h *g, const char *from, const char *directory, ...)
{
	CLEANUP_FREE char *to = fake_resolve(g, directory);
	struct archive *tar = archive_read_new();
	bool half;
	int status = -1;

	if (fake_call(g, &half)) {
		archive_read_support_format_tar(tar);
		assert(archive_read_open_filename(tar, from, 4096) == 0);
		status = fake_unpack(g, tar, to, half);
	}
	archive_read_free(tar);
	return status;
}

int guestfs_lsetxattr(guestfs_h *g, const char *name, const char *value,
	int size, const char *path)
{
	(void)name, (void)value, (void)size, (void)path;
	return fake_call(g, NULL) ? 0 : -1;
}
#endif
