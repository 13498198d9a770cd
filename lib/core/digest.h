/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Digests of bytes as they come.  With signers.h the only user of libcrypto. */
#ifndef V2V_CORE_DIGEST_H
#define V2V_CORE_DIGEST_H

#include "core/mem.h"

struct v2v_digest;

/* @name is libcrypto's and must be known to it: "SHA256". */
struct v2v_digest *v2v_digest_new(const char *name);
void v2v_digest_add(struct v2v_digest *digest, const void *data, size_t size);
/* In lower case hex, the caller's; ends @digest. */
char *v2v_digest_end(struct v2v_digest *digest);
void v2v_digest_free(struct v2v_digest *digest);

/* The SHA-256 of a text. */
void v2v_digest_of_text(const char *text, unsigned char ret_digest[32]);
#endif
