/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header, and the tables of a qcow2 that is mapped from end to end. */
#include "copy/qcow2-tables.h"

#include "image/bytes.h"

#define HEADER	      112
#define INCOMPAT_ZSTD (1ULL << 3)

int v2v_qcow2_write_header(const struct v2v_sink *sink, uint64_t size,
	const struct v2v_layout *layout, bool is_zstd, struct v2v_error *err)
{
	/* The rest of it: extensions, of which the first is the last. */
	unsigned char h[HEADER + 8] = "QFI\xfb";

	put_be32(h + 4, 3);
	put_be32(h + 20, 16); /* bits of a cluster's size */
	put_be64(h + 24, size);
	put_be32(h + 36, (uint32_t)layout->l1_entries);
	put_be64(h + 40, (1 + layout->refcount_table) * V2V_CLUSTER);
	put_be64(h + 48, V2V_CLUSTER);
	put_be32(h + 56, (uint32_t)layout->refcount_table);
	put_be64(h + 72, is_zstd ? INCOMPAT_ZSTD : 0);
	put_be32(h + 96, 4); /* refcounts of 2^4 bits */
	put_be32(h + 100, HEADER);
	h[104] = is_zstd;
	return v2v_sink_pwrite(sink, 0, h, sizeof h, err);
}

/* Behind the first table: refcount blocks, L2 tables, data. */
struct full {
	struct v2v_layout layout;
	uint64_t blocks, base, all; /* clusters */
};

static void full_of(uint64_t size, struct full *full)
{
	struct v2v_layout *l = &full->layout;

	v2v_layout_of(size, l);
	full->all = v2v_layout_clusters(l, l->data, l->l1_entries);
	full->blocks = full->all - l->start - l->data - l->l1_entries;
	full->base = l->start + full->blocks + l->l1_entries;
}

uint64_t v2v_qcow2_full_base(uint64_t size)
{
	struct full full;

	full_of(size, &full);
	return full.base * V2V_CLUSTER;
}

/* A table of @count entries that go up from @first by a cluster. */
static int write_table(const struct v2v_sink *sink, uint64_t cluster,
	uint64_t first, uint64_t count, uint64_t flags, struct v2v_error *err)
{
	unsigned char entries[8192];
	uint64_t at = cluster * V2V_CLUSTER;

	while (count) {
		uint64_t n = count < 1024 ? count : 1024;

		for (uint64_t i = 0; i < n; i++)
			put_be64(entries + i * 8,
				(first + i) * V2V_CLUSTER | flags);
		if (v2v_sink_pwrite(sink, at, entries, n * 8, err) < 0)
			return -1;
		at += n * 8;
		first += n;
		count -= n;
	}
	return 0;
}

/* Every cluster of the file is counted once. */
static int write_refcounts(const struct v2v_sink *sink, const struct full *full,
	struct v2v_error *err)
{
	CLEANUP_FREE unsigned char *ones = v2v_alloc(1, V2V_CLUSTER);

	for (size_t i = 1; i < V2V_CLUSTER; i += 2)
		ones[i] = 1;
	for (uint64_t i = 0; i < full->blocks; i++) {
		uint64_t left = full->all - i * V2V_PER_BLOCK;
		uint64_t n = left < V2V_PER_BLOCK ? left : V2V_PER_BLOCK;

		/* The last counts can fall into a block that was reckoned
		 * with and is not needed. */
		if (full->all <= i * V2V_PER_BLOCK)
			n = 0;
		if (v2v_sink_pwrite(sink,
			    (full->layout.start + i) * V2V_CLUSTER, ones, n * 2,
			    err) < 0)
			return -1;
	}
	return write_table(sink, 1, full->layout.start, full->blocks, 0, err);
}

int v2v_qcow2_write_full(
	const struct v2v_sink *sink, uint64_t size, struct v2v_error *err)
{
	struct full full;
	uint64_t l2;

	full_of(size, &full);
	l2 = full.layout.start + full.blocks;
	for (uint64_t i = 0; i < full.layout.l1_entries; i++) {
		uint64_t first = i * V2V_PER_L2;
		uint64_t left = full.layout.data - first;

		if (write_table(sink, l2 + i, full.base + first,
			    left < V2V_PER_L2 ? left : V2V_PER_L2,
			    V2V_QCOW2_COPIED, err) < 0)
			return -1;
	}
	if (write_table(sink, 1 + full.layout.refcount_table, l2,
		    full.layout.l1_entries, V2V_QCOW2_COPIED, err) < 0 ||
		write_refcounts(sink, &full, err) < 0)
		return -1;
	return v2v_qcow2_write_header(sink, size, &full.layout, false, err);
}
