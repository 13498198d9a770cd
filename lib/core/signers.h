/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who signed: the names in the certificates of a PKCS #7 (RFC 2315), as
 * Authenticode and Windows' catalogs have them.  Names only: no signature is
 * verified, and nobody's key is known.
 */
#ifndef V2V_CORE_SIGNERS_H
#define V2V_CORE_SIGNERS_H

#include "core/error.h"
#include "core/fields.h"

#define V2V_SIGNERS_SIZE (1U << 20) /* bytes; a larger one is not read */

struct v2v_signer {
	char *name;	   /* "CN=Red Hat\, Inc., O=Red Hat\, Inc." */
	char *issuer;	   /* of its certificate */
	char *digest;	   /* "SHA1" "SHA256" */
	bool is_self_made; /* it issued its certificate itself */
};

struct v2v_signers {
	struct v2v_list list; /* of struct v2v_signer */
	/* of char *: whom all certificates in it name, and who issued them */
	struct v2v_list names;
};

/* Add those of the DER in @size bytes, which may be followed by others.  False:
 * it is not a signed PKCS #7, or names nobody. */
bool v2v_signers_add(struct v2v_signers *signers, const void *der, size_t size);
void v2v_signers_clear(struct v2v_signers *signers);
#endif
