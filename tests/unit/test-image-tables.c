/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Untrusted tables: what overlaps something else, or means
 * nothing, is an error, and never the guest's bytes. */
#include "image-bytes.h"

#include "disk/formats.h"
#include "image/bytes.h"
#include "image/places.h"

#define SECTOR 512ULL
#define ONE    (1ULL << 63)
#define PACKED (1ULL << 62)

/* Where a change is counted from. */
enum base {
	HEADER,
	L1,
	L2, /* the first table of the second level */
	REFCOUNTS,
	SNAPSHOT,
	EXTENSION,
	DIRECTORY,
	BITMAP,
	GD, /* a VMDK's directory */
	GT, /* its first table */
	MAP /* of blocks: VHD, VHDX, VDI */
};

/* 4 MiB, of which some at 0 and at 2 MiB is there. */
static void make(const char *name, const char *format, const char *options)
{
	CLEANUP_FREE char *path = in_dir(name);

	RUN("qemu-img", "create", "-q", "-f", format, "-o", options, path,
		"4M");
	RUN("qemu-io", "-f", format, "-c", "write -P 7 0 256k", "-c",
		"write -P 8 2M 192k", path);
}

static void make_all(void)
{
	CLEANUP_FREE char *v3 = in_dir("v3"), *packed = in_dir("packed");
	CLEANUP_FREE char *snap = in_dir("snap"), *stream = in_dir("stream");

	make("v3", "qcow2", "compat=1.1");
	make("v2", "qcow2", "compat=0.10");
	make("sub", "qcow2", "extended_l2=on");
	make("snap", "qcow2", "cluster_size=4k");
	make("vmdk", "vmdk", "subformat=monolithicSparse");
	make("vhd", "vpc", "subformat=dynamic,force_size=on");
	make("vhdx", "vhdx", "subformat=dynamic,block_size=1M");
	make("vdi", "vdi", "static=off");
	RUN("qemu-img", "snapshot", "-c", "before", snap);
	RUN("qemu-img", "bitmap", "--add", snap, "changes");
	RUN("qemu-img", "convert", "-q", "-c", "-O", "qcow2", "-o",
		"compression_type=zstd", v3, packed);
	RUN("qemu-img", "convert", "-q", "-O", "vmdk", "-o",
		"subformat=streamOptimized", v3, stream);
}

static size_t base_of(const struct bytes *b, enum base base)
{
	const unsigned char *h = b->data;
	const unsigned char *extension = h + be32(h + 100);

	while (base >= EXTENSION && base <= BITMAP &&
		be32(extension) != 0x23852875)
		extension += 8 + (be32(extension + 4) + 7) / 8 * 8;
	switch (base) {
	case L1:
		return be64(h + 40);
	case L2:
		return be64(h + be64(h + 40)) & ~ONE;
	case REFCOUNTS:
		return be64(h + 48);
	case SNAPSHOT:
		return be64(h + 64);
	case EXTENSION:
		return (size_t)(extension - h);
	case DIRECTORY:
		return be64(extension + 24);
	case BITMAP:
		return be64(h + be64(extension + 24));
	case GD:
		return le64(h + 56) * SECTOR;
	case GT:
		return le32(h + le64(h + 56) * SECTOR) * SECTOR;
	case MAP:
		return memcmp(h, "conectix", 8) == 0   ? be64(h + 528)
		       : memcmp(h, "vhdxfile", 8) == 0 ? 2ULL << 20
						       : le32(h + 340);
	default:
		return 0;
	}
}

static void put(unsigned char *at, size_t width, bool is_big, uint64_t n)
{
	for (size_t i = 0; i < width; i++, n >>= 8)
		at[is_big ? width - 1 - i : i] = (unsigned char)n;
}

/* A number of @width bytes, and the expected result. */
static const struct harm {
	const char *of, *what;
	enum base base;
	size_t at, width;
	uint64_t n;
	const char *code;
} harms[] = {
	{ "v3", "length 96", HEADER, 100, 4, 96, "image-header" },
	{ "v3", "odd length", HEADER, 100, 4, 108, "image-header" },
	{ "v3", "long header", HEADER, 100, 4, 1 << 17, "image-header" },
	{ "v3", "odd size", HEADER, 24, 8, (4 << 20) - 1, "image-header" },
	{ "v3", "refcounts of 2^7", HEADER, 96, 4, 7, "image-header" },
	{ "v3", "zstd, not told", HEADER, 104, 1, 1, "image-header" },
	{ "packed", "zlib, told", HEADER, 104, 1, 0, "image-header" },
	{ "packed", "unknown", HEADER, 104, 1, 2, "image-header" },
	{ "v3", "dirty", HEADER, 72, 8, 1, NULL },
	{ "v3", "raw data file", HEADER, 88, 8, 2, "image-header" },
	{ "v3", "unknown autoclear", HEADER, 88, 8, 1 << 9, NULL },
	{ "sub", "small clusters", HEADER, 20, 4, 13, "image-header" },
	{ "v3", "l1 odd", HEADER, 40, 8, 0x30200, "image-header" },
	{ "v3", "l1 is the header", HEADER, 40, 8, 0, "image-table" },
	{ "v3", "l1 is the refcounts", HEADER, 40, 8, 0x10000, "image-table" },
	{ "v3", "l1 short", HEADER, 36, 4, 0, "image-header" },
	{ "v3", "l1 long", HEADER, 36, 4, 1 << 23, "image-header" },
	{ "v3", "no refcounts", HEADER, 56, 4, 0, "image-header" },
	{ "v3", "many refcounts", HEADER, 56, 4, 1 << 8, "image-header" },
	{ "v3", "refcounts odd", HEADER, 48, 8, 0x10008, "image-header" },
	{ "v3", "snapshots odd", HEADER, 64, 8, 8, "image-header" },
	{ "v3", "snapshots far", HEADER, 64, 8, ONE, "truncated" },
	{ "v3", "many snapshots", HEADER, 60, 4, 65537, "image-header" },
	{ "v3", "snapshots are none", HEADER, 60, 4, 1, "image-table" },
	{ "v3", "extension long", HEADER, 116, 4, 1 << 16, "image-header" },
	{ "v3", "encryption", HEADER, 112, 4, 0x0537be77, "image-encrypted" },

	{ "v3", "l1 reserved", L1, 7, 1, 1, "image-table" },
	{ "v3", "l1 reserved", L1, 0, 1, 0xc0, "image-table" },
	{ "v3", "l1 only flagged", L1, 0, 8, ONE, "image-table" },
	{ "v3", "no l2", L1, 0, 8, 0, NULL },
	{ "v3", "l2 is l1", L1, 0, 8, ONE | 0x30000, "image-table" },
	{ "v3", "refblock odd", REFCOUNTS, 7, 1, 1, "image-table" },
	{ "v3", "refblock far", REFCOUNTS, 8, 8, 1ULL << 40, "image-table" },
	{ "v3", "refblock is l1", REFCOUNTS, 8, 8, 0x30000, "image-table" },
	{ "v3", "refblock twice", REFCOUNTS, 8, 8, 0x20000, "image-table" },

	{ "v3", "zero flag", L2, 7, 1, 1, NULL },
	{ "v3", "zeros only", L2, 0, 8, 1, NULL },
	{ "v3", "zeros, odd", L2, 0, 8, 0x50201, "image-table" },
	{ "v3", "zeros far", L2, 0, 8, 1ULL << 40 | 1, "image-table" },
	{ "v3", "zeros, only flagged", L2, 0, 8, ONE | 1, "image-table" },
	{ "v2", "zero flag", L2, 7, 1, 1, "image-table" },
	{ "sub", "zero flag", L2, 7, 1, 1, "image-table" },
	{ "v3", "reserved", L2, 7, 1, 2, "image-table" },
	{ "v3", "reserved", L2, 0, 1, 0x81, "image-table" },
	{ "v3", "only flagged", L2, 0, 8, ONE, "image-table" },
	{ "v3", "not flagged", L2, 0, 1, 0, NULL },
	{ "v3", "is l1", L2, 0, 8, ONE | 0x30000, "image-table" },
	{ "v3", "is l2", L2, 0, 8, ONE | 0x40000, "image-table" },
	{ "v3", "is a refblock", L2, 0, 8, ONE | 0x20000, "image-table" },
	{ "v3", "twice", L2, 80, 8, ONE | 0x60000, "image-table" },
	{ "v3", "packed in another", L2, 80, 8, PACKED | 0x60000,
		"image-table" },
	{ "packed", "flagged", L2, 0, 1, 0xc0, "image-table" },
	{ "packed", "packed is l1", L2, 0, 8, PACKED | 0x30000, "image-table" },
	{ "packed", "twice", L2, 80, 8, PACKED | 0x50000, NULL },
	{ "sub", "stored and zeros", L2, 8, 8, 3ULL << 32 | 1, "image-table" },
	{ "sub", "stored nowhere", L2, 0, 8, 0, "image-table" },
	{ "sub", "bits of nothing", L2, 80 * 16 + 12, 4, 1, NULL },

	{ "snap", "table far", SNAPSHOT, 0, 8, 1ULL << 40, "image-table" },
	{ "snap", "table odd", SNAPSHOT, 7, 1, 1, "image-table" },
	{ "snap", "table is l1", SNAPSHOT, 0, 8, 0x3000, "image-table" },
	{ "snap", "table long", SNAPSHOT, 8, 4, 1 << 23, "image-table" },
	{ "snap", "extra", SNAPSHOT, 36, 4, 1025, "image-table" },
	{ "snap", "names", SNAPSHOT, 14, 2, 6, NULL },
	{ "snap", "two", HEADER, 60, 4, 2, "image-table" },
	{ "snap", "many", HEADER, 60, 4, 65536, "image-table" },
	{ "snap", "bitmaps unsure", HEADER, 88, 8, 0, NULL },
	{ "snap", "no bitmaps", EXTENSION, 8, 4, 0, "image-header" },
	{ "snap", "bitmaps' length", EXTENSION, 4, 4, 16, "image-header" },
	{ "snap", "reserved", EXTENSION, 12, 4, 1, "image-header" },
	{ "snap", "two bitmaps", EXTENSION, 8, 4, 2, "image-table" },
	{ "snap", "directory far", EXTENSION, 24, 8, ONE, "image-header" },
	{ "snap", "directory is l1", EXTENSION, 24, 8, 0x3000, "image-table" },
	{ "snap", "table far", DIRECTORY, 0, 8, 1ULL << 40, "image-table" },
	{ "snap", "table is l1", DIRECTORY, 0, 8, 0x3000, "image-table" },
	{ "snap", "flags", DIRECTORY, 12, 4, 8, "image-table" },
	{ "snap", "type", DIRECTORY, 16, 1, 2, "image-table" },
	{ "snap", "bitmap short", DIRECTORY, 17, 1, 9, NULL },
	{ "snap", "granularity", DIRECTORY, 17, 1, 32, "image-table" },
	{ "snap", "in use", DIRECTORY, 12, 4, 1, NULL },
	{ "snap", "extra", DIRECTORY, 20, 4, 8, "image-table" },
	{ "snap", "reserved", BITMAP, 0, 8, 2, "image-table" },
	{ "snap", "ones", BITMAP, 0, 8, 1, NULL },
	{ "snap", "far", BITMAP, 0, 8, 1ULL << 40, "image-table" },

	{ "vmdk", "overhead far", HEADER, 64, 8, 1 << 20, "truncated" },
	{ "vmdk", "deflate, not told", HEADER, 77, 2, 1, "image-header" },
	{ "vmdk", "copy far", HEADER, 48, 8, UINT64_MAX, "image-header" },
	{ "vmdk", "directory is the header", HEADER, 56, 8, 0, "image-table" },
	{ "vmdk", "directory in text", HEADER, 56, 8, 20, "image-table" },
	{ "vmdk", "table is the header", GD, 0, 4, 1, "image-table" },
	{ "vmdk", "table is the directory", GD, 0, 4, 26, "image-table" },
	{ "vmdk", "grain in text", GT, 4, 4, 8, "image-table" },
	{ "vmdk", "grain is the directory", GT, 4, 4, 26, "image-table" },
	{ "vmdk", "grain over a table", GT, 4, 4, 30, "image-table" },
	{ "vmdk", "grain twice", GT, 4, 4, 128, "image-table" },
	{ "vmdk", "grain in another", GT, 4, 4, 128 + 255, "image-table" },
	{ "stream", "grain in text", GT, 4, 4, 20, "image-table" },
	{ "stream", "grain is a table", GT, 4, 4, 27, "image-table" },

	{ "vhd", "block is the header", MAP, 0, 4, 0, "image-table" },
	{ "vhd", "block is the table", MAP, 0, 4, 3, "image-table" },
	{ "vhd", "block twice", MAP, 4, 4, 4, "image-table" },
	{ "vhd", "block in another", MAP, 4, 4, 100, "image-table" },
	{ "vhdx", "block is metadata", MAP, 16, 8, 3 << 20 | 6, "image-table" },
	{ "vhdx", "block is the log", MAP, 16, 8, 1 << 20 | 6, "image-table" },
	{ "vhdx", "block is the map", MAP, 16, 8, 2 << 20 | 6, "image-table" },
	{ "vhdx", "block twice", MAP, 8, 8, 8 << 20 | 6, "image-table" },
	{ "vdi", "block twice", MAP, 12, 4, 0, "image-table" },
	{ "vdi", "the header is data", HEADER, 344, 4, 0, "image-table" },
	{ "vdi", "the map is data", HEADER, 344, 4, 512, "image-table" },
};

static void check(const char *path, const char *of, struct v2v_error *err)
{
	const char *format =
		memcmp(of, "vmdk", 4) == 0 || strcmp(of, "stream") == 0 ? "vmdk"
		: memcmp(of, "vhd", 3) == 0 || strcmp(of, "vdi") == 0	? of
								      : "qcow2";
	struct v2v_image image;

	if (v2v_image_check(path, -1, -1, format, false, &image, err) == 0)
		v2v_image_check_tables(path, -1, -1, format, err);
}

static void test_harm(const struct harm *h)
{
	CLEANUP_FREE char *what = v2v_format("%s: %s", h->of, h->what);
	struct bytes b = load(h->of);
	bool is_big = !strstr("vmdk stream vhdx vdi", h->of) ||
		      strcmp(h->of, "vhd") == 0;
	CLEANUP_FREE char *path = NULL;
	struct v2v_error err = { 0 };

	put(b.data + base_of(&b, h->base) + h->at, h->width, is_big, h->n);
	path = store("changed", &b, 0);
	check(path, h->of, &err);
	same(what, err.code, h->code);
	free(b.data);
}

/* Read every span of an image with the reader alone, checked or not. */
static int read_all(struct v2v_reader *reader, struct v2v_error *err)
{
	struct v2v_scratch *scratch = v2v_scratch_new();
	unsigned char *data = v2v_alloc(1, reader->size);
	struct v2v_span span = { .length = 0 };
	int r = 0;

	for (uint64_t at = 0; r == 0 && at < reader->size; at += span.length) {
		r = v2v_reader_span(reader, at, reader->size, &span, err);
		if (r == 0 && span.kind == V2V_SPAN_DATA)
			r = v2v_reader_read(
				&span, span.stored, data, scratch, err);
	}
	free(data);
	v2v_scratch_free(scratch);
	return r;
}

static void read_changed(
	const struct bytes *b, bool is_vmdk, struct v2v_error *err)
{
	CLEANUP_FREE char *path = store("changed", b, 0);
	struct v2v_reader *reader CLEANUP_READER = NULL;
	struct v2v_media media;

	assert(v2v_media_open(&media, path, -1, -1, err) == 0);
	if ((is_vmdk ? v2v_reader_vmdk(v, &media, &reader, err)
		     : v2v_reader_qcow2(&media, false, &reader, err)) == 0)
		read_all(reader, err);
}

/* A document may come from anywhere: so may an image that nobody checked. */
static void test_reader(void)
{
	static const uint64_t entries[] = { 0x50201, 0x50002, ONE, ONE | 1,
		ONE | PACKED | 0x50000, 1ULL << 58 | 0x50000 };

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct bytes b = load("v3");
		struct v2v_error err = { 0 };

		put(b.data + base_of(&b, L2) + 8, 8, true, entries[i]);
		read_changed(&b, false, &err);
		same("entry", err.code, "image-table");
		free(b.data);
	}
}

/* The table lost the second grain, and the grain is made to look as if it were
 * none of this disk's. */
static void test_markers(void)
{
	static const struct {
		uint64_t sector, size;
	} markers[] = { { 128, 100 }, { 8192, 100 }, { UINT64_MAX - 127, 100 },
		{ UINT64_MAX, 100 }, { 129, 100 }, { 128, 1 << 20 },
		{ UINT64_MAX, 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(markers); i++) {
		struct bytes b = load("stream");
		unsigned char *entry = b.data + base_of(&b, GT) + 4;
		unsigned char *marker = b.data + le32(entry) * SECTOR;
		struct v2v_error err = { 0 };

		put(marker, 8, false, markers[i].sector);
		put(marker + 8, 4, false, markers[i].size);
		put(entry, 4, false, 0);
		read_changed(&b, true, &err);
		same("marker", err.code, "image-table");
		free(b.data);
	}
}

static void test_places(void)
{
	struct v2v_places places CLEANUP_PLACES = { .count = 0 };

	v2v_places_begin(&places, 1ULL << 40, 100 << 20);
	assert(v2v_places_fix(&places, 0, 1 << 20));
	assert(!v2v_places_fix(&places, (1 << 20) - 1, 1));
	assert(!v2v_places_fix(&places, UINT64_MAX - 1023, 1536));
	assert(!v2v_places_is_free(&places, 512, UINT64_MAX));
	assert(!v2v_places_take(&places, 512));
	assert(v2v_places_take(&places, 1 << 20));
	assert(!v2v_places_take(&places, 100 << 20));
	assert(v2v_places_take(&places, (101 << 20) + 200 * SECTOR));
	assert(!v2v_places_take(&places, (201 << 20)));
	assert(!v2v_places_fix(&places, (201 << 20), 1));
	assert(v2v_places_take(&places, (201 << 20) + 200 * SECTOR));
	assert(!v2v_places_take(&places, (101 << 20) + 199 * SECTOR));
	/* Behind what there are slots for. */
	assert(v2v_places_take(&places, 1ULL << 60));
	v2v_places_clear(&places);
	v2v_places_begin(&places, 1 << 20, 4096);
	assert(v2v_places_share(&places, 4000, 100));
	assert(v2v_places_share(&places, 4097, 4000));
	assert(!v2v_places_take(&places, 0) && !v2v_places_take(&places, 4096));
	assert(v2v_places_take(&places, 8192));
	assert(!v2v_places_share(&places, 8000, 200));
	assert(v2v_places_take_all(&places, 12288, 5000));
	assert(!v2v_places_is_free(&places, 12288 + 8191, 1));
	assert(v2v_places_is_free(&places, 12288 + 8192, 1));
}

int main(void)
{
	image_bytes_begin();
	make_all();
	for (size_t i = 0; i < ARRAY_SIZE(harms); i++)
		test_harm(&harms[i]);
	test_reader();
	test_markers();
	test_places();
	image_bytes_end();
	return 0;
}
