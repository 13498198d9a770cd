/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of the guest.  All names are resolved inside the guest, by the
 * appliance: a link cannot lead to the host.  What is read is bounded.
 */
#ifndef V2V_GUEST_FILES_H
#define V2V_GUEST_FILES_H

#include "guest/guest.h"
#include "guest/tree.h"

/* What it leads to, links followed; false: to nothing. */
bool v2v_guest_stat(struct v2v_guest *guest, const char *path,
	struct v2v_tree_stat *ret_stat);
bool v2v_guest_is_file(struct v2v_guest *guest, const char *path);
bool v2v_guest_is_dir(struct v2v_guest *guest, const char *path);
/* Is the name itself a symbolic link?  The links on its way are followed. */
bool v2v_guest_is_link(struct v2v_guest *guest, const char *path);

/*
 * The text of a file, the caller's; *@ret_text is NULL where there is no
 * regular file of that name, or the file is not text (a NUL in it, or too
 * large: reported as a debug message).  -1 only where the appliance is gone.
 */
int v2v_guest_read(struct v2v_guest *guest, const char *path, char **ret_text,
	struct v2v_error *err);

/* The same without the error: NULL too where the appliance is gone. */
char *v2v_guest_text(struct v2v_guest *guest, const char *path);

/* The first @size bytes of a device; false where it cannot be read. */
bool v2v_guest_read_device(struct v2v_guest *guest, const char *device,
	void *data, size_t size, int64_t offset);

/* Bytes of a file from @offset on, up to @size: how many; 0 where they cannot
 * be read. */
size_t v2v_guest_read_at(struct v2v_guest *guest, const char *path,
	uint64_t offset, void *data, size_t size);

/* The same from its beginning. */
size_t v2v_guest_read_head(
	struct v2v_guest *guest, const char *path, void *data, size_t size);

/* Names in a directory, sorted, added to @names (of char *); none where it
 * cannot be read. */
void v2v_guest_list(
	struct v2v_guest *guest, const char *directory, struct v2v_list *names);

/* Tell, once for each, that only the first @most files of a directory are read,
 * as there are more than any real guest has. */
void v2v_guest_tell_cut(
	struct v2v_guest *guest, const char *directory, unsigned most);

/* Tell that a file keeps the backend's own inspection from being used. */
void v2v_guest_tell_costly(struct v2v_guest *guest, const char *path);

/* Names (of char *) of the files that were too large to be read; borrowed. */
const struct v2v_list *v2v_guest_large(const struct v2v_guest *guest);

/* Names that fit a glob(7) pattern, braces too, sorted within each brace; as
 * v2v_guest_list().  A directory's ends with '/'. */
void v2v_guest_glob(
	struct v2v_guest *guest, const char *pattern, struct v2v_list *names);

/* Where the name leads, links resolved; NULL where nothing is. */
char *v2v_guest_resolve(struct v2v_guest *guest, const char *path);

/* Bytes, links followed; -1 where there is no such file. */
int64_t v2v_guest_size(struct v2v_guest *guest, const char *path);

/* Its SHA-1 in hex, the caller's; NULL where it cannot be read. */
char *v2v_guest_sha1(struct v2v_guest *guest, const char *path);

/* Copy a file of the guest into a new temporary file of the host, which has no
 * name; returns its descriptor, the caller's, or -1. */
int v2v_guest_fetch(struct v2v_guest *guest, const char *path,
	uint64_t *ret_size, struct v2v_error *err);

/* A file without a name in the guest's private directory; -1 on failure. */
int v2v_guest_scratch(struct v2v_guest *guest, struct v2v_error *err);

/*
 * Make @text the content of a file: written beside it, then renamed, so that
 * there is the old content or the new.  What the file had stays: owner, mode,
 * extended attributes (ACLs, label, capabilities), times, and the flags of
 * chattr(1), which do not hinder it.  A link is followed inside the guest; one
 * that leads to no file is reported, and is itself replaced.  Where a file has
 * several names (hard links) it is written in place, so that all of them see
 * the new content; likewise on NTFS, where it has an ACL that cannot be copied.  A new file is root's, 0644; its directory must exist.
 */
int v2v_guest_write(struct v2v_guest *guest, const char *path, const char *text,
	struct v2v_error *err);

/* Write the host's @fd (all of it) into an existing file from @offset on; cut
 * off again where that fails. */
int v2v_guest_put(struct v2v_guest *guest, int fd, const char *path,
	uint64_t offset, struct v2v_error *err);

/* The same as v2v_guest_write() with all of the host's @fd. */
int v2v_guest_replace(struct v2v_guest *guest, int fd, const char *path,
	struct v2v_error *err);

/* "nowhere", "in a circle", "to no file": where a link leads that leads to no
 * file; NULL: it does, or is not a link. */
const char *v2v_guest_link_fault(struct v2v_guest *guest, const char *path);

/* Is it a link that leads to no file?  Then that is reported, once. */
bool v2v_guest_tell_link(struct v2v_guest *guest, const char *path);

/* The file, or the link itself; it must be there. */
int v2v_guest_remove(
	struct v2v_guest *guest, const char *path, struct v2v_error *err);
/* A directory, and those above it that are missing. */
int v2v_guest_make_dir(
	struct v2v_guest *guest, const char *path, struct v2v_error *err);
/* The content of @from to @to, as v2v_guest_write() does. */
int v2v_guest_copy(struct v2v_guest *guest, const char *from, const char *to,
	struct v2v_error *err);

/* Give it an SELinux label ("" is none), where the filesystem can. */
void v2v_guest_label(
	struct v2v_guest *guest, const char *path, const char *label);
#endif
