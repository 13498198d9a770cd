/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The headers of a tar's member, followed by us: libarchive tells neither where
 * a member's bytes lie nor, more than by a warning, that a pax header is
 * damaged and was passed over.
 */
#ifndef V2V_UNPACK_TAR_HEADERS_H
#define V2V_UNPACK_TAR_HEADERS_H

#include "core/error.h"

/* A tar, or the part of it that is at hand. */
struct v2v_tar_bytes {
	bool (*read)(const void *opaque, void *data, size_t size, uint64_t at);
	const void *opaque;
	const char *file; /* its name, for messages */
	uint64_t end;	  /* of what can be read, bytes from the tar's start */
};

/*
 * Follow the headers of a member from the first of them, at @header, to its
 * bytes; a damaged pax header (pax(1), "Extended Header") is an error.
 * Returns 1 and *@ret_offset where its @size bytes lie there as they are; 0
 * where they do not, or nobody can say; -1.
 */
int v2v_tar_follow(const struct v2v_tar_bytes *tar, uint64_t header,
	uint64_t size, uint64_t *ret_offset, struct v2v_error *err);
#endif
