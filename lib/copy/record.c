/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of a record. */
#include "copy/record.h"

#include "core/digest.h"
#include "core/file.h"
#include "core/open.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#define PAUSE_MS 100
#define PAUSES	 30
#define SPARE	 65536
#define KEY	 8 /* bytes of the target's digest in the name */

/* The target's last word is for people.  A directory may have several names;
 * who copies to a file in @dir finds one record, whichever he uses. */
static char *name_of(const char *dir, const char *target)
{
	CLEANUP_FREE char *name = v2v_safe_name(v2v_base_name(target));
	CLEANUP_FREE char *parent = v2v_format("%s/", dir);
	bool is_beside = v2v_starts_with(target, parent);
	unsigned char digest[32];
	struct v2v_text key CLEANUP_TEXT = { 0 };

	v2v_digest_of_text(
		is_beside ? target + strlen(parent) : target, digest);
	for (size_t i = 0; i < KEY; i++)
		v2v_text_addf(&key, "%02x", digest[i]);
	return v2v_format("%s/.%s.%s.resume", dir, name, key.data);
}

/* It may have been replaced, or removed, before the lock was there. */
static bool is_still_there(int fd, const char *path)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && lstat(path, &named) == 0 &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* A filesystem without locks has none to give. */
static bool is_refused(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

/* 1: it is *@ret_fd; 0: not now. */
static int try(const char *path, int *ret_fd, struct v2v_error *err)
{
	const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
	CLEANUP_CLOSE int fd = v2v_open(path, flags, 0600);

	/* A link is another's file: this record is nobody's. */
	if (fd < 0 && errno == ELOOP && unlink(path) == 0)
		return 0;
	if (fd < 0)
		return v2v_fail_errno(err, "cannot open '%s'", path);
	if (is_refused(fd) || !is_still_there(fd, path))
		return 0;
	*ret_fd = v2v_take_fd(&fd);
	return 1;
}

int v2v_record_open(const struct v2v *v, const char *dir, const char *target,
	struct v2v_record **ret_record, struct v2v_error *err)
{
	CLEANUP_FREE char *path = name_of(dir, target);
	int fd = -1, got = 0;

	for (unsigned i = 0; got == 0; i++) {
		if (i && v2v_pause(v, PAUSE_MS, err) < 0)
			return -1;
		if (i == PAUSES)
			return v2v_fail(err, "image-in-use",
				"'%s' is being copied to by another process",
				target);
		got = try(path, &fd, err);
	}
	if (got < 0)
		return -1;
	*ret_record = v2v_alloc(1, sizeof **ret_record);
	**ret_record = (struct v2v_record){
		.path = v2v_take(path), .fd = fd, .spare = -1
	};
	return 0;
}

bool v2v_record_is_empty(const struct v2v_record *record)
{
	struct stat st;

	return fstat(record->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       !st.st_size;
}

/* What others can write, or have another name for, is not ours. */
static int check_file(const struct stat *st, struct v2v_error *err)
{
	if (!S_ISREG(st->st_mode) || st->st_nlink != 1)
		return v2v_fail(
			err, "resume-restart", "it is not a plain file");
	if (st->st_uid != geteuid() || st->st_mode & (S_IWGRP | S_IWOTH))
		return v2v_fail(
			err, "resume-restart", "others can have written it");
	if (st->st_size > V2V_RECORD_MAX)
		return v2v_fail(err, "resume-restart", "it is too large");
	return 0;
}

int v2v_record_read(struct v2v_record *record, json_t *identity, uint64_t size,
	struct v2v_ranges *ret_done, struct v2v_error *err)
{
	struct v2v_error why = { 0 };
	CLEANUP_FREE char *text = NULL;
	struct stat st;
	int r;

	record->identity = identity;
	if (fstat(record->fd, &st) < 0)
		return v2v_fail_errno(err, "cannot read '%s'", record->path);
	r = check_file(&st, &why);
	record->is_kept = r < 0 || st.st_size;
	if (r == 0) {
		text = v2v_alloc(1, (size_t)st.st_size + 1);
		r = v2v_pread_all(record->fd, record->path, text,
			(size_t)st.st_size, 0, &why);
	}
	if (r == 0)
		r = v2v_record_parse(text, (size_t)st.st_size, identity, size,
			ret_done, &why);
	if (r < 0)
		v2v_fail(err, "resume-restart",
			"the record '%s' is not used: %s", record->path,
			why.text);
	return r;
}

/* A disk is often full when a copy breaks: the next record has its room, as far
 * as the filesystem can say so.  Only who holds the lock uses the name. */
static int make_spare(struct v2v_record *record, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_format("%s.new", record->path);

	unlink(name);
	record->spare = v2v_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (record->spare < 0)
		return v2v_fail_errno(err, "cannot create '%s'", name);
	(void)!fallocate(record->spare, 0, 0, SPARE);
	return 0;
}

/* Also that of a copy that was killed; while the lock is ours. */
static void remove_spare(struct v2v_record *record)
{
	CLEANUP_FREE char *name = v2v_format("%s.new", record->path);

	unlink(name);
	v2v_cleanup_close(&record->spare);
}

static int write_spare(const struct v2v_record *record, const char *text,
	struct v2v_error *err)
{
	size_t length = strlen(text);
	int fd = record->spare;

	if (v2v_pwrite_all(fd, record->path, text, length, 0, err) < 0)
		return -1;
	if (ftruncate(fd, (off_t)length) < 0 || fsync(fd) < 0 || is_refused(fd))
		return v2v_fail_errno(err, "cannot write '%s'", record->path);
	return 0;
}

/* The spare becomes the record. */
static int replace(struct v2v_record *record, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_format("%s.new", record->path);

	if (rename(name, record->path) < 0)
		return v2v_fail_errno(err, "cannot create '%s'", record->path);
	v2v_cleanup_close(&record->fd);
	record->fd = record->spare;
	record->spare = -1;
	record->is_kept = true;
	make_spare(record, NULL);
	return v2v_sync_directory(record->path, err);
}

static int put(
	struct v2v_record *record, const char *text, struct v2v_error *err)
{
	if (record->spare < 0 && make_spare(record, err) < 0)
		return -1;
	if (write_spare(record, text, err) < 0) {
		remove_spare(record);
		return -1;
	}
	return replace(record, err);
}

int v2v_record_save(struct v2v_record *record, const struct v2v_ranges *done,
	struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;

	if (record->is_forgotten)
		return 0;
	text = v2v_record_text(record->identity, done);
	if (!text || strlen(text) > V2V_RECORD_MAX)
		return v2v_fail(
			err, "io", "the record of the copy would be too large");
	return put(record, text, err);
}

int v2v_record_forget(struct v2v_record *record, struct v2v_error *err)
{
	record->is_forgotten = true;
	return put(record, "", err);
}

void v2v_record_drop(struct v2v_record *record)
{
	if (!record || record->is_gone)
		return;
	/* Without its name the lock is nothing to another copy. */
	remove_spare(record);
	unlink(record->path);
	record->is_forgotten = record->is_gone = true;
}

void v2v_record_free(struct v2v_record *record)
{
	if (!record)
		return;
	if (v2v_record_is_empty(record))
		v2v_record_drop(record);
	if (!record->is_gone)
		remove_spare(record);
	v2v_cleanup_close(&record->fd);
	json_decref(record->identity);
	json_decref(record->files);
	free(record->path);
	free(record);
}
