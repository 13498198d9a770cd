/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-256, libcrypto's. */
#include "core/sha256.h"

#include <openssl/evp.h>

struct v2v_sha256 {
	EVP_MD_CTX *context;
};

struct v2v_sha256 *v2v_sha256_new(void)
{
	struct v2v_sha256 *sha = v2v_alloc(1, sizeof *sha);

	sha->context = EVP_MD_CTX_new();
	if (!sha->context || !EVP_DigestInit(sha->context, EVP_sha256()))
		abort();
	return sha;
}

void v2v_sha256_add(struct v2v_sha256 *sha, const void *data, size_t size)
{
	EVP_DigestUpdate(sha->context, data, size);
}

char *v2v_sha256_end(struct v2v_sha256 *sha)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct v2v_text hex = { 0 };
	unsigned length = 0;

	EVP_DigestFinal(sha->context, digest, &length);
	for (unsigned i = 0; i < length; i++)
		v2v_text_addf(&hex, "%02x", digest[i]);
	v2v_sha256_free(sha);
	return v2v_text_take(&hex);
}

void v2v_sha256_free(struct v2v_sha256 *sha)
{
	if (!sha)
		return;
	EVP_MD_CTX_free(sha->context);
	free(sha);
}
