/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the copy that images from outside do not reach: sizes near the
 * end of what numbers hold, layers of all shapes, sums that must differ. */
#undef NDEBUG
#include "copy/batch.h"
#include "copy/ordered.h"
#include "copy/pace.h"
#include "copy/sums.h"
#include "core/digest.h"
#include "disk/formats.h"
#include "disk/measure.h"

#include <assert.h>
#include <unistd.h>

#define TIB (1ULL << 40)
#define MIB (1ULL << 20)

/* A layer in memory: one letter a piece of 512 bytes, '.' absent, '0' zeros. */
struct letters {
	struct v2v_reader reader;
	const char *text;
};

static int letters_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	const struct letters *l = (const struct letters *)reader;
	uint64_t i = at / 512, end = i;

	(void)err;
	while (end * 512 < limit && l->text[end] == l->text[i])
		end++;
	span->length = (end * 512 < limit ? end * 512 : limit) - at;
	span->kind = l->text[i] == '.'	 ? V2V_SPAN_ABSENT
		     : l->text[i] == '0' ? V2V_SPAN_ZERO
					 : V2V_SPAN_DATA;
	span->where = (unsigned char)l->text[i];
	return 0;
}

static int letters_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	(void)reader;
	(void)ahead;
	(void)scratch;
	(void)err;
	memset(data, (int)span->where, span->length);
	return 0;
}

static void letters_free(struct v2v_reader *reader)
{
	free(reader);
}

static const struct v2v_reader_ops letters_ops = { "letters", letters_span,
	letters_read, letters_free };

static struct v2v_reader *letters_new(const char *text)
{
	struct letters *l = v2v_alloc(1, sizeof *l);

	l->reader = (struct v2v_reader){ &letters_ops, strlen(text) * 512 };
	l->text = text;
	return &l->reader;
}

/* What is read of @reader through batches, a letter for 512 bytes. */
static char *read_all(struct v2v_reader *reader, uint64_t size)
{
	struct v2v_scratch *scratch = v2v_scratch_new();
	struct v2v_batch *batch = v2v_batch_new();
	char *text = v2v_alloc(1, size / 512 + 1);

	memset(text, '.', size / 512);
	for (uint64_t at = 0; at < size; at = batch->to) {
		struct v2v_stretch s = { 0 };

		assert(v2v_batch_plan(batch, reader, at, size, NULL) == 0);
		assert(batch->to > at && batch->from == at);
		assert(batch->to == size || batch->to % V2V_CLUSTER == 0);
		assert(v2v_batch_read(batch, scratch, NULL) == 0);
		while (v2v_batch_next(batch, &s))
			for (uint64_t i = 0; i < s.length; i += 512)
				if (s.data[i])
					text[(s.at + i) / 512] =
						(char)s.data[i];
		assert(s.at == batch->to && s.length == 0);
	}
	v2v_batch_free(batch);
	v2v_scratch_free(scratch);
	return text;
}

static const struct {
	const char *top, *below, *both;
} layers[] = {
	{ "aa..0", "bbbbb", "aabb." },
	{ ".....", "b0b.b", "b.b.b" },
	{ "aaaaa", "bbbbb", "aaaaa" },
	{ "00000", "bbbbb", "....." },
	{ "a.a.a", NULL, "a.a.a" },
	{ "....a", "bb", "bb..a" },
	{ "..", "bbbbb", "bb" },
};

static void test_layers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++) {
		uint64_t size = strlen(layers[i].top) * 512;
		struct v2v_reader *below =
			layers[i].below ? letters_new(layers[i].below) : NULL;
		struct v2v_reader *both = v2v_reader_layers(
			letters_new(layers[i].top), below, size);
		char *text = read_all(both, size);

		if (strcmp(text, layers[i].both) != 0)
			fprintf(stderr, "layers %zu: %s, not %s\n", i, text,
				layers[i].both);
		assert(strcmp(text, layers[i].both) == 0);
		free(text);
		v2v_reader_free(both);
	}
}

/* Long and scattered: batches that are full, and in the middle of a span. */
static void test_batches(void)
{
	size_t n = 3 * V2V_BATCH * V2V_CLUSTER / 512 + 77;
	char *text = v2v_alloc(1, n + 1), *got;
	struct v2v_reader *reader;
	unsigned seed = 1;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		text[i] = (seed >> 16) % 97 < 3 || !i
				  ? "abcdefgh...."[(seed >> 24) % 12]
				  : text[i - 1];
	}
	reader = letters_new(text);
	got = read_all(reader, n * 512);
	assert(strcmp(got, text) == 0);
	free(got);
	v2v_reader_free(reader);
	free(text);
}

static void test_layout(void)
{
	struct v2v_layout l;
	static const uint64_t sizes[] = { 512, MIB, 512 * MIB, 512 * MIB + 512,
		TIB, 64 * TIB };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t all, blocks;

		v2v_layout_of(sizes[i], &l);
		assert(l.data * V2V_CLUSTER >= sizes[i]);
		assert((l.data - 1) * V2V_CLUSTER < sizes[i]);
		assert(l.l1_entries * V2V_PER_L2 >= l.data);
		assert(l.l1 * V2V_CLUSTER >= l.l1_entries * 8);
		all = v2v_layout_clusters(&l, l.data, l.l1_entries);
		blocks = all - l.start - l.data - l.l1_entries;
		/* Everything is counted, and the table holds the blocks. */
		assert(blocks * V2V_PER_BLOCK >= all);
		assert(l.refcount_table * V2V_PER_L2 >= blocks);
		/* qemu refuses more. */
		assert(l.l1 * V2V_CLUSTER <= 32 * MIB);
		assert(l.refcount_table * V2V_CLUSTER <= 8 * MIB);
	}
}

static void fill(struct v2v_batch *b, uint64_t cluster, char what)
{
	memset(b, 0, offsetof(struct v2v_batch, data));
	b->count = 1;
	b->clusters[0] = cluster;
	memset(b->data, what, V2V_CLUSTER);
	b->is_zero[0] = !what;
}

/* Agree in any order; not when a byte, a place or a cluster differs. */
static void test_sums(void)
{
	struct v2v_batch *b = v2v_batch_new();
	static const struct {
		uint64_t cluster;
		char what;
		bool agree;
	} backs[] = { { 7, 'b', true }, { 7, 'c', false }, { 6, 'b', false },
		{ 5, 'b', false }, { 7, 0, false } };

	for (size_t i = 0; i < ARRAY_SIZE(backs); i++) {
		struct v2v_sums *sums = v2v_sums_new(TIB);
		uint64_t at, size;

		fill(b, 7, 'b');
		v2v_sums_add(sums, b, false);
		fill(b, 5, 'a');
		v2v_sums_add(sums, b, false);
		v2v_sums_add(sums, b, true);
		fill(b, backs[i].cluster, backs[i].what);
		v2v_sums_add(sums, b, true);
		assert(v2v_sums_agree(sums, &at, &size) == backs[i].agree);
		assert(size >= TIB >> 17 && size <= TIB >> 15);
		v2v_sums_free(sums);
	}
	v2v_batch_free(b);
}

static void test_hash(void)
{
	static const int stop;
	struct v2v_reader *reader = letters_new("..a.0b..");
	struct v2v_scratch *scratch = v2v_scratch_new();
	struct v2v_batch *batch = v2v_batch_new();
	struct v2v_ordered *o = v2v_ordered_new(true, -1, &stop);
	struct v2v_digest *sha = v2v_digest_new("SHA256");
	char *got, *want, disk[8 * 512] = { 0 };

	memset(disk + 2 * 512, 'a', 512);
	memset(disk + 5 * 512, 'b', 512);
	assert(v2v_batch_plan(batch, reader, 0, sizeof disk, NULL) == 0);
	assert(v2v_batch_read(batch, scratch, NULL) == 0);
	assert(batch->bytes == 1024);
	assert(v2v_ordered_add(o, batch, NULL) == 0);
	assert(v2v_ordered_end(o, &got, NULL) == 0);
	v2v_digest_add(sha, disk, sizeof disk);
	want = v2v_digest_end(sha);
	assert(strcmp(got, want) == 0 && strlen(got) == 64);
	free(got);
	free(want);
	v2v_ordered_free(o);
	v2v_batch_free(batch);
	v2v_scratch_free(scratch);
	v2v_reader_free(reader);
}

static void test_measure(void)
{
	struct v2v *v = v2v_new();
	struct v2v_reader *reader = letters_new("..a.0b..");
	struct v2v_measure m;

	assert(v2v_measure_disk(v, reader, 8 * 512, &m, NULL) == 0);
	assert(m.data == 1024 && m.blocks == 1 && m.clusters == 1);
	assert(m.tables == 1 && v2v_measure_raw(&m) == 4096);
	/* header, two tables, refcount block, L2 table, data */
	assert(v2v_measure_qcow2(&m, 8 * 512) == 6 * V2V_CLUSTER);
	assert(v2v_measure_disk(v, NULL, 8 * 512, &m, NULL) == 0);
	assert(m.data == 0 && v2v_measure_qcow2(&m, 512) == 4 * V2V_CLUSTER);
	v2v_cancel(v);
	assert(v2v_measure_disk(v, reader, 8 * 512, &m, NULL) == -1);
	v2v_reader_free(reader);
	v2v_free(v);
}

static void test_pace(void)
{
	struct v2v_pace none = { 0 }, pace = { .rate = MIB };

	assert(v2v_pace_take(&none, 5, TIB) == 0);
	assert(v2v_pace_take(&none, 5, TIB) == 0);
	assert(v2v_pace_take(&pace, 100, MIB) == 0);
	assert(v2v_pace_take(&pace, 100, 2 * MIB) == 1);
	assert(v2v_pace_take(&pace, 100.5, MIB) == 2.5);
	assert(v2v_pace_take(&pace, 104, 0) == 0);
	/* What was not used is gone. */
	assert(v2v_pace_take(&pace, 200, 4 * MIB) == 0);
	assert(v2v_pace_take(&pace, 200, MIB) == 4);
}

int main(void)
{
	test_pace();
	test_layers();
	test_batches();
	test_layout();
	test_sums();
	test_hash();
	test_measure();
	return 0;
}
