/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a pass reads: the members of a container, one after the other, through
 * libarchive; those of a compressed tar decompressed and watched by us. */
#ifndef V2V_UNPACK_PASS_INPUT_H
#define V2V_UNPACK_PASS_INPUT_H

#include "unpack/ova.h"

struct archive;
struct archive_entry;

struct v2v_pass_input {
	const struct v2v_ova *ova;
	struct archive *archive;
	struct v2v_packed *packed; /* decompresses for it; NULL */
	struct v2v_error failed;   /* ... in libarchive's callback */
	const char *block;	   /* lent to libarchive last */
	size_t block_size;
	uint64_t lent;	/* bytes of the tar */
	bool in_member; /* the last one's data may be unread */
	bool keeps;	/* what is lent is put into @headers too */
	struct v2v_text headers;
};

/* Zeroed before; ended by v2v_pass_close(), also where it failed. */
int v2v_pass_open(struct v2v_pass_input *in, struct v2v *v,
	const struct v2v_ova *ova, int fd, struct v2v_error *err);
void v2v_pass_close(struct v2v_pass_input *in);

/* 1 and the next member, its headers checked; 0 at the end, when what follows
 * the members was read too, where compressed streams have their sums; -1. */
int v2v_pass_next(struct v2v_pass_input *in, struct archive_entry **ret_entry,
	struct v2v_error *err);

/* Why libarchive stopped: its own reason, or that of what it reads from; -1. */
int v2v_pass_fail(const struct v2v_pass_input *in, struct v2v_error *err);
#endif
