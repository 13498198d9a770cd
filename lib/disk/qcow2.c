/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One layer of a qcow2 (qemu: docs/interop/qcow2.txt): two levels of tables,
 * clusters that are plain or packed, each by itself. */
#include "disk/formats.h"
#include "image/bytes.h"

#define HEADER	       112
#define MAX_L1	       (32ULL << 20) /* bytes, as qemu allows */
#define INCOMPAT_DIRTY (1ULL << 0)
#define INCOMPAT_ZSTD  (1ULL << 3)
#define OFFSET_MASK    0x00fffffffffffe00ULL
#define IS_PACKED      (1ULL << 62)
#define IS_ZERO	       1ULL
#define NONE	       UINT64_MAX

struct qcow2 {
	struct v2v_reader reader;
	struct v2v_media media;
	unsigned bits; /* of a cluster's size */
	uint64_t cluster;
	bool has_zero_flag;
	enum v2v_packing packing;
	uint64_t l1_size; /* entries */
	unsigned char *l1, *l2;
	uint64_t held; /* which table @l2 is */
};

static int broken(const struct qcow2 *q, uint64_t at, const char *what,
	struct v2v_error *err)
{
	return v2v_fail(err, "image-table",
		"'%s': the qcow2's %s of byte %llu lies outside the file",
		q->media.slice.name, what, (unsigned long long)at);
}

static int load_table(struct qcow2 *q, uint64_t table, uint64_t at,
	bool *ret_is_there, struct v2v_error *err)
{
	uint64_t offset = be64(q->l1 + table * 8) & OFFSET_MASK;

	*ret_is_there = offset != 0;
	if (!offset || q->held == table)
		return 0;
	q->held = NONE;
	if (offset % q->cluster ||
		!v2v_slice_fits(&q->media.slice, offset, q->cluster))
		return broken(q, at, "table", err);
	if (v2v_slice_read(&q->media.slice, q->l2, q->cluster, offset, err) < 0)
		return -1;
	q->held = table;
	return 0;
}

static enum v2v_span_kind kind_of(const struct qcow2 *q, uint64_t entry)
{
	if (entry & IS_PACKED)
		return V2V_SPAN_DATA;
	if (q->has_zero_flag && entry & IS_ZERO)
		return V2V_SPAN_ZERO;
	return entry & OFFSET_MASK ? V2V_SPAN_DATA : V2V_SPAN_ABSENT;
}

/* How many clusters from @first on, of those before @end, are as the first. */
static uint64_t alike(const struct qcow2 *q, uint64_t first, uint64_t end)
{
	uint64_t entry = be64(q->l2 + first * 8), i = first + 1;
	enum v2v_span_kind kind = kind_of(q, entry);

	if (entry & IS_PACKED)
		return 1;
	for (; i < end; i++) {
		uint64_t next = be64(q->l2 + i * 8);

		if (kind_of(q, next) != kind || next & IS_PACKED)
			break;
		if (kind == V2V_SPAN_DATA &&
			(next & OFFSET_MASK) !=
				(entry & OFFSET_MASK) +
					(i - first) * q->cluster)
			break;
	}
	return i - first;
}

/* Where a packed cluster begins and how many bytes it may have: whole sectors,
 * the first counted from the beginning of its own. */
static void place_of(const struct qcow2 *q, uint64_t entry, uint64_t *ret_at,
	uint64_t *ret_size)
{
	unsigned shift = 62 - (q->bits - 8);
	uint64_t at = entry & ((1ULL << shift) - 1);
	uint64_t more = (entry & (IS_PACKED - 1)) >> shift;
	uint64_t size = (more + 1) * 512 - at % 512;

	*ret_at = at;
	*ret_size = size;
	/* The file may end with the last one, in the middle of a sector. */
	if (at < q->media.slice.size && size > q->media.slice.size - at)
		*ret_size = q->media.slice.size - at;
}

static int describe(const struct qcow2 *q, struct v2v_span *span,
	uint64_t entry, struct v2v_error *err)
{
	uint64_t in_cluster = span->at % q->cluster, at;

	span->kind = kind_of(q, entry);
	if (span->kind != V2V_SPAN_DATA)
		return 0;
	span->start = span->at - in_cluster;
	span->where = entry & OFFSET_MASK;
	if (entry & IS_PACKED) {
		span->where = entry;
		place_of(q, entry, &at, &span->stored);
		if (!v2v_slice_fits(&q->media.slice, at, 1))
			return broken(q, span->at, "cluster", err);
	} else if (span->where % q->cluster ||
		   !v2v_slice_fits(&q->media.slice, span->where,
			   in_cluster + span->length)) {
		return broken(q, span->at, "cluster", err);
	}
	return 0;
}

static int qcow2_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	struct qcow2 *q = (struct qcow2 *)reader;
	uint64_t per_table = q->cluster / 8;
	uint64_t cluster = at >> q->bits, table = cluster / per_table;
	uint64_t last = (limit - 1) >> q->bits, first = cluster % per_table;
	uint64_t end = per_table, n;
	bool is_there;

	if (load_table(q, table, at, &is_there, err) < 0)
		return -1;
	if (!is_there) {
		while (++table <= last / per_table &&
			!(be64(q->l1 + table * 8) & OFFSET_MASK))
			;
		n = table * per_table << q->bits;
		span->length = (n < limit ? n : limit) - at;
		return 0;
	}
	if (table == last / per_table)
		end = last % per_table + 1;
	n = (cluster + alike(q, first, end)) << q->bits;
	span->length = (n < limit ? n : limit) - at;
	return describe(q, span, be64(q->l2 + first * 8), err);
}

static int unpack(const struct qcow2 *q, const struct v2v_span *span,
	uint64_t ahead, unsigned char *out, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	uint64_t at, size;
	const unsigned char *in;
	size_t got;

	place_of(q, span->where, &at, &size);
	in = v2v_scratch_window(scratch, &q->media, at, size, ahead, err);
	if (!in)
		return -1;
	if (v2v_unpack_piece(
		    scratch, q->packing, in, size, out, q->cluster, &got) &&
		got == q->cluster)
		return 0;
	return v2v_fail(err, "image-data",
		"'%s': the cluster of byte %llu, at %llu of the image: its "
		"data are damaged",
		q->media.slice.name, (unsigned long long)span->start,
		(unsigned long long)at);
}

static int qcow2_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	const struct qcow2 *q = (const struct qcow2 *)reader;
	unsigned char *piece;
	bool is_cached;

	if (!(span->where & IS_PACKED))
		return v2v_media_read(&q->media, data, span->length,
			span->where + (span->at - span->start), err);
	if (span->at == span->start && span->length == q->cluster)
		return unpack(q, span, ahead, data, scratch, err);
	piece = v2v_scratch_piece(
		scratch, &q->media, span->where, q->cluster, &is_cached);
	if (!is_cached && unpack(q, span, ahead, piece, scratch, err) < 0)
		return -1;
	v2v_scratch_keep(scratch, &q->media);
	memcpy(data, piece + (span->at - span->start), span->length);
	return 0;
}

static void qcow2_free(struct v2v_reader *reader)
{
	struct qcow2 *q = (struct qcow2 *)reader;

	v2v_media_close(&q->media);
	free(q->l1);
	free(q->l2);
	free(q);
}

static const struct v2v_reader_ops qcow2_ops = {
	.name = "qcow2",
	.span = qcow2_span,
	.read = qcow2_read,
	.free = qcow2_free,
};

/* Does the header ask for nothing but what is known here? */
static bool is_plain(const unsigned char *h, bool is_layer)
{
	uint64_t incompat = be32(h + 4) >= 3 ? be64(h + 72) : 0;

	if (incompat & ~(INCOMPAT_DIRTY | INCOMPAT_ZSTD))
		return false;
	if (incompat & INCOMPAT_ZSTD && (be32(h + 100) < HEADER || h[104] != 1))
		return false;
	return is_layer || be64(h + 8) == 0;
}

static int load_l1(
	struct qcow2 *q, const unsigned char *h, struct v2v_error *err)
{
	uint64_t per_table = q->cluster / 8;
	uint64_t clusters = ceil_div(q->reader.size, q->cluster);

	q->l1_size = be32(h + 36);
	if (q->l1_size > MAX_L1 / 8 ||
		q->l1_size < ceil_div(clusters, per_table))
		return v2v_fail(err, "image-header",
			"'%s': the qcow2's first table has not the right size",
			q->media.slice.name);
	q->l1 = v2v_alloc(q->l1_size, 8);
	q->l2 = v2v_alloc(1, q->cluster);
	return v2v_slice_read(
		&q->media.slice, q->l1, q->l1_size * 8, be64(h + 40), err);
}

static int open_qcow2(struct qcow2 *q, struct v2v_error *err)
{
	struct v2v_backing backing CLEANUP_BACKING = { NULL, NULL };
	struct v2v_image image;
	unsigned char h[HEADER] = { 0 };

	if (v2v_qcow2_check(&q->media.slice, &image, &backing, err) < 0 ||
		v2v_slice_read(&q->media.slice, h, HEADER, 0, err) < 0)
		return -1;
	q->bits = be32(h + 20);
	q->cluster = 1ULL << q->bits;
	q->has_zero_flag = be32(h + 4) >= 3;
	if (q->has_zero_flag && be64(h + 72) & INCOMPAT_ZSTD)
		q->packing = V2V_ZSTD;
	q->reader.size = image.virtual_size;
	return load_l1(q, h, err);
}

int v2v_reader_qcow2(struct v2v_media *media, bool is_layer,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	unsigned char h[HEADER] = { 0 };
	struct qcow2 *q;

	if (v2v_slice_read(&media->slice, h, HEADER, 0, err) < 0) {
		v2v_media_close(media);
		return -1;
	}
	if (!is_plain(h, is_layer)) {
		v2v_media_close(media);
		return 0;
	}
	q = v2v_alloc(1, sizeof *q);
	q->reader.ops = &qcow2_ops;
	q->media = *media;
	q->packing = V2V_DEFLATE;
	q->held = NONE;
	*media = (struct v2v_media){ .is_cold = false };
	if (open_qcow2(q, err) < 0) {
		qcow2_free(&q->reader);
		return -1;
	}
	*ret_reader = &q->reader;
	return 0;
}
