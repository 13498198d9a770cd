/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Digests, libcrypto's. */
#include "core/digest.h"

#include <openssl/evp.h>

struct v2v_digest {
	EVP_MD_CTX *context;
};

struct v2v_digest *v2v_digest_new(const char *name)
{
	struct v2v_digest *digest = v2v_alloc(1, sizeof *digest);
	const EVP_MD *kind = EVP_get_digestbyname(name);

	digest->context = EVP_MD_CTX_new();
	if (!kind || !digest->context || !EVP_DigestInit(digest->context, kind))
		abort();
	return digest;
}

void v2v_digest_add(struct v2v_digest *digest, const void *data, size_t size)
{
	EVP_DigestUpdate(digest->context, data, size);
}

char *v2v_digest_end(struct v2v_digest *digest)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	struct v2v_text hex = { 0 };
	unsigned length = 0;

	EVP_DigestFinal(digest->context, bytes, &length);
	for (unsigned i = 0; i < length; i++)
		v2v_text_addf(&hex, "%02x", bytes[i]);
	v2v_digest_free(digest);
	return v2v_text_take(&hex);
}

void v2v_digest_free(struct v2v_digest *digest)
{
	if (!digest)
		return;
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

void v2v_digest_of_text(const char *text, unsigned char ret_digest[32])
{
	if (!EVP_Digest(
		    text, strlen(text), ret_digest, NULL, EVP_sha256(), NULL))
		abort();
}
