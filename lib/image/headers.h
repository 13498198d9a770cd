/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One reader for each format's header; check.c asks the right one. */
#ifndef V2V_IMAGE_HEADERS_H
#define V2V_IMAGE_HEADERS_H

#include "image/image.h"

/* An image's bytes: a slice of an open file. */
struct v2v_slice {
	int fd;
	const char *name;      /* of the file, for errors */
	uint64_t offset, size; /* bytes */
};

/* Read exactly @length bytes at @at of the slice; beyond it is an error. */
int v2v_slice_read(const struct v2v_slice *slice, void *data, size_t length,
	uint64_t at, struct v2v_error *err);

/* What a qcow2 header says of a backing file; both owned, NULL: none. */
struct v2v_backing {
	char *name, *format;
};

void v2v_backing_clear(struct v2v_backing *backing);
#define CLEANUP_BACKING __attribute__((cleanup(v2v_backing_clear)))

bool v2v_qcow2_is(const unsigned char magic[4]);
int v2v_qcow2_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_backing *backing, struct v2v_error *err);

bool v2v_vmdk_is(const unsigned char magic[4]);
int v2v_vmdk_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err);

/*
 * The embedded descriptor of a sparse VMDK: an allow list (VMware Virtual Disk
 * Format 5.0, "The Descriptor File").  *@ret_subformat is a literal.
 */
int v2v_vmdk_check_descriptor(const char *text, const char *name,
	const char **ret_subformat, struct v2v_error *err);
#endif
