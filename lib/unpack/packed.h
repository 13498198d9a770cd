/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Decompressing one stream: gzip, bzip2, xz or zstd, found by its first bytes,
 * one layer of it.  It is read to the very end, so that the check sums in it
 * count, and nothing but zeros may follow it: anything else is a damaged part.
 */
#ifndef V2V_UNPACK_PACKED_H
#define V2V_UNPACK_PACKED_H

#include "core/handle.h"

struct v2v_packed;

/* Where the compressed bytes come from. */
struct v2v_packed_source {
	/* Lend the next bytes, until the next call: their number, 0 at the
	 * end, -1 on failure. */
	ssize_t (*read)(
		void *opaque, const void **ret_data, struct v2v_error *err);
	void *opaque;
	const char *name; /* for messages; borrowed, as @opaque is */
};

/* NULL and an error where it does not begin like such a stream. */
struct v2v_packed *v2v_packed_open(struct v2v *v,
	const struct v2v_packed_source *source, struct v2v_error *err);

/* The same for the file that is open as @fd, from its position on; both are
 * borrowed. */
struct v2v_packed *v2v_packed_open_fd(
	struct v2v *v, int fd, const char *name, struct v2v_error *err);

/* Something else may follow the stream; and, after its end: something did. */
void v2v_packed_allow_rest(struct v2v_packed *packed);
bool v2v_packed_has_rest(const struct v2v_packed *packed);

bool v2v_packed_is_gzip(const struct v2v_packed *packed);

/* Lend the next bytes that come out, until the next call: their number; 0 at
 * the end, when all was right; -1 where it is damaged or cut off. */
ssize_t v2v_packed_read(struct v2v_packed *packed, const void **ret_data,
	struct v2v_error *err);

void v2v_packed_free(struct v2v_packed *packed);
static inline void v2v_packed_cleanup(struct v2v_packed **packed)
{
	v2v_packed_free(*packed);
}
#define CLEANUP_PACKED __attribute__((cleanup(v2v_packed_cleanup)))
#endif
