/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names in a PKCS #7, by libcrypto. */
#include "core/signers.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#define MAX_NAME	 512 /* bytes; the rest is left out */
#define MAX_SIGNERS	 8
#define MAX_CERTIFICATES 32

/* RFC 2253 in the order of the certificate, control characters escaped; the
 * caller's. */
static char *name_of(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	char *copy;
	long n;

	if (!bio)
		abort();
	X509_NAME_print_ex(bio, name, 0,
		(XN_FLAG_RFC2253 & ~XN_FLAG_DN_REV & ~XN_FLAG_SEP_MASK &
			~ASN1_STRFLGS_ESC_MSB) |
			XN_FLAG_SEP_CPLUS_SPC);
	n = BIO_get_mem_data(bio, &text);
	copy = v2v_strndup(text ? text : "", n > 0 ? (size_t)n : 0);
	BIO_free(bio);
	copy[v2v_utf8_cut(copy, MAX_NAME)] = '\0';
	return copy;
}

static void add_name(struct v2v_signers *signers, const X509_NAME *name)
{
	CLEANUP_FREE char *text = name_of(name);

	v2v_list_foreach (const char *, known, &signers->names)
		if (v2v_streq(*known, text))
			return;
	v2v_list_add_string(&signers->names, text);
}

static const char *digest_of(PKCS7_SIGNER_INFO *info)
{
	X509_ALGOR *digest = NULL;
	const ASN1_OBJECT *kind = NULL;
	int nid;

	PKCS7_SIGNER_INFO_get0_algs(info, NULL, &digest, NULL);
	if (digest)
		X509_ALGOR_get0(&kind, NULL, NULL, digest);
	nid = kind ? OBJ_obj2nid(kind) : NID_undef;
	return nid == NID_undef ? "unknown" : OBJ_nid2sn(nid);
}

static void add_signer(
	struct v2v_signers *signers, PKCS7 *pkcs7, PKCS7_SIGNER_INFO *info)
{
	X509 *certificate = PKCS7_cert_from_signer_info(pkcs7, info);
	const X509_NAME *name, *issuer;
	struct v2v_signer *signer;

	if (!certificate)
		return;
	name = X509_get_subject_name(certificate);
	issuer = X509_get_issuer_name(certificate);
	signer = v2v_list_add(&signers->list, sizeof *signer);
	signer->name = name_of(name);
	signer->issuer = name_of(issuer);
	signer->digest = v2v_strdup(digest_of(info));
	signer->is_self_made = X509_NAME_cmp(name, issuer) == 0;
}

static bool add_all(struct v2v_signers *signers, PKCS7 *pkcs7)
{
	STACK_OF(PKCS7_SIGNER_INFO) *infos = PKCS7_get_signer_info(pkcs7);
	const STACK_OF(X509) *certificates = pkcs7->d.sign->cert;
	size_t before = signers->list.count;

	for (int i = 0; i < sk_PKCS7_SIGNER_INFO_num(infos) && i < MAX_SIGNERS;
		i++)
		add_signer(
			signers, pkcs7, sk_PKCS7_SIGNER_INFO_value(infos, i));
	for (int i = 0; i < sk_X509_num(certificates) && i < MAX_CERTIFICATES;
		i++) {
		const X509 *one = sk_X509_value(certificates, i);

		add_name(signers, X509_get_subject_name(one));
		add_name(signers, X509_get_issuer_name(one));
	}
	return signers->list.count > before;
}

bool v2v_signers_add(struct v2v_signers *signers, const void *der, size_t size)
{
	const unsigned char *at = der;
	PKCS7 *pkcs7 = size <= V2V_SIGNERS_SIZE
			       ? d2i_PKCS7(NULL, &at, (long)size)
			       : NULL;
	bool found = pkcs7 && PKCS7_type_is_signed(pkcs7) && pkcs7->d.sign &&
		     add_all(signers, pkcs7);

	PKCS7_free(pkcs7);
	ERR_clear_error();
	return found;
}

void v2v_signers_clear(struct v2v_signers *signers)
{
	v2v_list_foreach (struct v2v_signer, signer, &signers->list) {
		free(signer->name);
		free(signer->issuer);
		free(signer->digest);
	}
	free(signers->list.items);
	signers->list = (struct v2v_list){ NULL, 0 };
	v2v_strings_clear(&signers->names);
}
