/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A qcow2's clusters, tables and counts (qemu: docs/interop/qcow2.txt). */
#include "disk/overlay-writer.h"

#include "core/file.h"
#include "disk/layout.h"
#include "image/bytes.h"
#include "image/qcow2.h"

#define NONE UINT64_MAX

struct v2v_overlay_writer {
	int fd;
	const char *name;
	struct v2v_qcow2 about;
	uint64_t next;	/* the first free cluster of the file */
	uint64_t table; /* which table is held; NONE */
	uint64_t place; /* its cluster of the file */
	uint64_t last;	/* the cluster of the disk that was added last; NONE */
	unsigned char entries[V2V_CLUSTER];
};

int v2v_overlay_writer_new(int fd, const char *name,
	struct v2v_overlay_writer **ret_writer, struct v2v_error *err)
{
	struct v2v_overlay_writer *w = v2v_alloc(1, sizeof *w);
	struct v2v_slice slice = { fd, name, 0, 0 };
	CLEANUP_FREE char *format = NULL;
	off_t size = lseek(fd, 0, SEEK_END);

	*w = (struct v2v_overlay_writer){
		.fd = fd, .name = name, .table = NONE, .last = NONE
	};
	slice.size = size < 0 ? 0 : (uint64_t)size;
	w->next = slice.size / V2V_CLUSTER;
	if (v2v_qcow2_read(&slice, &w->about, &format, err) < 0 ||
		w->about.cluster != V2V_CLUSTER) {
		v2v_fail(err, "internal", "'%s' is not an overlay of ours",
			name);
		v2v_overlay_writer_free(w);
		return -1;
	}
	*ret_writer = w;
	return 0;
}

void v2v_overlay_writer_free(struct v2v_overlay_writer *writer)
{
	free(writer);
}

static int put(const struct v2v_overlay_writer *w, const void *data,
	size_t size, uint64_t at, struct v2v_error *err)
{
	return v2v_pwrite_all(w->fd, w->name, data, size, at, err);
}

/* The table that is held is complete: nothing below is added any more. */
static int put_table(struct v2v_overlay_writer *w, struct v2v_error *err)
{
	unsigned char entry[8];

	if (w->table == NONE)
		return 0;
	put_be64(entry, w->place * V2V_CLUSTER | V2V_QCOW2_IS_ONE);
	if (put(w, w->entries, V2V_CLUSTER, w->place * V2V_CLUSTER, err) < 0 ||
		put(w, entry, sizeof entry, w->about.l1 + w->table * 8, err) <
			0)
		return -1;
	w->table = NONE;
	return 0;
}

static int map(struct v2v_overlay_writer *w, uint64_t cluster, uint64_t entry,
	struct v2v_error *err)
{
	if (cluster >= ceil_div(w->about.size, V2V_CLUSTER) ||
		(w->last != NONE && cluster <= w->last))
		return v2v_fail(err, "internal", "cluster %llu of '%s'",
			(unsigned long long)cluster, w->name);
	w->last = cluster;
	if (w->table != cluster / V2V_PER_L2) {
		if (put_table(w, err) < 0)
			return -1;
		w->table = cluster / V2V_PER_L2;
		w->place = w->next++;
		memset(w->entries, 0, V2V_CLUSTER);
	}
	put_be64(w->entries + cluster % V2V_PER_L2 * 8, entry);
	return 0;
}

int v2v_overlay_writer_data(struct v2v_overlay_writer *w, uint64_t cluster,
	const void *data, struct v2v_error *err)
{
	uint64_t place = w->next++;

	if (put(w, data, V2V_CLUSTER, place * V2V_CLUSTER, err) < 0)
		return -1;
	return map(w, cluster, place * V2V_CLUSTER | V2V_QCOW2_IS_ONE, err);
}

int v2v_overlay_writer_zero(
	struct v2v_overlay_writer *w, uint64_t cluster, struct v2v_error *err)
{
	return map(w, cluster, V2V_QCOW2_IS_ZERO, err);
}

/* Which cluster of the file has the @i-th block of counts: the first is there,
 * the others follow the data. */
static uint64_t block_place(
	const struct v2v_overlay_writer *w, uint64_t first, uint64_t i)
{
	return i ? w->next + i - 1 : first;
}

/* Every cluster of the file is counted once. */
static int put_counts(struct v2v_overlay_writer *w, uint64_t first,
	uint64_t blocks, uint64_t all, struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *table = v2v_alloc(blocks, 8);
	CLEANUP_FREE unsigned char *counts = v2v_alloc(1, V2V_CLUSTER);

	for (uint64_t i = 0; i < blocks; i++) {
		uint64_t left = all - i * V2V_PER_BLOCK;
		uint64_t place = block_place(w, first, i) * V2V_CLUSTER;

		memset(counts, 0, V2V_CLUSTER);
		for (uint64_t j = 0; j < left && j < V2V_PER_BLOCK; j++)
			counts[j * 2 + 1] = 1;
		if (put(w, counts, V2V_CLUSTER, place, err) < 0)
			return -1;
		put_be64(table + i * 8, place);
	}
	return put(w, table, blocks * 8, w->about.refcounts, err);
}

int v2v_overlay_writer_finish(
	struct v2v_overlay_writer *w, struct v2v_error *err)
{
	uint64_t first, blocks = 1, all;
	unsigned char entry[8];

	if (put_table(w, err) < 0 ||
		v2v_pread_all(w->fd, w->name, entry, sizeof entry,
			w->about.refcounts, err) < 0)
		return -1;
	first = be64(entry) / V2V_CLUSTER;
	while ((all = w->next + blocks - 1) > blocks * V2V_PER_BLOCK)
		blocks++;
	if (blocks * 8 > w->about.refcounts_size)
		return v2v_fail(err, "image-size",
			"'%s': more than an overlay can hold", w->name);
	if (put_counts(w, first, blocks, all, err) < 0)
		return -1;
	if (ftruncate(w->fd, (off_t)(all * V2V_CLUSTER)) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", w->name);
	return 0;
}
