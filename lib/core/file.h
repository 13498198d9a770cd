/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files that a step makes: a temporary name until they are complete, then
 * fsync and rename.  And directories for what is temporary.
 */
#ifndef V2V_FILE_H
#define V2V_FILE_H

#include "core/error.h"

/*
 * A file under way.  v2v_out_open() makes an empty file with a temporary name
 * beside @path (in the same directory); other programs may write it by that
 * name.  v2v_out_publish() gives it its final name.  v2v_out_clear() removes
 * what was not published.
 */
struct v2v_out {
	char *path; /* final; owned */
	char *temp; /* NULL once published; owned */
	int fd;	    /* open for reading and writing */
	bool force;
	bool keep;    /* what was not published stays under its name */
	bool is_part; /* v2v_out_open_part() opened it */
};

int v2v_out_open(struct v2v_out *out, const char *path, bool force,
	struct v2v_error *err);
/*
 * The same with the temporary name .NAME.part, which it has each time: opens
 * the file that an earlier v2v_out_clear() kept, with all that is in it, and
 * sets @keep for it; what is there but is another's is removed.  Nobody else
 * can read it until it is published.  The caller sees to it that nobody does
 * the same at the same time.
 */
int v2v_out_open_part(struct v2v_out *out, const char *path, bool force,
	struct v2v_error *err);
/* What v2v_out_publish() gave its name, by an earlier process: @temp is NULL.
 * False, and nothing is open, where that is not a file of ours alone. */
bool v2v_out_open_published(struct v2v_out *out, const char *path);
/* Nothing happens where it has its name. */
int v2v_out_publish(struct v2v_out *out, struct v2v_error *err);
void v2v_out_clear(struct v2v_out *out);

/* What was made, renamed or removed in the directory of the file @path is on
 * the disk; one whose filesystem cannot sync directories is not a failure. */
int v2v_sync_directory(const char *path, struct v2v_error *err);
#define CLEANUP_OUT __attribute__((cleanup(v2v_out_clear)))

/* Write all of @data at the file's position. */
int v2v_write_all(int fd, const char *name, const void *data, size_t size,
	struct v2v_error *err);

/* Write all of @data at @offset. */
int v2v_pwrite_all(int fd, const char *name, const void *data, size_t size,
	uint64_t offset, struct v2v_error *err);

/* Write @data at @offset of a file that has zeros there: blocks of zeros are
 * left out and stay holes. */
int v2v_pwrite_sparse(int fd, const char *name, const char *data, size_t size,
	uint64_t offset, struct v2v_error *err);

/* Read exactly @size bytes at @offset; a short file is an error. */
int v2v_pread_all(int fd, const char *name, void *data, size_t size,
	uint64_t offset, struct v2v_error *err);

/* Open a regular file (nothing else: no FIFO, no device) for reading.
 * Returns the descriptor or -1; *@ret_size may be NULL. */
int v2v_open_regular(
	const char *path, uint64_t *ret_size, struct v2v_error *err);

/* The same of what a disk lies in: a regular file or a block device. */
int v2v_open_disk(const char *path, uint64_t *ret_size, struct v2v_error *err);

/*
 * A document has its names in UTF-8: any other would be another file's there.
 * Who takes in a path that a document is to hold asks this before the work;
 * v2v_realpath() and v2v_workdir_temporary() do so themselves.
 */
int v2v_check_path(const char *path, struct v2v_error *err);

/* The absolute, canonical form of a name that must exist; the caller's. */
char *v2v_realpath(const char *path, struct v2v_error *err);

/* Is it a block device, or a link to one? */
bool v2v_is_device(const char *path);

/* The same of what a disk lies in; but a block device keeps its own name, such
 * as /dev/disk/by-id/…, whose target is another one after the next start. */
char *v2v_disk_path(const char *path, struct v2v_error *err);

/* A new directory @dir/@prefixXXXXXX, mode 0700; the caller's to free.  NULL
 * also where @dir is not safe for root (core/safe-dir.h). */
char *v2v_make_dir(const char *dir, const char *prefix, struct v2v_error *err);

/* A file without a name in @dir, for writing and reading; -1 on failure. */
int v2v_scratch_file(const char *dir, struct v2v_error *err);

/* Remove a directory and everything beneath it; no link is followed. */
void v2v_remove_tree(const char *dir);

/* A machine's name as the beginning of a file name: no '/', no control bytes,
 * no leading '.' or '-', at most 200 bytes, never empty.  The caller's. */
char *v2v_safe_name(const char *name);
#endif
