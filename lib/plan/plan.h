/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is to be changed in a guest, before anything is.  The parts of a
 * conversion read and write a stage: a tree laid over the guest's, in which
 * what one part wrote is seen by the next.  What they wrote is a list of
 * operations, one for each file (two where it is removed and created again),
 * which v2v_plan_commit() carries out; what it means to people is a list of
 * changes.  So what is shown before a conversion is what it does.
 */
#ifndef V2V_PLAN_H
#define V2V_PLAN_H

#include "guest/tree.h"
#include "model/inspect.h"

enum v2v_op_type {
	V2V_OP_WRITE,	 /* the file's content is a text */
	V2V_OP_COPY,	 /* it is that of another file of the guest */
	V2V_OP_REPLACE,	 /* it is that of a file of the host */
	V2V_OP_APPEND,	 /* that comes behind it */
	V2V_OP_MAKE_DIR, /* and those above it that are missing */
	V2V_OP_REMOVE,	 /* a file, or a link itself */
};

/* What makes the content of a file when it is asked for. */
struct v2v_maker {
	/* Write it to the empty file @out. */
	int (*make)(void *opaque, int out, struct v2v_error *err);
	void (*free)(void *opaque);
	void *opaque;
};

struct v2v_op {
	enum v2v_op_type type;
	char *path;  /* as its part named it */
	char *name;  /* links resolved; the last part's only where it leads to a
			file that stays */
	bool is_new; /* no file is there now */
	uint64_t device, inode; /* of the file that is there, or is before it
				   is removed; else 0 */
	char *text;		/* WRITE */
	char *from;		/* COPY: as the guest is now */
	int fd; /* REPLACE, APPEND: of the host, owned; else -1 */
	struct v2v_maker maker; /* REPLACE: what fd lies behind, on a boundary
				   of @align; make is NULL once it is made */
	unsigned align;
	uint64_t offset; /* APPEND: where it begins */
	uint64_t size;	 /* bytes of the file afterwards */
	char *label;	 /* SELinux', of what is new; NULL */
	char *shown;	 /* REPLACE: what a diff prints for it; NULL */
};

/* Something that the person should know; its code is static. */
struct v2v_plan_note {
	const char *code;
	char *text;
};

struct v2v_plan {
	struct v2v_tree tree;	     /* the stage */
	const struct v2v_tree *base; /* the guest; borrowed */
	struct v2v_list ops;	     /* of struct v2v_op */
	struct v2v_list changes;     /* of struct v2v_change */
	struct v2v_list notes;	     /* of struct v2v_plan_note */
	struct v2v_list blockers;    /* of struct v2v_plan_note */
};

/* Begin an empty plan over @base.  It must stay where it is in memory. */
void v2v_plan_init(struct v2v_plan *plan, const struct v2v_tree *base);
void v2v_plan_clear(struct v2v_plan *plan);
#define CLEANUP_PLAN __attribute__((cleanup(v2v_plan_clear)))

/*
 * The writes.  They fail with "guest-write" where the guest could not take
 * them: something else than a file is there, or its directory is missing.  A
 * link is followed; one that leads to no file is replaced.
 */
int v2v_plan_write(struct v2v_plan *plan, const char *path, const char *text,
	struct v2v_error *err);
/* The content of @from. */
int v2v_plan_copy(struct v2v_plan *plan, const char *from, const char *to,
	struct v2v_error *err);
/* All of the host's @fd, which stays the caller's. */
int v2v_plan_replace(
	struct v2v_plan *plan, const char *path, int fd, struct v2v_error *err);
/*
 * What @maker makes, which is the plan's, even after a failure.  It is made
 * once, when somebody reads the file; at the latest by v2v_plan_make().  Until
 * then @size is shown for its bytes.
 */
int v2v_plan_replace_later(struct v2v_plan *plan, const char *path,
	const struct v2v_maker *maker, uint64_t size, struct v2v_error *err);
/* All of @fd behind a file's content, on a boundary of @align bytes. */
int v2v_plan_append(struct v2v_plan *plan, const char *path, int fd,
	unsigned align, struct v2v_error *err);
int v2v_plan_make_dir(
	struct v2v_plan *plan, const char *path, struct v2v_error *err);
int v2v_plan_remove(
	struct v2v_plan *plan, const char *path, struct v2v_error *err);

/* What v2v_plan_diff() prints for a file that is replaced: a text that ends
 * with a newline, which is copied. */
void v2v_plan_describe(
	struct v2v_plan *plan, const char *path, const char *text);

/* A change, for people: of @path, at @where ("/etc/fstab:2"; NULL: @path). */
void v2v_plan_changed(struct v2v_plan *plan, const char *path, const char *code,
	const char *where, const char *fmt, ...) V2V_PRINTF(5, 6);
void v2v_plan_note(struct v2v_plan *plan, const char *code, const char *fmt,
	...) V2V_PRINTF(3, 4);
void v2v_plan_block(struct v2v_plan *plan, const struct v2v_error *why);

/* Make all content that is not made yet.  Nothing is written to the guest. */
int v2v_plan_make(const struct v2v_plan *plan, struct v2v_error *err);

/* Has the guest the room that its operations need?  "guest-no-space" names the
 * mountpoint.  All content is made for that.  Nothing is written. */
int v2v_plan_check_room(const struct v2v_plan *plan,
	const struct v2v_inspect *inspect, struct v2v_error *err);

/* Carry the operations out on the guest, which is mounted for writing, in their
 * order, once all content is made.  Each is done or not, as guest/files.h says;
 * the first that fails ends it. */
int v2v_plan_commit(const struct v2v_plan *plan, struct v2v_guest *guest,
	struct v2v_error *err);

/* The operations as unified diffs of all texts, the caller's; what is not a
 * text, or is large, has one line.  Bounded. */
char *v2v_plan_diff(const struct v2v_plan *plan);
#endif
