/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must be done with a disk's bytes in their order, zeros included: its
 * SHA-256, and writing it to a pipe. */
#ifndef V2V_COPY_ORDERED_H
#define V2V_COPY_ORDERED_H

#include "copy/batch.h"

struct v2v_ordered;

/* @hash: make the digest; @fd: write the bytes there, -1: nowhere.  @stop ends
 * whatever takes long, with status 0. */
struct v2v_ordered *v2v_ordered_new(bool hash, int fd, const int *stop);

/* The next batch. */
int v2v_ordered_add(struct v2v_ordered *ordered, const struct v2v_batch *batch,
	struct v2v_error *err);

/* All is there: *@ret_sha256 is the digest, the caller's, or NULL. */
int v2v_ordered_end(
	struct v2v_ordered *ordered, char **ret_sha256, struct v2v_error *err);

void v2v_ordered_free(struct v2v_ordered *ordered);
#endif
