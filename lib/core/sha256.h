/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-256 of bytes as they come. */
#ifndef V2V_SHA256_H
#define V2V_SHA256_H

#include "core/mem.h"

struct v2v_sha256;

struct v2v_sha256 *v2v_sha256_new(void);
void v2v_sha256_add(struct v2v_sha256 *sha, const void *data, size_t size);
/* The digest in lower case hex, the caller's; ends @sha. */
char *v2v_sha256_end(struct v2v_sha256 *sha);
void v2v_sha256_free(struct v2v_sha256 *sha);
#endif
