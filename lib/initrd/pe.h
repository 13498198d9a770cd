/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sections of PE images ("PE Format", Microsoft): unified kernel images
 * (UAPI.5) keep kernel, initrd and arguments in such; and what signs them.
 * Nothing is believed of where they lie.
 */
#ifndef V2V_INITRD_PE_H
#define V2V_INITRD_PE_H

#include "core/error.h"

/* The headers lie in so many bytes. */
#define V2V_PE_HEAD (64 << 10)

/*
 * Where the first section called @name (".initrd") lies in an image that has
 * @file_size bytes and begins with the @size ones of @head.  False: it is not
 * such an image, or has none that lies in it as a whole.
 */
bool v2v_pe_find(const unsigned char *head, size_t size, uint64_t file_size,
	const char *name, uint64_t *ret_offset, uint64_t *ret_size);

/* For which machine it is: IMAGE_FILE_MACHINE_AMD64, ...; 0: not an image. */
unsigned v2v_pe_machine(const unsigned char *head, size_t size);

/* Where its table of certificates lies, behind all sections ("Attribute
 * Certificate Table").  False: it has none that lies in the file. */
bool v2v_pe_certificates(const unsigned char *head, size_t size,
	uint64_t file_size, uint64_t *ret_offset, uint64_t *ret_size);

/* Copy a section of the image @in to the empty file @out.
 * "initrd-unreadable" where there is none. */
int v2v_pe_extract(int in, const char *name, int out, uint64_t *ret_size,
	struct v2v_error *err);
#endif
