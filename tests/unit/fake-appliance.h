/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An appliance that is a folder of the host: the calls of libguestfs by which
 * files of a guest are changed, so that one can end at each of them.  No
 * extended attributes, no flags of chattr(1).
 */
#ifndef V2V_TEST_FAKE_APPLIANCE_H
#define V2V_TEST_FAKE_APPLIANCE_H

#include "cases.h"

#include "core/file.h"
#include "guest/private.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/syscall.h>

struct guestfs_h {
	const char *root;
	unsigned calls;
	unsigned end_at; /* this call does half of its work; 0: none */
	bool kill;	 /* then so ends the process, else the appliance */
	uint64_t room;	 /* largest new file; 0: any */
	uint64_t given;	 /* bytes of files that were handed out */
	unsigned puts;	 /* files that were written to, or are new */
};

/* What a killed process has written is there, synced or not. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	(void)fd;
	return 0;
}

/* Is there an appliance still?  *@ret_half: for this call, half of it. */
static bool fake_call(guestfs_h *g, bool *ret_half)
{
	bool last = g->end_at && g->calls + 1 == g->end_at;

	g->calls++;
	if (ret_half)
		*ret_half = last;
	if (last && !ret_half && g->kill)
		raise(SIGKILL);
	return !g->end_at || g->calls < g->end_at || (last && ret_half);
}

/* The end of a call that may do half of its work. */
static int fake_end(guestfs_h *g, bool half, int status)
{
	if (half && g->kill)
		raise(SIGKILL);
	return half ? -1 : status;
}

/* The host's name, links resolved below the root; NULL: nothing there. */
static char *fake_resolve(guestfs_h *g, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT };
	CLEANUP_CLOSE int root = open(g->root, O_PATH | O_CLOEXEC);
	CLEANUP_CLOSE int fd =
		(int)syscall(SYS_openat2, root, path, &how, sizeof how);
	CLEANUP_FREE char *link = v2v_format("/proc/self/fd/%d", fd);

	char name[4096];
	ssize_t n = fd < 0 ? -1 : readlink(link, name, sizeof name);

	return n < 0 ? NULL : v2v_strndup(name, (size_t)n);
}

/* The same, but the last part is no link to be followed. */
static char *fake_name(guestfs_h *g, const char *path)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *directory =
		v2v_strndup(path, (size_t)(slash - path) + 1);
	CLEANUP_FREE char *real = fake_resolve(g, directory);

	return v2v_format("%s/%s", real ? real : "/nowhere", slash + 1);
}

const char *guestfs_last_error(guestfs_h *g)
{
	return g->end_at && g->calls >= g->end_at ? "the appliance is gone"
						  : strerror(errno);
}

int guestfs_last_errno(guestfs_h *g)
{
	return g->end_at && g->calls >= g->end_at ? 0 : errno;
}

char *guestfs_realpath(guestfs_h *g, const char *path)
{
	char *real = fake_call(g, NULL) ? fake_resolve(g, path) : NULL;
	size_t n = strlen(g->root);

	if (!real)
		return NULL;
	assert(strncmp(real, g->root, n) == 0);
	memmove(real, real + n, strlen(real + n) + 1);
	if (!*real) {
		free(real);
		return v2v_strdup("/");
	}
	return real;
}

static struct guestfs_statns *fake_stat(guestfs_h *g, char *name)
{
	CLEANUP_FREE char *owned = name;
	struct guestfs_statns *to = v2v_alloc(1, sizeof *to);
	struct stat st;

	(void)owned;
	if (!fake_call(g, NULL) || !name || lstat(name, &st) < 0) {
		free(to);
		return NULL;
	}
	to->st_dev = (int64_t)st.st_dev;
	to->st_ino = (int64_t)st.st_ino;
	to->st_mode = st.st_mode;
	to->st_nlink = (int64_t)st.st_nlink;
	to->st_size = st.st_size;
	to->st_uid = st.st_uid;
	to->st_gid = st.st_gid;
	to->st_atime_sec = st.st_atim.tv_sec;
	to->st_atime_nsec = st.st_atim.tv_nsec;
	to->st_mtime_sec = st.st_mtim.tv_sec;
	to->st_mtime_nsec = st.st_mtim.tv_nsec;
	return to;
}

struct guestfs_statns *guestfs_statns(guestfs_h *g, const char *path)
{
	return fake_stat(g, fake_resolve(g, path));
}

struct guestfs_statns *guestfs_lstatns(guestfs_h *g, const char *path)
{
	return fake_stat(g, fake_name(g, path));
}

static int fake_is(guestfs_h *g, char *name, mode_t type)
{
	CLEANUP_FREE char *owned = name;
	struct stat st;

	(void)owned;
	if (!fake_call(g, NULL))
		return -1;
	return name && lstat(name, &st) == 0 &&
	       (!type || (st.st_mode & S_IFMT) == type);
}

int guestfs_is_file_opts(guestfs_h *g, const char *path, ...)
{
	return fake_is(g, fake_resolve(g, path), S_IFREG);
}

int guestfs_is_dir_opts(guestfs_h *g, const char *path, ...)
{
	return fake_is(g, fake_resolve(g, path), S_IFDIR);
}

int guestfs_is_symlink(guestfs_h *g, const char *path)
{
	return fake_is(g, fake_name(g, path), S_IFLNK);
}

int guestfs_exists(guestfs_h *g, const char *path)
{
	return fake_is(g, fake_resolve(g, path), 0);
}

char *guestfs_readlink(guestfs_h *g, const char *path)
{
	CLEANUP_FREE char *name = fake_name(g, path);
	char to[4096];
	ssize_t n = fake_call(g, NULL) ? readlink(name, to, sizeof to) : -1;

	return n < 0 ? NULL : v2v_strndup(to, (size_t)n);
}

struct guestfs_xattr_list *guestfs_lgetxattrs(guestfs_h *g, const char *path)
{
	(void)path;
	return fake_call(g, NULL)
		       ? v2v_alloc(1, sizeof(struct guestfs_xattr_list))
		       : NULL;
}

char *guestfs_get_e2attrs(guestfs_h *g, const char *path)
{
	(void)path;
	fake_call(g, NULL);
	return NULL;
}

int guestfs_ping_daemon(guestfs_h *g)
{
	return fake_call(g, NULL) ? 0 : -1;
}

/* As libguestfs: what is gone already is no failure. */
int guestfs_shutdown(guestfs_h *g)
{
	fake_call(g, NULL);
	return 0;
}

int guestfs_sync(guestfs_h *g)
{
	return fake_call(g, NULL) ? 0 : -1;
}

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

	return fake_call(g, &half) ? fake_put(g, from, name, 0, O_TRUNC, half)
				   : -1;
}

int guestfs_upload_offset(
	guestfs_h *g, const char *from, const char *path, int64_t offset)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	bool half;

	return fake_call(g, &half) ? fake_put(g, from, name, offset, 0, half)
				   : -1;
}

int guestfs_truncate_size(guestfs_h *g, const char *path, int64_t size)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);

	return fake_call(g, NULL) ? truncate(name, size) : -1;
}

int guestfs_write(guestfs_h *g, const char *path, const char *text, size_t size)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	CLEANUP_CLOSE int fd = -1;
	bool half;

	if (!fake_call(g, &half))
		return -1;
	fd = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);
	size /= half ? 2 : 1;
	assert(write(fd, text, size) == (ssize_t)size);
	return fake_end(g, half, 0);
}

char *guestfs_pread(guestfs_h *g, const char *path, int count, int64_t offset,
	size_t *ret_size)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);
	CLEANUP_CLOSE int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	char *data = v2v_alloc(1, (size_t)count);
	ssize_t n = fake_call(g, NULL) && fd >= 0
			    ? pread(fd, data, (size_t)count, offset)
			    : -1;

	if (n < 0) {
		free(data);
		return NULL;
	}
	g->given += (uint64_t)n;
	*ret_size = (size_t)n;
	return data;
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

int guestfs_rm_f(guestfs_h *g, const char *path)
{
	return guestfs_rm(g, path) < 0 && errno != ENOENT ? -1 : 0;
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

	return fake_call(g, NULL) ? chmod(name, (mode_t)mode) : -1;
}

int guestfs_chown(guestfs_h *g, int owner, int group, const char *path)
{
	CLEANUP_FREE char *name = fake_resolve(g, path);

	return fake_call(g, NULL) ? chown(name, (uid_t)owner, (gid_t)group)
				  : -1;
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

char **guestfs_ls(guestfs_h *g, const char *directory)
{
	CLEANUP_FREE char *name = fake_resolve(g, directory);
	CLEANUP_CLOSEDIR DIR *dir =
		fake_call(g, NULL) && name ? opendir(name) : NULL;
	char **names = NULL;
	size_t count = 0;
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			*v2v_append(names, count) = v2v_strdup(entry->d_name);
	if (dir)
		v2v_append(names, count);
	return names;
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
#endif
