/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One layer of a qcow2 (qemu: docs/interop/qcow2.txt): two levels of tables,
 * clusters that are plain or packed, each by itself. */
#include "image/qcow2.h"
#include "disk/formats.h"
#include "image/bytes.h"

#define OFFSET	  V2V_QCOW2_OFFSET
#define IS_PACKED V2V_QCOW2_IS_PACKED
#define IS_ZERO	  V2V_QCOW2_IS_ZERO
#define NONE	  UINT64_MAX

struct qcow2 {
	struct v2v_reader reader;
	struct v2v_media media;
	struct v2v_qcow2 about;
	unsigned bits; /* of a cluster's size */
	uint64_t cluster;
	enum v2v_packing packing;
	unsigned char *l1, *l2;
	uint64_t held; /* which table @l2 is */
};

static int broken(const struct qcow2 *q, uint64_t at, const char *what,
	struct v2v_error *err)
{
	return v2v_fail(err, "image-table",
		"'%s': the qcow2's %s of byte %llu lies outside the file, or "
		"not where a cluster begins",
		q->media.slice.name, what, (unsigned long long)at);
}

static int load_table(struct qcow2 *q, uint64_t table, uint64_t at,
	bool *ret_is_there, struct v2v_error *err)
{
	uint64_t entry = be64(q->l1 + table * 8), offset = entry & OFFSET;

	*ret_is_there = entry != 0;
	if (!entry || q->held == table)
		return 0;
	q->held = NONE;
	if (!v2v_qcow2_l1_is_well(&q->about, entry) ||
		!v2v_slice_fits(&q->media.slice, offset, q->cluster))
		return broken(q, at, "table", err);
	if (v2v_slice_read(&q->media.slice, q->l2, q->cluster, offset, err) < 0)
		return -1;
	q->held = table;
	return 0;
}

static enum v2v_span_kind kind_of(uint64_t entry)
{
	if (entry & IS_PACKED)
		return V2V_SPAN_DATA;
	if (entry & IS_ZERO)
		return V2V_SPAN_ZERO;
	return entry & OFFSET ? V2V_SPAN_DATA : V2V_SPAN_ABSENT;
}

/* How many clusters from @first on, of those before @end, are as the first. */
static uint64_t alike(const struct qcow2 *q, uint64_t first, uint64_t end)
{
	uint64_t entry = be64(q->l2 + first * 8), i = first + 1;
	enum v2v_span_kind kind = kind_of(entry);

	if (entry & IS_PACKED)
		return 1;
	for (; i < end; i++) {
		uint64_t next = be64(q->l2 + i * 8);

		if (kind_of(next) != kind || next & IS_PACKED ||
			!v2v_qcow2_l2_is_well(&q->about, next))
			break;
		if (kind == V2V_SPAN_DATA &&
			(next & OFFSET) !=
				(entry & OFFSET) + (i - first) * q->cluster)
			break;
	}
	return i - first;
}

/* Where a packed cluster begins, and how many bytes it may have: the file may
 * end with the last one, in the middle of a sector. */
static void place_of(const struct qcow2 *q, uint64_t entry, uint64_t *ret_at,
	uint64_t *ret_size)
{
	uint64_t at = v2v_qcow2_packed_at(&q->about, entry);
	uint64_t size = v2v_qcow2_packed_size(&q->about, entry);

	*ret_at = at;
	*ret_size = size;
	if (at < q->media.slice.size && size > q->media.slice.size - at)
		*ret_size = q->media.slice.size - at;
}

static int describe(const struct qcow2 *q, struct v2v_span *span,
	uint64_t entry, struct v2v_error *err)
{
	uint64_t in_cluster = span->at % q->cluster, at;

	span->kind = kind_of(entry);
	if (!v2v_qcow2_l2_is_well(&q->about, entry))
		return broken(q, span->at, "cluster", err);
	if (span->kind != V2V_SPAN_DATA)
		return 0;
	span->start = span->at - in_cluster;
	span->where = entry & OFFSET;
	if (entry & IS_PACKED) {
		span->where = entry;
		place_of(q, entry, &at, &span->stored);
		if (!v2v_slice_fits(&q->media.slice, at, 1))
			return broken(q, span->at, "cluster", err);
	} else if (!v2v_slice_fits(&q->media.slice, span->where,
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
		while (++table <= last / per_table && !be64(q->l1 + table * 8))
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

static int open_qcow2(struct qcow2 *q, struct v2v_error *err)
{
	const struct v2v_qcow2 *about = &q->about;

	q->reader = (struct v2v_reader){ &qcow2_ops, about->size };
	q->bits = about->bits;
	q->cluster = about->cluster;
	q->packing = about->is_zstd ? V2V_ZSTD : V2V_DEFLATE;
	q->held = NONE;
	q->l1 = v2v_alloc(about->l1_size, 8);
	q->l2 = v2v_alloc(1, q->cluster);
	return v2v_slice_read(
		&q->media.slice, q->l1, about->l1_size * 8, about->l1, err);
}

int v2v_reader_qcow2(struct v2v_media *media, bool is_layer,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	struct v2v_backing backing CLEANUP_BACKING = { NULL, NULL };
	struct v2v_qcow2 about;
	struct qcow2 *q;

	if (v2v_qcow2_read(&media->slice, &about, &backing.format, err) < 0) {
		v2v_media_close(media);
		return -1;
	}
	if (about.has_subclusters || (about.backing && !is_layer)) {
		v2v_media_close(media);
		return 0;
	}
	q = v2v_alloc(1, sizeof *q);
	q->media = *media;
	q->about = about;
	*media = (struct v2v_media){ .is_cold = false };
	if (open_qcow2(q, err) < 0) {
		qcow2_free(&q->reader);
		return -1;
	}
	*ret_reader = &q->reader;
	return 0;
}
