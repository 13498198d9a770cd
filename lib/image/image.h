/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Untrusted disk images.  What the header says is read by
 * ourselves, and every reference to another file is refused, before qemu-img
 * or the appliance is given the image; the format is then stated, never probed.
 * The only maker of qemu's json: names.
 */
#ifndef V2V_IMAGE_H
#define V2V_IMAGE_H

#include "core/handle.h"
#include "model/overlays.h"
#include "model/source.h"

/* What an image's header says; the strings are literals. */
struct v2v_image {
	const char *format;    /* "raw" "qcow2" "vmdk" "vhd" "vhdx" "vdi" */
	const char *subformat; /* "streamOptimized" "monolithicSparse" "fixed"
				* "dynamic" "static"; NULL */
	uint64_t virtual_size; /* bytes */
};

/*
 * Read the header of the image that lies in @file from @offset on, @size bytes
 * long (@offset -1: the whole file).  @format (as in struct v2v_image)
 * must fit the header; NULL: found by the magic, and refused where that is
 * another format's.  @backing_chain: it may be the top of a chain of layers
 * (image/chain.h), of which all tables are checked, too.  Refused: any other
 * file named in the header, unknown features, tables outside the file.
 */
int v2v_image_check(const char *file, int64_t offset, int64_t size,
	const char *format, bool backing_chain, struct v2v_image *ret_image,
	struct v2v_error *err);

/*
 * Walk the tables of a sparse VMDK or a qcow2 (@format as in struct v2v_image;
 * anything else is left alone, its tables belong to the check of its header): a
 * table, grain or cluster outside @size bytes from @offset on, one that lies
 * over another, and an entry that the format has no meaning for are the error
 * "image-table".  Slower than the check of the header: up to half a second for
 * 2 TiB that are all there.
 */
int v2v_image_check_tables(const char *file, int64_t offset, int64_t size,
	const char *format, struct v2v_error *err);

/* Copy the grains of a sparse extent, of a VMDK whose descriptor is another
 * file, into a file that has zeros there; header and tables are checked first.
 * @size: bytes of the disk, as the descriptor says. */
struct v2v_extent_target {
	int fd;
	const char *name;
	uint64_t at, size; /* bytes */
};
int v2v_image_copy_extent(struct v2v *v, const char *file, int64_t offset,
	int64_t size, const struct v2v_extent_target *to,
	struct v2v_error *err);

/* 1, and the text (the caller's, *@ret_size bytes and a NUL), where it is the
 * descriptor of a VMDK whose data is in other files; 0 where it is none. */
int v2v_image_read_descriptor(const char *file, int64_t offset, int64_t size,
	char **ret_text, size_t *ret_size, struct v2v_error *err);

/* The format where the file begins (a VHD: or ends) like one ("vmdk" for its
 * text descriptor too), else "raw"; a literal.  NULL where it cannot be read.
 */
const char *v2v_image_format(const char *file, struct v2v_error *err);

/* The format that an image's first @size bytes (512 or more) say, a literal, or
 * NULL; a raw disk and a VHD of fixed size say nothing.  *@ret_virtual_size:
 * bytes, UINT64_MAX where they do not say. */
const char *v2v_image_start(
	const void *start, size_t size, uint64_t *ret_virtual_size);

/* qemu's name for the format of a document: "vpc" for "vhd". */
const char *v2v_image_driver(const char *format);

/* The same of a disk with a file; one that qemu does not know where qemu cannot
 * read the disk's layers, or would take them for others. */
const char *v2v_image_disk_driver(const struct v2v_disk *disk);

/* v2v_image_check() of a source disk that has a file; the virtual size must
 * be the document's. */
int v2v_image_check_disk(const struct v2v_disk *disk, struct v2v_error *err);

/* The same of a disk that v2v-copy made, which may be a block device: raw, as
 * large as the disk or larger, not mounted. */
int v2v_image_check_copy(const struct v2v_disk *disk, struct v2v_error *err);

/* 0 where nobody has the device, or a partition of it, mounted or in a volume
 * group or the like; else -1, "image-in-use".  Not while we read it. */
int v2v_image_check_free_device(const char *file, struct v2v_error *err);

/* Open it so that it stays free until it is closed; else -1, the same. */
int v2v_image_open_free_device(const char *file, struct v2v_error *err);

/* Are these one file, or one device? */
bool v2v_image_is_same(const char *a, const char *b);

/* Can the disk's image be written where it lies?  Else -1, "not-in-place". */
int v2v_image_check_in_place(
	const struct v2v_disk *disk, struct v2v_error *err);

/* 0 where no qemu has @file open (so far as its locks say, and it can be
 * written); else -1, "image-in-use". */
int v2v_image_check_unused(const char *file, struct v2v_error *err);

/*
 * Take the locks of a qemu that reads @fd, which is @file open for reading, and
 * wants nobody else to write it; @writes: of one that writes it, too.  They end
 * with v2v_image_unlock(), or when all copies of @fd are closed.  Fails with
 * "image-in-use"; a filesystem without locks has none to give.
 */
int v2v_image_lock(
	int fd, const char *file, bool writes, struct v2v_error *err);
void v2v_image_unlock(int fd);

/* v2v_image_check_unused(), but wait for it up to @pauses times a tenth of a
 * second: the qemu of a step that was killed ends a while after it. */
int v2v_image_wait_unused(struct v2v *v, const char *file, unsigned pauses,
	struct v2v_error *err);

/* qemu's name of a source disk: "json:{...}", every layer's driver stated, no
 * backing file unless the user allowed one.  The caller frees.  The disk must
 * have a file and be checked. */
char *v2v_image_disk_name(const struct v2v_disk *disk);

/*
 * Make the file that is open as @fd a qcow2 (compat 1.1) of the disk's virtual
 * size over the source disk, backing format stated; over nothing where the disk
 * is blank.  @name is for errors.  Checks the disk first.
 */
int v2v_image_make_overlay(const struct v2v_disk *disk, int fd,
	const char *name, struct v2v_error *err);

/* 0 where @file is not there, or is an overlay over this very source disk (of a
 * blank one: over nothing); else -1 and the error "file-exists". */
int v2v_image_may_overlay(
	const struct v2v_disk *disk, const char *file, struct v2v_error *err);

/*
 * Whether what is open as @fd is what the document says of @overlay: a qcow2 of
 * the size of @disk, without a data file, over the very file, or the very part
 * of a file, in the very format that the source has (of a blank disk: over
 * nothing); else "overlay-mismatch".  The source itself is checked by
 * v2v_image_check_disk().
 */
int v2v_image_check_overlay(int fd, const struct v2v_overlay *overlay,
	const struct v2v_disk *disk, struct v2v_error *err);
#endif
