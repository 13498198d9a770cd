/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who signed a driver, and whether Windows would load it: "Driver signing
 * policy", "Cross-Certificates for Kernel Mode Code Signing" (Microsoft).  The
 * certificates are in the program itself (Authenticode) or in the catalog of
 * its package.  virtio-win's own builds for Windows 8 and 8.1 are signed by a
 * test certificate alone, and no 64-bit Windows boots with such a driver.
 */
#ifndef V2V_VIRTIO_WIN_SIGNATURE_H
#define V2V_VIRTIO_WIN_SIGNATURE_H

#include "core/signers.h"
#include "windows/virtio-win/folders.h"

struct v2v_signature {
	unsigned machine; /* of a program: IMAGE_FILE_MACHINE_...; 0: none */
	struct v2v_signers signers; /* empty: it is not signed */
};

/* Read what is signed in the program or catalog @fd; it may be anything. */
void v2v_signature_of_program(int fd, struct v2v_signature *signature);
void v2v_signature_of_catalog(int fd, struct v2v_signature *signature);
void v2v_signature_clear(struct v2v_signature *signature);
#define CLEANUP_SIGNATURE __attribute__((cleanup(v2v_signature_clear)))

/* The same of the bytes of a program; what is fuzzed. */
void v2v_signature_read(const unsigned char *data, size_t size,
	struct v2v_signature *signature);

/* Would the Windows load what has this signature, as far as names tell?  -1:
 * why not ("signed by the test certificate …"): the codes "driver-unsigned",
 * "driver-test-signed". */
int v2v_signature_check(const struct v2v_signature *signature,
	const struct v2v_driver_target *target, struct v2v_error *err);

/* Is it a program for another machine? */
bool v2v_signature_is_foreign(const struct v2v_signature *signature,
	const struct v2v_driver_target *target);

/* Must the Windows have an update before it takes it: Windows Vista to Server
 * 2008 R2, and SHA-2 alone? */
bool v2v_signature_needs_sha2(const struct v2v_signature *signature,
	const struct v2v_driver_target *target);

/* The first signer's name; NULL: there is none.  Borrowed. */
const char *v2v_signature_signer(const struct v2v_signature *signature);
#endif
