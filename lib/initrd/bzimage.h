/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images of kernels: what a bzImage for x86 says about itself, and the kernel
 * that is packed in it. */
#ifndef V2V_INITRD_BZIMAGE_H
#define V2V_INITRD_BZIMAGE_H

#include "initrd/stream.h"

/* The release in the first @size bytes of a bzImage (Linux:
 * Documentation/arch/x86/boot.rst, kernel_version), the caller's; NULL where
 * they are none. */
char *v2v_bzimage_release(const unsigned char *bytes, size_t size);

/* A release has its place there: header and string lie in so many bytes. */
#define V2V_BZIMAGE_HEAD (64 << 10)

/*
 * The kernel proper, unpacked: of a bzImage, of a whole file that is
 * compressed, of one that is an ELF or arm64's Image as it is.  The caller
 * closes the stream before @fd; NULL, perhaps without an error, where the file
 * is none of these.
 */
struct v2v_stream *v2v_bzimage_open(
	struct v2v *v, int fd, uint64_t size, struct v2v_error *err);
#endif
