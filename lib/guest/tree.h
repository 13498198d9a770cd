/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of a guest, for reading: the one interface of all that reads a guest or
 * plans its conversion, whoever implements it (the appliance, a plan that lies
 * over another tree, in tests a text or a directory).  Names are absolute and
 * resolved inside the guest: a link cannot lead to the host.  What is read is
 * bounded.
 */
#ifndef V2V_GUEST_TREE_H
#define V2V_GUEST_TREE_H

#include "core/fields.h"

/* The largest text that is read, bytes. */
#define V2V_TREE_MAX_TEXT (8 << 20)

struct v2v_guest;
struct v2v_tree;

/* What a name means, links followed. */
enum v2v_kind {
	V2V_KIND_NONE,
	V2V_KIND_FILE,
	V2V_KIND_DIRECTORY,
	V2V_KIND_DANGLING, /* a link to nothing */
	V2V_KIND_OTHER,	   /* a device, a pipe … */
};

/* Of what a name leads to.  Equal device and inode: the same file. */
struct v2v_tree_stat {
	enum v2v_kind kind; /* FILE, DIRECTORY or OTHER */
	int64_t size;	    /* bytes of a file */
	uint64_t device, inode;
};

/*
 * What an implementation gives; the functions below say what each is for.
 * Those of the second part may be NULL: then there is nothing of that sort.
 */
struct v2v_tree_ops {
	int (*read)(const struct v2v_tree *tree, const char *path,
		char **ret_text, struct v2v_error *err);
	/* Links are followed; false: it leads to nothing. */
	bool (*stat)(const struct v2v_tree *tree, const char *path,
		struct v2v_tree_stat *ret_stat);
	void (*list)(const struct v2v_tree *tree, const char *directory,
		struct v2v_list *names);
	char *(*resolve)(const struct v2v_tree *tree, const char *path);

	bool (*is_link)(const struct v2v_tree *tree, const char *path);
	const char *(*link_fault)(
		const struct v2v_tree *tree, const char *path);
	bool (*warn_link)(const struct v2v_tree *tree, const char *path);
	void (*glob)(const struct v2v_tree *tree, const char *pattern,
		struct v2v_list *names);
	size_t (*read_at)(const struct v2v_tree *tree, const char *path,
		uint64_t offset, void *data, size_t size);
	char *(*section)(const struct v2v_tree *tree, const char *path,
		const char *name);
	char *(*sha1)(const struct v2v_tree *tree, const char *path);
	int (*fetch)(const struct v2v_tree *tree, const char *path,
		uint64_t *ret_size, struct v2v_error *err);
	/* NULL: as fetch. */
	int (*view)(const struct v2v_tree *tree, const char *path,
		uint64_t *ret_size, struct v2v_error *err);
	int (*scratch)(const struct v2v_tree *tree, struct v2v_error *err);
	int (*check)(const struct v2v_tree *tree, struct v2v_error *err);
	int (*alive)(const struct v2v_tree *tree, struct v2v_error *err);
	void (*warn_cut)(const struct v2v_tree *tree, const char *directory,
		unsigned most);
	const struct v2v_list *(*large)(const struct v2v_tree *tree);
};

struct v2v_tree {
	const struct v2v_tree_ops *ops;
	void *opaque; /* the implementation's */
};

/* The guest's files; valid while @guest is mounted. */
struct v2v_tree v2v_tree_of_guest(struct v2v_guest *guest);

/*
 * The text of a file, the caller's; *@ret_text is NULL where there is no
 * regular file of that name, or it is not a text (a NUL in it, or too large).
 * -1 where it cannot be read.
 */
int v2v_tree_read(const struct v2v_tree *tree, const char *path,
	char **ret_text, struct v2v_error *err);
/* The same without the error: then NULL too. */
char *v2v_tree_text(const struct v2v_tree *tree, const char *path);

enum v2v_kind v2v_tree_kind(const struct v2v_tree *tree, const char *path);
bool v2v_tree_is_file(const struct v2v_tree *tree, const char *path);
bool v2v_tree_is_dir(const struct v2v_tree *tree, const char *path);
/* Bytes, links followed; -1 where there is no such file. */
int64_t v2v_tree_size(const struct v2v_tree *tree, const char *path);
/* Which file it is, whatever its names; false where there is no such file. */
bool v2v_tree_identity(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_device, uint64_t *ret_inode);

/* Is the name itself a symbolic link?  The links on its way are followed. */
bool v2v_tree_is_link(const struct v2v_tree *tree, const char *path);
/* "nowhere", "in a circle", "to no file": where a link leads that leads to no
 * file; NULL: it does, or is not a link. */
const char *v2v_tree_link_fault(const struct v2v_tree *tree, const char *path);
/* Is it a link that leads to no file?  Then warn, once. */
bool v2v_tree_warn_link(const struct v2v_tree *tree, const char *path);
/* Where the name leads, links resolved, the caller's; NULL: to nothing. */
char *v2v_tree_resolve(const struct v2v_tree *tree, const char *path);

/* Add the names in a directory, sorted; none where it cannot be read. */
void v2v_tree_list(const struct v2v_tree *tree, const char *directory,
	struct v2v_list *names);
/* Add the names that match a glob(7) pattern, braces too, sorted within each
 * brace.  A directory's ends with '/'. */
void v2v_tree_glob(const struct v2v_tree *tree, const char *pattern,
	struct v2v_list *names);
/* The name in @directory that is @name but for case (vfat ignores it), as it
 * is written there, with the directory; the caller's, or NULL. */
char *v2v_tree_find(
	const struct v2v_tree *tree, const char *directory, const char *name);

/* Bytes of a file from @offset on, up to @size: how many; 0 where they cannot
 * be read. */
size_t v2v_tree_read_at(const struct v2v_tree *tree, const char *path,
	uint64_t offset, void *data, size_t size);
/* The text of a section (".cmdline") of a PE image, without white space around
 * it; the caller's, or NULL. */
char *v2v_tree_section(
	const struct v2v_tree *tree, const char *path, const char *name);
/* Its SHA-1 in hex, the caller's; NULL where it cannot be read. */
char *v2v_tree_sha1(const struct v2v_tree *tree, const char *path);
/* Copy a file into a new temporary file of the host, which has no name: its
 * descriptor, the caller's, or -1.  @ret_size may be NULL. */
int v2v_tree_fetch(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err);
/* The same for reading alone, which takes no copy of what is on the host
 * already: then it is the same file (device and inode of fstat(2)) each time,
 * with a position of its own. */
int v2v_tree_view(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err);
/* An empty file of the host without a name, for what is large; or -1. */
int v2v_tree_scratch(const struct v2v_tree *tree, struct v2v_error *err);

/* May reading go on?  -1: cancelled, or the time for it is over. */
int v2v_tree_check(const struct v2v_tree *tree, struct v2v_error *err);
/* Is what reads it still there?  For what was not read: else nothing is said of
 * the guest by that. */
int v2v_tree_alive(const struct v2v_tree *tree, struct v2v_error *err);
/* Warn, once for each, that only the first @most files of a directory are read:
 * a real guest never has more. */
void v2v_tree_warn_cut(
	const struct v2v_tree *tree, const char *directory, unsigned most);
/* Names (of char *) of the files that were too large to be read; borrowed. */
const struct v2v_list *v2v_tree_large(const struct v2v_tree *tree);
#endif
