/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What packed.c lends to the decoder of gzip. */
#ifndef V2V_UNPACK_PACKED_PRIVATE_H
#define V2V_UNPACK_PACKED_PRIVATE_H

#include "unpack/packed.h"

/* Lend the next compressed bytes; as v2v_packed_source's read. */
ssize_t v2v_packed_input(struct v2v_packed *packed, const void **ret_data,
	struct v2v_error *err);

/* "damaged or cut off", with the reason; -1. */
int v2v_packed_fail(const struct v2v_packed *packed, const char *why,
	struct v2v_error *err);

/*
 * gzip (RFC 1952), its members one after the other.  By zlib, not libarchive,
 * whose filter passes over the members' check sums (libarchive 3.6,
 * "TODO: Verify the length and CRC").  The only user of zlib.
 */
struct v2v_gunzip;
struct v2v_gunzip *v2v_gunzip_new(void);
void v2v_gunzip_free(struct v2v_gunzip *gunzip);

/* The next bytes that come out: their number; 0 behind the last member, where
 * *@ret_unread is how many of the bytes that were lent last are not its; -1. */
ssize_t v2v_gunzip_read(struct v2v_gunzip *gunzip, struct v2v_packed *packed,
	const void **ret_data, size_t *ret_unread, struct v2v_error *err);
#endif
