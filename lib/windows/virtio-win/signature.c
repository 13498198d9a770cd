/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a driver's bytes to its signers, and what Windows thinks of them. */
#include "windows/virtio-win/signature.h"

#include "core/file.h"
#include "initrd/pe.h"

#include <string.h>
#include <sys/stat.h>

/* WIN_CERTIFICATE: length, revision, type; then the signature. */
enum { TYPE = 6, HEAD = 8, ALIGN = 8, PKCS_SIGNED_DATA = 2 };

#define MAX_SIGNATURES 4
#define MAX_PROGRAM    (64U << 20)

static uint32_t le(const unsigned char *s, size_t n)
{
	uint32_t value = 0;

	while (n--)
		value = value << 8 | s[n];
	return value;
}

/* The certificates of the table, which follow each other. */
static void read_table(
	const unsigned char *at, uint64_t left, struct v2v_signers *signers)
{
	for (size_t i = 0; i < MAX_SIGNATURES && left >= HEAD; i++) {
		uint64_t size = le(at, 4);

		if (size < HEAD || size > left)
			return;
		if (le(at + TYPE, 2) == PKCS_SIGNED_DATA)
			v2v_signers_add(signers, at + HEAD, size - HEAD);
		size = (size + ALIGN - 1) / ALIGN * ALIGN;
		if (size > left)
			return;
		at += size;
		left -= size;
	}
}

void v2v_signature_read(
	const unsigned char *data, size_t size, struct v2v_signature *signature)
{
	size_t head = size < V2V_PE_HEAD ? size : V2V_PE_HEAD;
	uint64_t offset, length;

	*signature = (struct v2v_signature){ 0 };
	signature->machine = v2v_pe_machine(data, head);
	if (v2v_pe_certificates(data, head, size, &offset, &length))
		read_table(data + offset, length, &signature->signers);
}

/* All of it, the caller's; NULL: it cannot be read, or is larger than @most. */
static unsigned char *read_file(int fd, size_t most, size_t *ret_size)
{
	CLEANUP_FREE unsigned char *data = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0 || (uint64_t)st.st_size > most)
		return NULL;
	*ret_size = (size_t)st.st_size;
	data = v2v_alloc(1, *ret_size + 1);
	if (v2v_pread_all(fd, "driver", data, *ret_size, 0, NULL) < 0)
		return NULL;
	return v2v_take(data);
}

void v2v_signature_of_program(int fd, struct v2v_signature *signature)
{
	size_t size;
	CLEANUP_FREE unsigned char *data = read_file(fd, MAX_PROGRAM, &size);

	*signature = (struct v2v_signature){ 0 };
	if (data)
		v2v_signature_read(data, size, signature);
}

void v2v_signature_of_catalog(int fd, struct v2v_signature *signature)
{
	size_t size;
	CLEANUP_FREE unsigned char *data =
		read_file(fd, V2V_SIGNERS_SIZE, &size);

	*signature = (struct v2v_signature){ 0 };
	if (data)
		v2v_signers_add(&signature->signers, data, size);
}

void v2v_signature_clear(struct v2v_signature *signature)
{
	v2v_signers_clear(&signature->signers);
}

/* The one who is a certificate of tests: of virtio-win's makers, of
 * Microsoft's development kit, or one that nobody else vouches for. */
static bool is_test(const struct v2v_signer *signer)
{
	static const char *const words[] = { "O=virtio-win", "Test Certificate",
		"TestCert" };

	return signer->is_self_made || v2v_contains_any(signer->name, words) ||
	       v2v_contains_any(signer->issuer, words);
}

/* Microsoft signed it, or a root of its own vouches for who did. */
static bool is_microsofts(const struct v2v_signature *signature)
{
	static const char *const words[] = { "O=Microsoft Corporation",
		"CN=Microsoft " };

	v2v_list_foreach (const char *, name, &signature->signers.names)
		if (v2v_contains_any(*name, words))
			return true;
	return false;
}

const char *v2v_signature_signer(const struct v2v_signature *signature)
{
	const struct v2v_list *list = &signature->signers.list;

	return list->count ? v2v_items(struct v2v_signer, list)->name : NULL;
}

/* Those before Vista load what is not signed.  32-bit ones from there on may,
 * by their policy; a guest that does not start is too much to find that out. */
int v2v_signature_check(const struct v2v_signature *signature,
	const struct v2v_driver_target *target, struct v2v_error *err)
{
	const struct v2v_list *list = &signature->signers.list;
	size_t tests = 0;

	if (!v2v_driver_target_since(target, 6, 0))
		return 0;
	if (!list->count)
		return v2v_fail(err, "driver-unsigned", "not signed");
	v2v_list_foreach (const struct v2v_signer, signer, list)
		tests += is_test(signer);
	if (tests == list->count)
		return v2v_fail(err, "driver-test-signed",
			"signed by the test certificate '%s'",
			v2v_signature_signer(signature));
	if (is_microsofts(signature))
		return 0;
	return v2v_fail(err, "driver-unsigned",
		"signed by '%s', which Microsoft has not certified",
		v2v_signature_signer(signature));
}

bool v2v_signature_is_foreign(const struct v2v_signature *signature,
	const struct v2v_driver_target *target)
{
	static const struct {
		const char *arch;
		unsigned machine;
	} machines[] = { { "x86", 0x14c }, { "amd64", 0x8664 },
		{ "arm64", 0xaa64 } };

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (v2v_streq(target->arch, machines[i].arch))
			return signature->machine != machines[i].machine;
	return true;
}

bool v2v_signature_needs_sha2(const struct v2v_signature *signature,
	const struct v2v_driver_target *target)
{
	if (target->major != 6 || target->minor > 1)
		return false;
	v2v_list_foreach (
		const struct v2v_signer, signer, &signature->signers.list)
		if (v2v_streq(signer->digest, "SHA1"))
			return false;
	return signature->signers.list.count > 0;
}
