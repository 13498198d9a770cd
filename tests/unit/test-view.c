/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any position of a disk, whatever it is stored as: what a view reads is what
 * the disk has. */
#include "disk-fixtures.h"

#include <time.h>

#define MIB	  (1ULL << 20)
#define MOST_READ 300000U
#define MAX_SPANS ((1U << 18) + 32768)

static void check_read(struct v2v_disk_view *view, const char *name,
	const unsigned char *want, uint64_t at, size_t size)
{
	CLEANUP_FREE unsigned char *got = v2v_alloc(1, size + 1);
	struct v2v_error err = { 0 };

	got[size] = 'x';
	if (v2v_view_read(view, at, got, size, &err) < 0 ||
		memcmp(got, want + at, size) != 0 || got[size] != 'x') {
		fprintf(stderr, "%s: %zu bytes at %llu: %s\n", name, size,
			(unsigned long long)at,
			err.code ? err.text : "not what is there");
		abort();
	}
}

static void read_anywhere(
	struct v2v_disk_view *view, const char *name, unsigned times)
{
	static const size_t sizes[] = { 1, 512, 4096, 65536, MOST_READ };

	for (unsigned i = 0; i < times; i++) {
		uint64_t at = random_below(DISK_SIZE);
		size_t size = 1 + random_below(sizes[i % ARRAY_SIZE(sizes)]);

		if (i % 2)
			at = at / 4096 * 4096;
		if (size > DISK_SIZE - at)
			size = DISK_SIZE - at;
		check_read(view, name, content, at, size);
	}
	/* Downwards, and to the very end. */
	for (uint64_t at = DISK_SIZE; at > MIB; at -= 77824)
		check_read(view, name, content, at - 4096, 4096);
	check_read(view, name, content, 0, DISK_SIZE);
}

static void test_forms(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct v2v_list none = { 0 };
		struct v2v_disk disk;
		CLEANUP_FREE char *file = make_form(&forms[i], &disk);
		struct v2v_disk_view *view =
			open_view(&disk, &none, V2V_VIEW_CACHE);
		struct v2v_view_figures f;

		assert(file == disk.file);
		read_anywhere(view, forms[i].name, 400);
		f = v2v_view_figures(view);
		assert(f.walks == 3 && f.held <= V2V_VIEW_CACHE);
		v2v_view_free(view);
		view = open_view(&disk, &none, 100000);
		read_anywhere(view, forms[i].name, 400);
		/* One piece may be larger than all that is allowed. */
		assert(v2v_view_figures(view).held <= 2 * MIB);
		v2v_view_free(view);
	}
}

/* An overlay, of clusters smaller and larger than the grains below. */
static void test_overlay(const char *cluster)
{
	struct v2v_disk disk;
	CLEANUP_FREE char *file = make_form(&forms[8], &disk);
	CLEANUP_FREE char *top = in_dir("overlay");
	CLEANUP_FREE char *options = v2v_format("cluster_size=%s", cluster);
	CLEANUP_FREE unsigned char *was = v2v_alloc(1, DISK_SIZE);
	struct v2v_overlay overlay = { 0, top, "qcow2", DISK_SIZE };
	struct v2v_list overlays = { &overlay, 1 };
	struct v2v_disk_view *view;

	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, "-b",
		file, "-F", "vmdk", top);
	memcpy(was, content, DISK_SIZE);
	for (int i = 0; i < 20; i++) {
		static const char *const kinds[] = { "-z", "-P 1", "-P 2",
			"-P 3" };
		uint64_t at = random_below(DISK_SIZE / 512 - 200) * 512;
		uint64_t size = 512 * (1 + random_below(200));
		CLEANUP_FREE char *command = v2v_format("write %s %llu %llu",
			kinds[i % 4], (unsigned long long)at,
			(unsigned long long)size);

		RUN("qemu-io", "-f", "qcow2", "-c", command, top);
		memset(content + at, i % 4, size);
	}
	view = open_view(&disk, &overlays, MIB);
	read_anywhere(view, cluster, 400);
	v2v_view_free(view);
	memcpy(content, was, DISK_SIZE);
}

/* Only what is asked for is unpacked, and once. */
static void test_little(void)
{
	struct v2v_list none = { 0 };
	struct v2v_disk disk;
	CLEANUP_FREE char *file = make_form(&forms[9], &disk);
	struct v2v_disk_view *view = open_view(&disk, &none, V2V_VIEW_CACHE);
	uint64_t at = DISK_SIZE - 4096;
	struct v2v_view_figures f = v2v_view_figures(view);

	assert(file == disk.file && f.walks == 0 && f.unpacked == 0);
	for (int i = 0; i < 5; i++)
		check_read(view, "little", content, at, 700);
	f = v2v_view_figures(view);
	assert(f.walks == 1 && f.unpacked == 1 && f.found == 4);
	v2v_view_free(view);
}

/* Spans of 512 bytes, data and zeros in turn, each of its own piece; where
 * @bad is they are broken, and @step 0 never goes on. */
struct strange {
	struct v2v_reader reader;
	uint64_t bad, step;
};

static int strange_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	struct strange *s = (struct strange *)reader;

	if (s->bad && at >= s->bad && at < s->bad + 512)
		return v2v_fail(err, "image-table", "broken");
	span->kind = at / 512 % 2 ? V2V_SPAN_DATA : V2V_SPAN_ZERO;
	span->length = s->step < limit - at ? s->step : limit - at;
	span->stored = 512;
	return 0;
}

static int strange_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	(void)reader, (void)ahead, (void)scratch, (void)err;
	memset(data, (int)(span->at / 512 % 256), span->length);
	return 0;
}

static void strange_free(struct v2v_reader *reader)
{
	free(reader);
}

static const struct v2v_reader_ops strange_ops = { "strange", strange_span,
	strange_read, strange_free };

static struct v2v_disk_view *strange(uint64_t bad, uint64_t step)
{
	struct strange *s = v2v_alloc(1, sizeof *s);

	*s = (struct strange){ { &strange_ops, 1ULL << 50 }, bad, step };
	return v2v_view_new(&s->reader, 1ULL << 50, 64 << 10);
}

/* However many spans an image has, wherever it is read. */
static void test_bounds(void)
{
	struct v2v_disk_view *view = strange(0, 512);

	for (int i = 0; i < 120; i++) {
		uint64_t at = random_below(1ULL << 41) * 512;
		unsigned char byte = 1;

		assert(v2v_view_read(view, at, &byte, 1, NULL) == 0);
		assert(byte == (at / 512 % 2 ? at / 512 % 256 : 0));
	}
	assert(v2v_view_figures(view).spans <= MAX_SPANS);
	assert(v2v_view_figures(view).held <= 64 << 10);
	v2v_view_free(view);
}

static void test_broken(void)
{
	struct v2v_disk_view *view = strange(20 * MIB, 512);
	struct v2v_error err = { 0 };
	unsigned char data[1024];

	/* What is broken stays so, and elsewhere there is no harm. */
	for (int i = 0; i < 2; i++) {
		err = (struct v2v_error){ 0 };
		assert(v2v_view_read(view, 20 * MIB, data, 512, &err) < 0);
		assert(v2v_streq(err.code, "image-table"));
		assert(v2v_view_read(view, 15 * MIB, data, 512, NULL) == 0);
		assert(v2v_view_read(view, 33 * MIB, data, 512, NULL) == 0);
	}
	err = (struct v2v_error){ 0 };
	assert(v2v_view_read(view, UINT64_MAX - 100, data, 512, &err) < 0);
	assert(v2v_streq(err.code, "image-range"));
	assert(v2v_view_read(view, (1ULL << 50) - 512, data, 513, NULL) < 0);
	assert(v2v_view_read(view, (1ULL << 50) - 512, data, 512, NULL) == 0);
	v2v_view_free(view);
	view = strange(0, 0);
	assert(v2v_view_read(view, 0, data, 512, &err) < 0);
	v2v_view_free(view);
}

static void test_blank(void)
{
	struct v2v_disk_view *view = v2v_view_new(NULL, 4096, 0);
	unsigned char data[512];

	memset(data, 1, sizeof data);
	assert(v2v_view_read(view, 3584, data, 512, NULL) == 0);
	assert(data[0] == 0 && data[511] == 0);
	assert(v2v_view_read(view, 3585, data, 512, NULL) < 0);
	v2v_view_free(view);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Figures: test-view FILE FORMAT SIZE [OFFSET LENGTH]. */
static int bench(char **argv, int argc)
{
	struct v2v_list none = { 0 };
	struct v2v_disk disk = {
		.file = argv[1], .format = argv[2], .offset = -1, .size = -1
	};
	uint64_t size = 0;
	CLEANUP_FREE unsigned char *data = v2v_alloc(1, MIB);
	struct v2v_disk_view *view;
	double at[5];

	assert(v2v_parse_i64(argv[3], &disk.virtual_size));
	if (argc > 5)
		assert(v2v_parse_i64(argv[4], &disk.offset) &&
			v2v_parse_i64(argv[5], &disk.size));
	size = (uint64_t)disk.virtual_size;
	v = v2v_new();
	at[0] = seconds();
	view = open_view(&disk, &none, V2V_VIEW_CACHE);
	at[1] = seconds();
	for (uint64_t i = 0; i < size; i += 16 * MIB)
		assert(v2v_view_read(view, i, data, 1, NULL) == 0);
	at[2] = seconds();
	for (int i = 0; i < 20000; i++)
		assert(v2v_view_read(view, random_below(size / 4096) * 4096,
			       data, 4096, NULL) == 0);
	at[3] = seconds();
	for (uint64_t i = 0; i + MIB <= size; i += 128 << 10)
		assert(v2v_view_read(view, i, data, 128 << 10, NULL) == 0);
	at[4] = seconds();
	printf("open %.1f ms, index %.1f ms (%llu spans), random 4 KiB "
	       "%.0f/s, all in 128 KiB %.0f MB/s\n",
		(at[1] - at[0]) * 1e3, (at[2] - at[1]) * 1e3,
		(unsigned long long)v2v_view_figures(view).spans,
		20000 / (at[3] - at[2]), (double)size / 1e6 / (at[4] - at[3]));
	v2v_view_free(view);
	v2v_free(v);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 3)
		return bench(argv, argc);
	fixtures_begin();
	test_forms();
	test_overlay("4k");
	test_overlay("2M");
	test_little();
	test_bounds();
	test_broken();
	test_blank();
	fixtures_end();
	return 0;
}
