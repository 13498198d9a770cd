/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An empty qcow2 (qemu: docs/interop/qcow2.txt): header, refcount table, one
 * refcount block, and a first table of nothing but holes. */
#include "core/file.h"
#include "image/bytes.h"
#include "image/headers.h"

#define BITS		   16
#define CLUSTER		   (1ULL << BITS)
#define HEADER		   112
#define EXT_BACKING_FORMAT 0xe2792acaU
#define MAX_NAME	   1023 /* of a backing file, bytes */
#define HEADER_ROOM	   2048
#define MAX_L1		   (32ULL << 20) /* bytes, as qemu allows */
#define FIRST_TABLE	   3		 /* clusters before it */

/* Header, extensions, the backing file's name: at most HEADER_ROOM bytes. */
static void fill_header(unsigned char *h, uint64_t size, uint64_t l1_entries,
	const struct v2v_backing *backing)
{
	size_t at = HEADER, length;

	memcpy(h, "QFI\xfb", 4);
	put_be32(h + 4, 3);
	put_be32(h + 20, BITS);
	put_be64(h + 24, size);
	put_be32(h + 36, (uint32_t)l1_entries);
	put_be64(h + 40, FIRST_TABLE * CLUSTER);
	put_be64(h + 48, CLUSTER);
	put_be32(h + 56, 1); /* clusters of the refcount table */
	put_be32(h + 96, 4); /* refcounts of 2^4 bits */
	put_be32(h + 100, HEADER);
	if (!backing->name)
		return;
	length = strlen(backing->format);
	put_be32(h + at, EXT_BACKING_FORMAT);
	put_be32(h + at + 4, (uint32_t)length);
	memcpy(h + at + 8, backing->format, length);
	/* The next extension is the end, which is zeros. */
	at += 8 + (length + 7) / 8 * 8 + 8;
	length = strlen(backing->name);
	put_be64(h + 8, at);
	put_be32(h + 16, (uint32_t)length);
	memcpy(h + at, backing->name, length);
}

static int put(int fd, const char *name, const unsigned char *data,
	uint64_t size, uint64_t at, struct v2v_error *err)
{
	return v2v_pwrite_sparse(
		fd, name, (const char *)data, size, at * CLUSTER, err);
}

int v2v_qcow2_write_empty(int fd, const char *name, uint64_t size,
	const struct v2v_backing *backing, struct v2v_error *err)
{
	uint64_t l1_entries = ceil_div(size, CLUSTER * (CLUSTER / 8));
	uint64_t clusters = FIRST_TABLE + ceil_div(l1_entries * 8, CLUSTER);
	CLEANUP_FREE unsigned char *block = NULL, *header = NULL;
	unsigned char table[8];

	if (l1_entries > MAX_L1 / 8)
		return v2v_fail(err, "image-size",
			"'%s': a disk of %llu bytes is too large for a qcow2",
			name, (unsigned long long)size);
	if (backing->name && strlen(backing->name) > MAX_NAME)
		return v2v_fail(err, "image-backing",
			"'%s': the name of the disk below it is longer than a "
			"qcow2 can hold: %s",
			name, backing->name);
	if (ftruncate(fd, 0) < 0 ||
		ftruncate(fd, (off_t)(clusters * CLUSTER)) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", name);
	block = v2v_alloc(1, CLUSTER);
	header = v2v_alloc(1, HEADER_ROOM);
	for (uint64_t i = 0; i < clusters; i++)
		block[i * 2 + 1] = 1;
	put_be64(table, 2 * CLUSTER);
	fill_header(header, size, l1_entries, backing);
	if (put(fd, name, block, CLUSTER, 2, err) < 0 ||
		put(fd, name, table, sizeof table, 1, err) < 0)
		return -1;
	return put(fd, name, header, HEADER_ROOM, 0, err);
}
