/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The readers that v2v_reader_open() chooses from. */
#ifndef V2V_DISK_FORMATS_H
#define V2V_DISK_FORMATS_H

#include "disk/reader.h"

/* Each takes @media over, also where it fails, and empties it. */

/* Bytes as they are; holes of the file are zeros.  @size: the guest's, the
 * slice's or a sector's rest more. */
int v2v_reader_raw(struct v2v_media *media, uint64_t size,
	struct v2v_reader **ret_reader, struct v2v_error *err);

/* A sparse VMDK whose grains are plain, or packed behind markers; its header
 * and tables are checked.  *@ret_reader stays NULL where it is neither. */
int v2v_reader_vmdk(struct v2v *v, struct v2v_media *media,
	struct v2v_reader **ret_reader, struct v2v_error *err);

/*
 * Whether the tables of a sparse VMDK agree with themselves: with their second
 * copy, with the room that plain grains take, with the descriptor (else a
 * warning each, "image-redundant", "image-unused", "image-capacity"); and
 * whether those of a stream have the markers that they should.
 */
int v2v_vmdk_check_tables(struct v2v *v, const struct v2v_slice *slice,
	const struct v2v_vmdk *about, struct v2v_error *err);

/* One layer of a qcow2, packed clusters too; what lies in a backing file is
 * absent.  *@ret_reader stays NULL where it has features that are not known
 * here, and, unless @is_layer, a backing file. */
int v2v_reader_qcow2(struct v2v_media *media, bool is_layer,
	struct v2v_reader **ret_reader, struct v2v_error *err);

/* @top over @below, which may be NULL; both are taken over. */
struct v2v_reader *v2v_reader_layers(
	struct v2v_reader *top, struct v2v_reader *below, uint64_t size);
/* The same of two layers of the source: there is no overlay. */
struct v2v_reader *v2v_reader_stack(
	struct v2v_reader *top, struct v2v_reader *below, uint64_t size);

/* A vmfsSparse or seSparse extent, whose tables were walked. */
int v2v_reader_delta(struct v2v_media *media, struct v2v_reader **ret_reader,
	struct v2v_error *err);

/* A layer that is a VHD or a VHDX, whose tables were walked; what is not in a
 * difference is absent. */
int v2v_reader_blocks(struct v2v_media *media, bool is_vhdx,
	struct v2v_reader **ret_reader, struct v2v_error *err);

/* Nothing at first; each @part, which is taken over (NULL: zeros), gets the
 * @size bytes behind the last one. */
struct v2v_reader *v2v_reader_joined(void);
void v2v_reader_join(
	struct v2v_reader *reader, struct v2v_reader *part, uint64_t size);

/* A disk's layers, as v2v_disk_chain_prove() found them.  *@ret_reader stays
 * NULL where a layer has no reader here. */
int v2v_reader_chain(struct v2v *v, const struct v2v_list *layers,
	struct v2v_reader **ret_reader, struct v2v_error *err);

/* Anything that qemu reads: @name and @format as lib/image makes them.  @fd:
 * the file that qemu is handed and that @name means, as V2V_QEMU_FILE; -1:
 * @name names one. */
#define V2V_QEMU_FILE "/proc/self/fd/3"
int v2v_reader_qemu(struct v2v *v, const char *name, const char *format, int fd,
	unsigned threads, struct v2v_reader **ret_reader,
	struct v2v_error *err);

/* The same for writing too, through *@ret_nbd, which is the reader's. */
struct v2v_nbd;
int v2v_reader_qemu_writable(struct v2v *v, const char *name,
	const char *format, int fd, struct v2v_reader **ret_reader,
	struct v2v_nbd **ret_nbd, struct v2v_error *err);

/* What an NBD server has; @uri as libnbd wants it. */
int v2v_reader_nbd(const struct v2v *v, const char *uri, unsigned threads,
	struct v2v_reader **ret_reader, struct v2v_error *err);
#endif
