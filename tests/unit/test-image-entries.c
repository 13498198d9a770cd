/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of VMDK and qcow2: an entry that leads out of the file, or to what
 * is none, has its code. */
#include "image-bytes.h"

#include "image/bytes.h"

#define MIB	      (1 << 20)
#define SET(at, text) (at), (text), sizeof(text) - 1

/* Grain tables: @at counts from the place of the first entry of the directory
 * or of the first table. */
static const struct {
	const char *what;
	bool in_table;
	uint32_t at;
	const char *bytes;
	size_t count;
	unsigned char flags;
	const char *code;
} tables[] = {
	{ "no table", false, SET(0, "\0\0\0\0"), 0, NULL },
	{ "table out", false, SET(0, "\0\0\1\0"), 0, "image-table" },
	{ "table -1", false, SET(0, "\xff\xff\xff\xff"), 0, "image-table" },
	{ "last table", false, SET(15, "\x7f"), 0, "image-table" },
	{ "no grain", true, SET(2047, "\0"), 0, NULL },
	{ "grain out", true, SET(0, "\0\0\1\0"), 0, "image-table" },
	{ "grain -1", true, SET(0, "\xff\xff\xff\xff"), 0, "image-table" },
	{ "zero grain", true, SET(0, "\1\0\0\0"), 4, NULL },
	{ "no zero grain", true, SET(0, "\1\0\0\0"), 0, "image-table" },
	/* 100 MiB end in the fourth table's 64th grain. */
	{ "behind", true, SET(3 * 2048 + 64 * 4, "\0\0\1\0"), 0, NULL },
	{ "last grain", true, SET(3 * 2048 + 63 * 4, "\0\0\1\0"), 0,
		"image-table" },
};

static void check_tables_of(const char *format, const char *what,
	const struct bytes *b, const char *code)
{
	CLEANUP_FREE char *whole = store("broken", b, 0);
	CLEANUP_FREE char *slice = store("broken-slice", b, AHEAD);
	struct v2v_error err = { 0 };

	v2v_image_check_tables(whole, -1, -1, format, &err);
	same(what, err.code, code);
	assert(!code || strstr(err.text, whole));
	err = (struct v2v_error){ 0 };
	v2v_image_check_tables(slice, AHEAD, (int64_t)b->size, format, &err);
	same(what, err.code, code);
}

static void check_tables(
	const char *what, const struct bytes *b, const char *code)
{
	check_tables_of("vmdk", what, b, code);
}

static void test_tables(const char *name, bool has_footer)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		struct bytes b = load(name);
		unsigned char *h = b.data + (has_footer ? b.size - 1024 : 0);
		size_t directory = le64(h + 56) * 512;
		size_t at = tables[i].in_table
				    ? le32(b.data + directory) * 512ULL
				    : directory;

		/* Header and footer have the same. */
		h[8] = (unsigned char)((h[8] & ~4) | tables[i].flags);
		b.data[8] = h[8];
		if (at + tables[i].at + tables[i].count <= b.size)
			memcpy(b.data + at + tables[i].at, tables[i].bytes,
				tables[i].count);
		check_tables(tables[i].what, &b, tables[i].code);
		free(b.data);
	}
}

/* All of the directory's entries are one table. */
static void test_repeated(void)
{
	struct bytes b = load("vmdkbig");
	unsigned char *directory = b.data + le64(b.data + 56) * 512;

	for (size_t i = 1; i < 6400; i++)
		memcpy(directory + i * 4, directory, 4);
	check_tables("repeated", &b, "image-table");
	free(b.data);
}

static void test_streams(void)
{
	struct bytes b = load("footed");
	size_t directory = le64(b.data + b.size - 1024 + 56) * 512;
	size_t table = le32(b.data + directory) * 512ULL, last = 0;
	unsigned char *other;

	for (size_t i = 0; i < 512; i++)
		if (le32(b.data + table + i * 4))
			last = le32(b.data + table + i * 4) * 512ULL;
	assert(last);
	memset(b.data + last + 8, 0x7f, 4);
	check_tables("marker", &b, "image-table");
	free(b.data);
	/* The footer is what qemu believes. */
	b = load("footed");
	other = b.data + b.size - 1024;
	other[44] = 1;
	check_tables("footer", &b, "image-header");
	free(b.data);
}

/* The first entry of the first level, and the last one of the second. */
static const struct {
	const char *what;
	uint64_t l1, l2; /* 0: as they are */
	const char *code;
} entries[] = {
	{ "as it is", 0, 0, NULL },
	{ "table far", 1ULL << 40, 0, "image-table" },
	{ "table 2^55", 1ULL << 55, 0, "image-table" },
	{ "table odd", 0x40200, 0, "image-table" },
	{ "cluster far", 0, 1ULL << 40, "image-table" },
	{ "cluster odd", 0, 0x40200, "image-table" },
	{ "zeros far", 0, 1ULL << 40 | 1, "image-table" },
	{ "packed far", 0, 1ULL << 62 | 1ULL << 40, "image-table" },
	{ "packed table", 0, 1ULL << 62 | 0x40201, "image-table" },
};

static void set_be64(unsigned char *p, uint64_t n)
{
	set_be32(p, (uint32_t)(n >> 32));
	set_be32(p + 4, (uint32_t)n);
}

static unsigned char *first_level(const struct bytes *b)
{
	return b->data + be64(b->data + 40);
}

static void test_qcow2_entries(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct bytes b = load("qcow");
		unsigned char *l1 = first_level(&b);
		unsigned char *l2 = b.data + (be64(l1) & ~(1ULL << 63));

		/* 11 MiB in clusters of 64 KiB */
		if (entries[i].l2)
			set_be64(l2 + 175 * 8, entries[i].l2);
		/* Behind the disk's end nothing counts. */
		set_be64(l2 + 176 * 8, 1ULL << 40);
		if (entries[i].l1)
			set_be64(l1, entries[i].l1);
		check_tables_of("qcow2", entries[i].what, &b, entries[i].code);
		free(b.data);
	}
}

static void test_qcow2(void)
{
	CLEANUP_FREE char *from = in_dir("qcow"), *to = in_dir("packed");
	struct bytes b = load("qcow");

	b.size -= 2 * MIB;
	check_tables_of("qcow2", "cut", &b, "image-table");
	/* The guest's own bytes may look like tables. */
	check_tables_of("raw", "cut", &b, NULL);
	free(b.data);
	b = load("qcowsmall");
	/* Byte 1000k is the 31st table's. */
	memcpy(first_level(&b), first_level(&b) + 31 * 8, 8);
	check_tables_of("qcow2", "repeated", &b, "image-table");
	free(b.data);
	RUN("qemu-img", "convert", "-q", "-c", "-O", "qcow2", from, to);
	b = load("packed");
	check_tables_of("qcow2", "packed", &b, NULL);
	free(b.data);
}

int main(void)
{
	image_bytes_begin();
	image_make("vmdks", "vmdk", "subformat=monolithicSparse", "100M");
	image_make("vmdkbig", "vmdk", "subformat=monolithicSparse", "200G");
	image_make("qcow", "qcow2", "compat=1.1", "11M");
	image_make("qcowsmall", "qcow2", "cluster_size=512", "11M");
	image_make_stream();
	free(image_make_footed());
	test_tables("vmdks", false);
	test_tables("stream", false);
	test_tables("footed", true);
	test_repeated();
	test_streams();
	test_qcow2_entries();
	test_qcow2();
	image_bytes_end();
	return 0;
}
