/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gzip (RFC 1952), its members one after the other.  By zlib, not libarchive,
 * whose gzip filter does not compare the members' lengths and check sums
 * (libarchive 3.6).  The only user of zlib.
 */
#ifndef V2V_UNPACK_GUNZIP_H
#define V2V_UNPACK_GUNZIP_H

#include "core/error.h"

/* Where the compressed bytes come from. */
struct v2v_gunzip_input {
	/* Lend the next bytes: their number, 0 at the end, or -1. */
	ssize_t (*read)(
		void *opaque, const void **ret_data, struct v2v_error *err);
	/* Fail: they are not gzip; -1. */
	int (*fail)(const void *opaque, const char *why, struct v2v_error *err);
	void *opaque;
};

struct v2v_gunzip;
struct v2v_gunzip *v2v_gunzip_new(const struct v2v_gunzip_input *input);
void v2v_gunzip_free(struct v2v_gunzip *gunzip);

/* The next bytes that come out: their number; 0 behind the last member, where
 * *@ret_unread is how many of the bytes that were lent last are not its; -1. */
ssize_t v2v_gunzip_read(struct v2v_gunzip *gunzip, const void **ret_data,
	size_t *ret_unread, struct v2v_error *err);
#endif
