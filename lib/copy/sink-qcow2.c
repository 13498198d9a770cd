/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A qcow2 laid out by ourselves: clusters one behind the other as they come,
 * plain or packed, tables in between.  Of the tables only those at which the
 * copy works are held in memory.
 */
#include "copy/batch.h"
#include "copy/qcow2-tables.h"

#include <endian.h>
#include <pthread.h>

#define TABLES	     4 /* L2 tables that are held: the copy goes up */
#define SECTOR	     512
#define PACKED_SHIFT 54 /* of the sectors in an entry: 62 - (16 - 8) */
#define NONE	     UINT64_MAX

struct table {
	uint64_t index;		      /* NONE: free */
	uint64_t used;		      /* when */
	uint64_t entries[V2V_PER_L2]; /* as they are in the file */
};

struct qcow2 {
	struct v2v_sink sink;
	uint64_t size;
	struct v2v_layout layout;
	const char *packing;		/* NULL: none */
	pthread_mutex_t lock;		/* of all below */
	uint64_t *l1;			/* as they are in the file */
	uint64_t *blocks;		/* the refcount table, too */
	uint64_t next;			/* the first free byte of the file */
	uint64_t block;			/* which refcount block is held */
	uint16_t counts[V2V_PER_BLOCK]; /* it; as numbers of this machine */
	struct table tables[TABLES];
	uint64_t clock;
};

static int write_block(struct qcow2 *q, struct v2v_error *err)
{
	CLEANUP_FREE uint16_t *block = v2v_alloc(V2V_PER_BLOCK, 2);

	for (size_t i = 0; i < V2V_PER_BLOCK; i++)
		block[i] = htobe16(q->counts[i]);
	return v2v_sink_pwrite(&q->sink, be64toh(q->blocks[q->block]), block,
		V2V_CLUSTER, err);
}

static void count(struct qcow2 *q, uint64_t cluster)
{
	q->counts[cluster % V2V_PER_BLOCK]++;
}

/* The clusters of the next refcount block begin with the block itself. */
static int next_block(struct qcow2 *q, struct v2v_error *err)
{
	uint64_t cluster = (q->block + 1) * V2V_PER_BLOCK;

	if (write_block(q, err) < 0)
		return -1;
	q->block++;
	memset(q->counts, 0, sizeof q->counts);
	q->blocks[q->block] = htobe64(cluster * V2V_CLUSTER);
	count(q, cluster);
	q->next = (cluster + 1) * V2V_CLUSTER;
	return 0;
}

/* Room for @want clusters, or for the first *@ret_got of them.  Locked. */
static int take_clusters(struct qcow2 *q, uint64_t want, uint64_t *ret_at,
	uint64_t *ret_got, struct v2v_error *err)
{
	uint64_t end = (q->block + 1) * V2V_PER_BLOCK;
	uint64_t first = (q->next + V2V_CLUSTER - 1) / V2V_CLUSTER;

	if (first == end) {
		if (next_block(q, err) < 0)
			return -1;
		first = end + 1;
		end += V2V_PER_BLOCK;
	}
	*ret_got = want < end - first ? want : end - first;
	*ret_at = first * V2V_CLUSTER;
	q->next = *ret_at + *ret_got * V2V_CLUSTER;
	for (uint64_t i = 0; i < *ret_got; i++)
		count(q, first + i);
	return 0;
}

/* Room for packed clusters, anywhere, but all counted by one block.  Each of
 * them counts in each cluster that it touches.  Locked. */
static int take_bytes(struct qcow2 *q, const uint32_t *sizes, size_t n,
	uint64_t *ret_at, struct v2v_error *err)
{
	uint64_t end = (q->block + 1) * V2V_PER_BLOCK * V2V_CLUSTER;
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += sizes[i];
	if (q->next + total > end && next_block(q, err) < 0)
		return -1;
	*ret_at = q->next;
	for (size_t i = 0; i < n; i++) {
		uint64_t last = (q->next + sizes[i] - 1) / V2V_CLUSTER;

		for (uint64_t c = q->next / V2V_CLUSTER; c <= last; c++)
			count(q, c);
		q->next += sizes[i];
	}
	return 0;
}

static int put_away(struct qcow2 *q, struct table *table, struct v2v_error *err)
{
	uint64_t at;

	if (table->index == NONE)
		return 0;
	at = be64toh(q->l1[table->index]) & ~V2V_QCOW2_COPIED;
	return v2v_sink_pwrite(&q->sink, at, table->entries, V2V_CLUSTER, err);
}

static int fetch(struct qcow2 *q, struct table *table, uint64_t index,
	struct v2v_error *err)
{
	uint64_t at, got;

	table->index = NONE;
	if (q->l1[index]) {
		at = be64toh(q->l1[index]) & ~V2V_QCOW2_COPIED;
		if (pread(q->sink.fd, table->entries, V2V_CLUSTER, (off_t)at) !=
			(ssize_t)V2V_CLUSTER)
			return v2v_fail_errno(
				err, "cannot read '%s'", q->sink.name);
	} else {
		if (take_clusters(q, 1, &at, &got, err) < 0)
			return -1;
		q->l1[index] = htobe64(at | V2V_QCOW2_COPIED);
		memset(table->entries, 0, V2V_CLUSTER);
	}
	table->index = index;
	return 0;
}

/* The table that maps this cluster; the one not used for longest makes room.
 * Locked. */
static struct table *table_of(
	struct qcow2 *q, uint64_t cluster, struct v2v_error *err)
{
	uint64_t index = cluster / V2V_PER_L2;
	struct table *oldest = &q->tables[0];

	q->clock++;
	for (size_t i = 0; i < TABLES; i++) {
		struct table *table = &q->tables[i];

		if (table->index == index) {
			table->used = q->clock;
			return table;
		}
		if (table->used < oldest->used)
			oldest = table;
	}
	if (put_away(q, oldest, err) < 0 || fetch(q, oldest, index, err) < 0)
		return NULL;
	oldest->used = q->clock;
	return oldest;
}

static int map(struct qcow2 *q, uint64_t cluster, uint64_t entry,
	struct v2v_error *err)
{
	struct table *table = table_of(q, cluster, err);

	if (!table)
		return -1;
	table->entries[cluster % V2V_PER_L2] = htobe64(entry);
	return 0;
}

/* The disk's last cluster is filled up: the file is its own length at the end.
 */
static int write_plain(struct qcow2 *q, uint64_t at, const unsigned char *data,
	uint64_t size, struct v2v_error *err)
{
	while (size) {
		uint64_t want = (size + V2V_CLUSTER - 1) / V2V_CLUSTER;
		uint64_t cluster = at / V2V_CLUSTER, place, got, n;
		int r;

		pthread_mutex_lock(&q->lock);
		r = take_clusters(q, want, &place, &got, err);
		for (uint64_t i = 0; r == 0 && i < got; i++)
			r = map(q, cluster + i,
				(place + i * V2V_CLUSTER) | V2V_QCOW2_COPIED,
				err);
		pthread_mutex_unlock(&q->lock);
		n = got * V2V_CLUSTER < size ? got * V2V_CLUSTER : size;
		if (r < 0 || v2v_sink_pwrite(&q->sink, place, data, n, err) < 0)
			return -1;
		v2v_sink_push(&q->sink, place, n);
		at += n;
		data += n;
		size -= n;
	}
	return 0;
}

/* What packed clusters are adjacent, and where they belong. */
struct packed {
	uint64_t first; /* cluster of the disk */
	size_t count;
	uint32_t sizes[V2V_BATCH];
	const unsigned char *data;
};

static int write_packed(
	struct qcow2 *q, const struct packed *p, struct v2v_error *err)
{
	uint64_t place, at, total = 0;
	int r;

	if (!p->count)
		return 0;
	pthread_mutex_lock(&q->lock);
	r = take_bytes(q, p->sizes, p->count, &place, err);
	for (size_t i = 0; r == 0 && i < p->count; i++) {
		uint64_t sectors;

		at = place + total;
		total += p->sizes[i];
		sectors = (place + total - 1) / SECTOR - at / SECTOR;
		r = map(q, p->first + i,
			V2V_QCOW2_PACKED | sectors << PACKED_SHIFT | at, err);
	}
	pthread_mutex_unlock(&q->lock);
	if (r < 0 || v2v_sink_pwrite(&q->sink, place, p->data, total, err) < 0)
		return -1;
	v2v_sink_push(&q->sink, place, total);
	return 0;
}

/* A cluster that packing makes no smaller is stored as it is. */
static int pack_and_write(struct qcow2 *q, uint64_t at,
	const unsigned char *data, uint64_t size, struct v2v_packer *packer,
	struct v2v_error *err)
{
	unsigned char *room =
		v2v_packer_room(packer, (V2V_BATCH + 1) * V2V_CLUSTER);
	struct packed p = { .first = at / V2V_CLUSTER, .data = room };
	bool is_zstd = strcmp(q->packing, "zstd") == 0;
	unsigned char *to = room;

	for (uint64_t done = 0; done < size; done += V2V_CLUSTER) {
		/* Behind the disk's end a batch has zeros. */
		size_t n = v2v_pack(packer, is_zstd, data + done, V2V_CLUSTER,
			to, V2V_CLUSTER - 1);

		if (n) {
			p.sizes[p.count++] = (uint32_t)n;
			to += n;
			continue;
		}
		if (write_packed(q, &p, err) < 0 ||
			write_plain(q, at + done, data + done, V2V_CLUSTER,
				err) < 0)
			return -1;
		p.first = (at + done) / V2V_CLUSTER + 1;
		p.count = 0;
		to = room;
	}
	return write_packed(q, &p, err);
}

static int qcow2_write(struct v2v_sink *sink, uint64_t at,
	const unsigned char *data, uint64_t size, struct v2v_packer *packer,
	struct v2v_error *err)
{
	struct qcow2 *q = (struct qcow2 *)sink;

	if (q->packing)
		return pack_and_write(q, at, data, size, packer, err);
	return write_plain(q, at, data, size, err);
}

static int qcow2_finish(struct v2v_sink *sink, struct v2v_error *err)
{
	struct qcow2 *q = (struct qcow2 *)sink;
	const struct v2v_layout *l = &q->layout;
	uint64_t end = (q->next + V2V_CLUSTER - 1) / V2V_CLUSTER * V2V_CLUSTER;

	for (size_t i = 0; i < TABLES; i++)
		if (put_away(q, &q->tables[i], err) < 0)
			return -1;
	if (write_block(q, err) < 0 ||
		v2v_sink_pwrite(sink, V2V_CLUSTER, q->blocks,
			l->refcount_table * V2V_CLUSTER, err) < 0 ||
		v2v_sink_pwrite(sink, (1 + l->refcount_table) * V2V_CLUSTER,
			q->l1, l->l1 * V2V_CLUSTER, err) < 0 ||
		v2v_qcow2_write_header(sink, q->size, l,
			v2v_streq(q->packing, "zstd"), err) < 0)
		return -1;
	if (ftruncate(sink->fd, (off_t)end) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", sink->name);
	return v2v_sink_sync(sink, err);
}

static void qcow2_free(struct v2v_sink *sink)
{
	struct qcow2 *q = (struct qcow2 *)sink;

	pthread_mutex_destroy(&q->lock);
	free(q->l1);
	free(q->blocks);
	free(q);
}

static const struct v2v_sink_ops qcow2_ops = {
	.name = "qcow2",
	.write = qcow2_write,
	.finish = qcow2_finish,
	.free = qcow2_free,
};

int v2v_sink_qcow2(int fd, const char *name, uint64_t size, const char *packing,
	struct v2v_sink **ret_sink, struct v2v_error *err)
{
	struct qcow2 *q = v2v_alloc(1, sizeof *q);

	(void)err;
	q->sink = (struct v2v_sink){ &qcow2_ops, fd, name, 0 };
	q->size = size;
	q->packing = packing;
	v2v_layout_of(size, &q->layout);
	pthread_mutex_init(&q->lock, NULL);
	q->l1 = v2v_alloc(q->layout.l1, V2V_CLUSTER);
	q->blocks = v2v_alloc(q->layout.refcount_table, V2V_CLUSTER);
	for (size_t i = 0; i < TABLES; i++)
		q->tables[i].index = NONE;
	/* What is at the beginning, and the refcount block for it. */
	q->blocks[0] = htobe64(q->layout.start * V2V_CLUSTER);
	for (uint64_t i = 0; i <= q->layout.start; i++)
		count(q, i);
	q->next = (q->layout.start + 1) * V2V_CLUSTER;
	*ret_sink = &q->sink;
	return 0;
}
