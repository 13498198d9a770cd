/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a thread needs while it reads: a piece of the file as it is stored, one
 * unpacked piece, and the state of the unpackers.  It grows to what the image
 * wants, and no image wants more than a few MiB.
 */
#ifndef V2V_DISK_SCRATCH_H
#define V2V_DISK_SCRATCH_H

#include "disk/media.h"

struct v2v_reader;

struct v2v_scratch;

struct v2v_scratch *v2v_scratch_new(void);
void v2v_scratch_free(struct v2v_scratch *scratch);

/*
 * @need bytes at @at of the image's file, to be looked at until the next call.
 * @ahead of them are read at once where that is more (1 MiB at most, and not
 * behind the file's end).  NULL and an error where they are not there.
 */
const unsigned char *v2v_scratch_window(struct v2v_scratch *scratch,
	const struct v2v_media *media, uint64_t at, uint64_t need,
	uint64_t ahead, struct v2v_error *err);

/* The room for one unpacked piece of @size bytes: *@ret_cached where it holds
 * the piece at @where of this image already, because the last call was for it
 * and v2v_scratch_keep() followed. */
unsigned char *v2v_scratch_piece(struct v2v_scratch *scratch,
	const struct v2v_media *media, uint64_t where, size_t size,
	bool *ret_cached);
void v2v_scratch_keep(
	struct v2v_scratch *scratch, const struct v2v_media *media);

enum v2v_packing { V2V_ZLIB, V2V_DEFLATE, V2V_ZSTD };

/*
 * Unpack what begins at @in, at most @in_size bytes of it, into @out, and say
 * how long it was.  False where it is broken, or longer than @out_size.  What
 * lies behind its end is not looked at.
 */
bool v2v_unpack_piece(struct v2v_scratch *scratch, enum v2v_packing packing,
	const unsigned char *in, size_t in_size, unsigned char *out,
	size_t out_size, size_t *ret_size);
#endif
