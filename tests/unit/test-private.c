/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The private layer against a plain array, over every form of a disk; what is
 * published is what was written, and qemu says so too. */
#include "disk-fixtures.h"

#include "disk/private.h"
#include "disk/publish.h"

#define MIB	 (1ULL << 20)
#define MOST	 200000U /* bytes of one request */
#define SECTORS	 (DISK_SIZE / 512)
#define IN_SPACE ((struct v2v_private_limits){ 256 * 4096, 256 * MIB, dir })

static unsigned char *model; /* what the layer must read as */

static void check_error(const struct v2v_private *layer)
{
	const struct v2v_error *err = v2v_private_error(layer);

	if (err->code)
		fprintf(stderr, "%s: %s\n", err->code, err->text);
	assert(!err->code);
}

static struct v2v_private *layer_over(struct v2v_disk_view *view, uint64_t size,
	struct v2v_private_limits limits)
{
	struct v2v_private *layer = NULL;

	assert(v2v_private_new(view, size, &limits, &layer, NULL) == 0);
	return layer;
}

static void check_all(struct v2v_private *layer, const char *name)
{
	CLEANUP_FREE unsigned char *got = v2v_alloc(1, DISK_SIZE);

	v2v_private_read(layer, 0, got, DISK_SIZE);
	check_error(layer);
	for (size_t i = 0; i < DISK_SIZE; i++)
		if (got[i] != model[i]) {
			fprintf(stderr, "%s: byte %zu is %d, not %d\n", name, i,
				got[i], model[i]);
			abort();
		}
}

/* Writes, discards and reads, of sectors and, as none but we would, of bytes.
 */
static void change(struct v2v_private *layer, unsigned times)
{
	static const uint64_t units[] = { 512, 4096, 65536, 1 };
	CLEANUP_FREE unsigned char *data = v2v_alloc(1, MOST);

	for (unsigned i = 0; i < times; i++) {
		uint64_t unit = units[random_below(ARRAY_SIZE(units))];
		uint64_t at = random_below(DISK_SIZE) / unit * unit;
		uint64_t n = (1 + random_below(MOST / unit)) * unit;

		if (random_below(2) && n > 5 * unit)
			n = (1 + random_below(5)) * unit;
		if (n > DISK_SIZE - at)
			n = DISK_SIZE - at;
		switch (random_below(4)) {
		case 0:
			v2v_private_discard(layer, at, n);
			memset(model + at, 0, n);
			break;
		case 1:
			v2v_private_read(layer, at, data, n);
			assert(memcmp(data, model + at, n) == 0);
			break;
		default:
			fill(data, n, 1 + (unsigned)random_below(250));
			v2v_private_write(layer, at, data, n);
			memcpy(model + at, data, n);
		}
	}
	check_error(layer);
}

static void check_overlay(const struct v2v_disk *disk, const char *overlay)
{
	CLEANUP_FREE char *raw = in_dir("model");
	struct v2v_overlay about = { 0, (char *)overlay, "qcow2", DISK_SIZE };
	CLEANUP_CLOSE int fd = open(overlay, O_RDONLY);
	struct v2v_error err = { 0 };

	if (v2v_image_check_overlay(fd, &about, disk, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	assert(!err.code);
	store(raw, model, DISK_SIZE);
	RUN("qemu-img", "check", "-q", "-f", "qcow2", overlay);
	RUN("qemu-img", "compare", "-q", "-f", "qcow2", "-F", "raw", overlay,
		raw);
}

static void publish(struct v2v_private *layer, const struct v2v_disk *disk,
	const char *path)
{
	struct v2v_error err = { 0 };

	if (v2v_private_publish(v, layer, disk, path, true, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	assert(!err.code);
	check_overlay(disk, path);
}

/* Twice: the second overlay takes the place of the first and has both. */
static void test_form(const struct form *form)
{
	struct v2v_disk disk;
	CLEANUP_FREE char *file = make_form(form, &disk);
	CLEANUP_FREE char *path = in_dir("published");
	struct v2v_overlay overlay = { 0, path, "qcow2", DISK_SIZE };
	struct v2v_list overlays = { 0 };

	assert(file == disk.file);
	unlink(path);
	memcpy(model, content, DISK_SIZE);
	for (int round = 0; round < 2; round++) {
		struct v2v_private *layer =
			layer_over(open_view(&disk, &overlays, 4 * MIB),
				DISK_SIZE, IN_SPACE);

		assert(v2v_private_is_empty(layer));
		change(layer, 150);
		check_all(layer, form->name);
		assert(!v2v_private_is_empty(layer));
		assert(v2v_private_figures(layer).file > 0);
		publish(layer, &disk, path);
		/* It is still what it was. */
		check_all(layer, form->name);
		v2v_private_free(layer);
		overlays = (struct v2v_list){ &overlay, 1 };
	}
}

/* An overlay of the user's, of other clusters than ours. */
static void test_overlay(const char *cluster)
{
	struct v2v_disk disk;
	CLEANUP_FREE char *file = make_form(&forms[8], &disk);
	CLEANUP_FREE char *path = in_dir("users");
	CLEANUP_FREE char *options = v2v_format("cluster_size=%s", cluster);
	struct v2v_overlay overlay = { 0, path, "qcow2", DISK_SIZE };
	struct v2v_list overlays = { &overlay, 1 };
	struct v2v_private *layer;

	RUN("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, "-b",
		file, "-F", "vmdk", path);
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 7 1536 70000", "-c",
		"write -P 9 20M 130k", "-c", "write -z 3M 2M", path);
	memcpy(model, content, DISK_SIZE);
	memset(model + 1536, 7, 70000);
	memset(model + 20 * MIB, 9, 130 << 10);
	memset(model + 3 * MIB, 0, 2 * MIB);
	layer = layer_over(
		open_view(&disk, &overlays, MIB), DISK_SIZE, IN_SPACE);
	check_all(layer, cluster);
	publish(layer, &disk, path);
	change(layer, 30);
	publish(layer, &disk, path);
	v2v_private_free(layer);
}

static void test_blank(void)
{
	struct v2v_disk disk = {
		.offset = -1, .size = -1, .virtual_size = DISK_SIZE
	};
	CLEANUP_FREE char *path = in_dir("blank");
	struct v2v_overlay overlay = { 0, path, "qcow2", DISK_SIZE };
	struct v2v_list overlays = { &overlay, 1 };
	struct v2v_private *layer = layer_over(NULL, DISK_SIZE, IN_SPACE);
	struct stat st;

	memset(model, 0, DISK_SIZE);
	check_all(layer, "blank");
	/* Of a disk that is zeros nothing is to be discarded. */
	assert(v2v_private_discard(layer, 0, DISK_SIZE) == 0);
	publish(layer, &disk, path);
	assert(stat(path, &st) == 0 && st.st_size == 4 << 16);
	change(layer, 60);
	publish(layer, &disk, path);
	v2v_private_free(layer);
	layer = layer_over(
		open_view(&disk, &overlays, MIB), DISK_SIZE, IN_SPACE);
	check_all(layer, "blank, again");
	change(layer, 60);
	publish(layer, &disk, path);
	v2v_private_free(layer);
}

static uint64_t all_bytes(const struct v2v_private *layer)
{
	struct v2v_private_figures f = v2v_private_figures(layer);

	return f.memory + f.file + f.tree;
}

/* Write until it is full; what was written stays, and there is room again where
 * something is discarded. */
static void test_full(const char *directory)
{
	struct v2v_private_limits limits = { 64 * 4096, MIB, directory };
	struct v2v_private *layer = layer_over(NULL, 1ULL << 50, limits);
	unsigned char page[4096], got[4096];
	uint64_t n = 0;

	memset(page, 5, sizeof page);
	while (v2v_private_write(layer, n * 3 * 4096, page, sizeof page) == 0)
		n++;
	assert(v2v_streq(v2v_private_error(layer)->code, "layer-full"));
	assert(n >= (directory ? 200 : 64) && all_bytes(layer) <= MIB);
	if (directory)
		assert(v2v_private_figures(layer).file > 0);
	/* Over what is there already can be written. */
	page[0] = 6;
	assert(v2v_private_write(layer, 0, page, sizeof page) == 0);
	for (uint64_t i = 0; i < n; i++) {
		assert(v2v_private_read(layer, i * 3 * 4096, got, 4096) == 0);
		assert(got[0] == (i ? 5 : 6) && got[4095] == 5);
	}
	assert(v2v_private_discard(layer, 0, 1ULL << 50) == 0);
	assert(all_bytes(layer) < 64 << 10);
	for (uint64_t i = 0; i < 60; i++)
		assert(v2v_private_write(layer, i << 20, page, 4096) == 0);
	v2v_private_free(layer);
}

/* The largest disks are discarded in no time and room, at once or in pieces. */
static void test_discard(void)
{
	struct v2v_private_limits limits = { MIB, MIB, NULL };
	struct v2v_private *layer = layer_over(NULL, 1ULL << 50, limits);
	uint64_t length;
	unsigned char byte = 1;

	assert(v2v_private_discard(layer, 512, (1ULL << 50) - 1024) == 0);
	assert(v2v_private_figures(layer).memory == 8192);
	assert(v2v_private_run(layer, 4096, 1ULL << 50, &length) ==
		V2V_SPAN_ZERO);
	assert(length == (1ULL << 50) - 8192);
	assert(v2v_private_read(layer, 1ULL << 40, &byte, 1) == 0 && !byte);
	assert(v2v_private_discard(layer, 1ULL << 50, 512) < 0);
	assert(v2v_private_write(layer, UINT64_MAX, &byte, 1) < 0);
	assert(v2v_streq(v2v_private_error(layer)->code, "image-range"));
	v2v_private_free(layer);
	layer = layer_over(NULL, 1ULL << 40, limits);
	for (uint64_t at = 0; at < 1ULL << 40; at += 16 * MIB)
		assert(v2v_private_discard(layer, at, 16 * MIB) == 0);
	assert(v2v_private_run(layer, 0, 1ULL << 40, &length) == V2V_SPAN_ZERO);
	assert(length == 1ULL << 40 && all_bytes(layer) < 32 << 10);
	v2v_private_free(layer);
}

/* What the source has as zeros needs no place in the overlay. */
static void test_trimmed(void)
{
	struct v2v_disk disk;
	CLEANUP_FREE char *file = make_form(&forms[0], &disk);
	CLEANUP_FREE char *path = in_dir("trimmed");
	struct v2v_list none = { 0 };
	struct v2v_private *layer =
		layer_over(open_view(&disk, &none, MIB), DISK_SIZE, IN_SPACE);
	struct stat st;

	assert(file == disk.file);
	memset(model, 0, DISK_SIZE);
	assert(v2v_private_discard(layer, 0, DISK_SIZE) == 0);
	publish(layer, &disk, path);
	/* Header, two tables, counts, one table of zero clusters. */
	assert(stat(path, &st) == 0 && st.st_size == 5 << 16);
	v2v_private_free(layer);
}

int main(void)
{
	fixtures_begin();
	model = v2v_alloc(1, DISK_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		test_form(&forms[i]);
	test_overlay("4k");
	test_overlay("2M");
	test_blank();
	test_full(NULL);
	test_full(dir);
	test_discard();
	test_trimmed();
	free(model);
	fixtures_end();
	return 0;
}
