/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Digests of a stream of bytes, computed on a thread of their own while the
 * caller reads on. */
#ifndef V2V_UNPACK_HASHER_H
#define V2V_UNPACK_HASHER_H

#include "core/error.h"

/* Bits of a set. */
enum { V2V_SHA1 = 1, V2V_SHA256 = 2, V2V_SHA512 = 4, V2V_SHA384 = 8 };
#define V2V_SHA_COUNT 4
/* What exporters write; each one more costs time. */
#define V2V_SHA_USUAL (V2V_SHA1 | V2V_SHA256 | V2V_SHA512)

/* Lower case hex; NULL: not computed.  By bit number. */
struct v2v_digests {
	char *hex[V2V_SHA_COUNT];
};

const char *v2v_digest_name(unsigned algorithm); /* "SHA256"; a literal */
const char *v2v_digest_get(
	const struct v2v_digests *digests, unsigned algorithm);
void v2v_digests_clear(struct v2v_digests *digests);

/* A hasher for the set; NULL and an error where no thread can be had. */
struct v2v_hasher;
struct v2v_hasher *v2v_hasher_new(unsigned algorithms, struct v2v_error *err);

/* Add bytes; they are copied.  Waits while the thread is far behind. */
void v2v_hasher_add(struct v2v_hasher *hasher, const void *data, size_t size);

/* Wait for the thread and hand the digests over. */
void v2v_hasher_end(struct v2v_hasher *hasher, struct v2v_digests *ret);

void v2v_hasher_free(struct v2v_hasher *hasher);
static inline void v2v_hasher_cleanup(struct v2v_hasher **hasher)
{
	v2v_hasher_free(*hasher);
}
#define CLEANUP_HASHER __attribute__((cleanup(v2v_hasher_cleanup)))
#endif
