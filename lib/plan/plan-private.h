/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of lib/plan share. */
#ifndef V2V_PLAN_PRIVATE_H
#define V2V_PLAN_PRIVATE_H

#include "plan/plan.h"

/* The operations of the stage's struct v2v_tree. */
extern const struct v2v_tree_ops v2v_stage_ops;

/* Add an operation for @path, of no content; one for what is not there, or is
 * removed before. */
struct v2v_op *v2v_op_add(struct v2v_plan *plan, const char *path);
struct v2v_op *v2v_op_add_new(struct v2v_plan *plan, const char *path);
/* Take one away; empty one of its content. */
void v2v_op_drop(struct v2v_plan *plan, struct v2v_op *op);
void v2v_op_empty(struct v2v_op *op);

/* lib/plan/later.c: make its content, if it is not made yet; give up what would
 * make it. */
int v2v_op_make(
	const struct v2v_plan *plan, struct v2v_op *op, struct v2v_error *err);
void v2v_op_drop_maker(struct v2v_op *op);

/* The bytes of a file of the host; and where what is appended begins. */
int v2v_plan_bytes(int fd, uint64_t *ret_size, struct v2v_error *err);
uint64_t v2v_plan_aligned(uint64_t size, unsigned align);

/* An operation that writes @path, empty of content; NULL: it cannot be. */
struct v2v_op *v2v_plan_begin(
	struct v2v_plan *plan, const char *path, struct v2v_error *err);

/* "guest-write" where @path is not absolute, or ends with '/'. */
int v2v_plan_check_name(const char *path, struct v2v_error *err);

/* What an absolute name lies in, the caller's. */
char *v2v_plan_directory(const char *path);

/* The operation by which @path is what it will be; NULL: it stays as it is in
 * the guest.  Borrowed, until the next is added. */
struct v2v_op *v2v_stage_find(const struct v2v_plan *plan, const char *path);

/* @path with the links of its directory resolved, as far as there is one; the
 * caller's. */
char *v2v_stage_name(const struct v2v_tree *base, const char *path);

/* Copy all of the host's file @from into @to, at @offset. */
int v2v_stage_copy(int from, int to, uint64_t offset, struct v2v_error *err);

/* Does @path match a glob(7) pattern with braces? */
bool v2v_glob_matches(const char *pattern, const char *path);

/* The SHA-1 of a file of the host in hex, the caller's. */
char *v2v_plan_sha1(int fd);

/* Add the unified diff of two texts (NULL: there is no such file) of @path to
 * @out. */
void v2v_diff_texts(const char *path, const char *before, const char *after,
	struct v2v_text *out);
#endif
