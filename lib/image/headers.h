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

/* What the header of such an image says is wrong: always -1. */
int v2v_slice_bad(const struct v2v_slice *slice, struct v2v_error *err,
	const char *format, const char *what);

/* Read exactly @length bytes at @at of the slice; beyond it is an error. */
int v2v_slice_read(const struct v2v_slice *slice, void *data, size_t length,
	uint64_t at, struct v2v_error *err);

/* Open @file and set *@slice to its bytes from @offset on, @size of them (-1:
 * to all).  Returns the descriptor, the caller's to close, or -1. */
int v2v_slice_open(struct v2v_slice *slice, const char *file, int64_t offset,
	int64_t size, struct v2v_error *err);

bool v2v_slice_fits(
	const struct v2v_slice *slice, uint64_t at, uint64_t length);

/* Of the file, not of the slice. */
struct v2v_extent {
	uint64_t start, end;
};

/*
 * Whether these bytes lie in a hole of the file: zeros that need no reading,
 * which a small file may have any number of.  *@extent, zeroed at first, is the
 * data behind the last question; the questions go upwards.
 */
bool v2v_slice_is_hole(const struct v2v_slice *slice, struct v2v_extent *extent,
	uint64_t at, uint64_t length);

/* A hole of the file that was found, bytes of the slice. */
struct v2v_hole {
	uint64_t start, end;
};

/* The same of bytes in the slice, with questions in any order: data are not
 * looked at further than where they begin.  *@hole, zeroed at first, is the one
 * behind the last question. */
bool v2v_slice_is_in_hole(const struct v2v_slice *slice, struct v2v_hole *hole,
	uint64_t at, uint64_t length);

/* v2v_image_check() of an image that may have no other file. */
int v2v_image_check_alone(const char *file, int64_t offset, int64_t size,
	const char *format, struct v2v_image *ret_image, struct v2v_error *err);

/* Can @file, a device, have an image of the format?  Else -1, "image-format".
 */
int v2v_image_check_device(
	const char *file, const char *format, struct v2v_error *err);

/* The format of @file, a literal, that is refused where nobody means it to be a
 * raw disk; NULL. */
const char *v2v_image_probe(const char *file, struct v2v_error *err);

/* What a qcow2 header says of a backing file; both owned, NULL: none. */
struct v2v_backing {
	char *name, *format;
};

void v2v_backing_clear(struct v2v_backing *backing);
#define CLEANUP_BACKING __attribute__((cleanup(v2v_backing_clear)))

bool v2v_qcow2_is(const unsigned char magic[4]);
int v2v_qcow2_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_backing *backing, struct v2v_error *err);

/* Make the file that is open as @fd a qcow2 (version 3, clusters of 64 KiB) in
 * which nothing was written, over @backing (with its format) or over nothing.
 */
int v2v_qcow2_write_empty(int fd, const char *name, uint64_t size,
	const struct v2v_backing *backing, struct v2v_error *err);

int v2v_qcow2_walk_tables(const struct v2v_slice *slice, struct v2v_error *err);

bool v2v_vmdk_is(const unsigned char magic[4]);
int v2v_vmdk_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err);

/* Where a sparse VMDK keeps its tables; the footer's word where it has one. */
struct v2v_vmdk {
	uint64_t capacity, grain; /* sectors */
	uint64_t directory;	  /* byte of the slice, inside it */
	uint64_t tables;	  /* entries of the directory */
	uint64_t redundant;	  /* byte of the second directory; 0: none */
	uint64_t overhead;	  /* byte at which the grains begin */
	uint64_t descriptor_size; /* bytes behind the header */
	bool has_zero_grains, is_compressed, has_markers;
	bool has_footer; /* a stream: every table has a marker of its own */
};

/* Markers of a stream have a size of 0 and one of these types. */
enum { V2V_VMDK_EOS, V2V_VMDK_TABLE, V2V_VMDK_DIRECTORY, V2V_VMDK_FOOTER };

/* Anything else than a sparse VMDK is left alone. */
int v2v_vmdk_walk_tables(const struct v2v_slice *slice, struct v2v_error *err);

int v2v_vmdk_read(const struct v2v_slice *slice, struct v2v_vmdk *ret_vmdk,
	struct v2v_error *err);

/* The descriptor that a sparse VMDK has in it, and maybe what follows it; the
 * caller's.  NULL where it has none, or no valid header. */
char *v2v_vmdk_embedded_text(
	const struct v2v_slice *slice, struct v2v_error *err);

/* Is it a VMDK's descriptor as a file of its own?  By its title alone where it
 * is longer than a descriptor can be. */
bool v2v_vmdk_is_text(const struct v2v_slice *slice);

/* Does it begin as a snapshot's difference on VMFS does (-delta.vmdk,
 * -sesparse.vmdk)? */
bool v2v_vmdk_is_delta(const struct v2v_slice *slice);

/* A VHD's magic is at its end, and at its beginning only where it is dynamic.
 */
bool v2v_vhd_is(const struct v2v_slice *slice);
int v2v_vhd_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err);

int v2v_vhdx_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err);

int v2v_vdi_check(const struct v2v_slice *slice, struct v2v_image *image,
	struct v2v_error *err);
#endif
