/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Differences of VHDs and VHDXs: the parent's name and ID, the table's
 * entries, sectors by their bitmap; each damage has its code.  Whole chains are
 * in chains-hyperv.bats. */
#include "image-bytes.h"

#include "disk/formats.h"
#include "image/chain.h"
#include "image/vhd.h"
#include "image/vhdx.h"

#define KIB (1 << 10)

static void test_names(void)
{
#define TEXT(s) (const unsigned char *)(s), sizeof(s) - 1
	static const struct {
		const unsigned char *text;
		size_t size;
		const char *encoding;
		bool is_relative;
		const char *name;
	} cases[] = {
		{ TEXT(".\0\\\0a\0"), "UTF-16LE", true, "./a" },
		{ TEXT("\0.\0.\0\\\0a"), "UTF-16BE", true, "../a" },
		{ TEXT("C\0:\0\\\0d\0\\\0a\0"), "UTF-16LE", false, "a" },
		{ TEXT("/\0d\0/\0a\0"), "UTF-16LE", false, "a" },
		{ TEXT("a\0\0\0b\0"), "UTF-16LE", true, "a" },
		{ TEXT("\xfc\0.\0"), "UTF-16LE", true, "\xc3\xbc." },
		{ TEXT("a\0b"), "UTF-16LE", true, "a" },
		{ TEXT("C\0:\0\\\0"), "UTF-16LE", false, NULL },
		{ TEXT("\0\0a\0"), "UTF-16LE", true, NULL },
		{ TEXT("\0\xd8x\0"), "UTF-16LE", true, NULL },
		{ TEXT(""), "UTF-16LE", true, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *name = v2v_parent_name(cases[i].text,
			cases[i].size, cases[i].encoding, cases[i].is_relative);

		same("name", name, cases[i].name);
	}
}

static void test_entries(void)
{
	static const struct v2v_blocks vhd = { .bitmap = 512 },
				       difference = { .bitmap = 1024,
					       .is_difference = true },
				       vhdx = { .ratio = 4096,
					       .is_difference = true };
	static const struct {
		const struct v2v_blocks *blocks;
		const char *entry;
		enum v2v_block_kind kind;
		uint64_t byte;
	} cases[] = {
		{ &vhd, "\xff\xff\xff\xff", V2V_BLOCK_BELOW, 0 },
		{ &vhd, "\0\0\0\4", V2V_BLOCK_WHOLE, 2560 },
		{ &difference, "\0\0\0\4", V2V_BLOCK_PART, 3072 },
		{ &difference, "\xff\xff\xff\xff", V2V_BLOCK_BELOW, 0 },
		{ &vhdx, "\0\0\x40\0\0\0\0\0", V2V_BLOCK_BELOW, 0 },
		{ &vhdx, "\1\0\0\0\0\0\0\0", V2V_BLOCK_ZERO, 0 },
		{ &vhdx, "\2\0\0\0\0\0\0\0", V2V_BLOCK_ZERO, 0 },
		{ &vhdx, "\3\0\0\0\0\0\0\0", V2V_BLOCK_ZERO, 0 },
		{ &vhdx, "\6\0\x40\0\0\0\0\0", V2V_BLOCK_WHOLE, 4 << 20 },
		{ &vhdx, "\7\0\x50\0\0\0\0\0", V2V_BLOCK_PART, 5 << 20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t byte = 0;

		assert(v2v_blocks_kind(cases[i].blocks,
			       (const unsigned char *)cases[i].entry,
			       &byte) == cases[i].kind);
		assert(cases[i].kind < V2V_BLOCK_WHOLE ||
			byte == cases[i].byte);
	}
	assert(v2v_blocks_entry(&vhd, 4096) == 4096);
	assert(v2v_blocks_entry(&vhdx, 4095) == 4095);
	assert(v2v_blocks_entry(&vhdx, 4096) == 4097);
	assert(v2v_blocks_bitmap(&vhdx, 4095) == 4096);
	assert(v2v_blocks_bitmap(&vhdx, 4096) == 8193);
}

static void test_id(void)
{
	CLEANUP_FREE char *id = v2v_vhdx_id(
		(const unsigned char *)"\xb7\xef\x4a\xb0\x9e\xd1\x81\x4a"
				       "\xb7\x89\x25\xb8\xe9\x44\x59\x13");

	same("id", id, "b04aefb7-d19e-4a81-b789-25b8e9445913");
}

/* A dynamic one that says it is a difference: "parent.vhd" in the header. */
static struct bytes difference(void)
{
	struct bytes b = load("vhdd");
	unsigned char *footer = b.data + b.size - 512;

	footer[63] = 4;
	memcpy(b.data, footer, 512);
	for (int i = 0; i < 10; i++)
		b.data[512 + 64 + 2 * i + 1] = (unsigned char)"parent.vhd"[i];
	memset(b.data + 512 + 40, 0xab, 16);
	mend_vhd(&b);
	return b;
}

static unsigned char *block_of(const struct bytes *b, unsigned block)
{
	return b->data +
	       512ULL * be32(b->data + be64(b->data + 512 + 16) + 4 * block);
}

static void test_header(void)
{
	struct bytes b = difference();
	CLEANUP_FREE char *path = store("difference", &b, 0);
	struct v2v_error err = { 0 };
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd = v2v_slice_open(&slice, path, -1, -1, &err);
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	struct v2v_vhd vhd;

	assert(fd >= 0);
	assert(v2v_vhd_read(&slice, true, &vhd, &err) == 0);
	assert(vhd.type == V2V_VHD_DIFFERENCING && vhd.parent_id[15] == 0xab);
	assert(v2v_vhd_parent(&slice, &vhd, &names, &err) == 0);
	assert(names.count == 1);
	same("parent", *(char **)names.items, "parent.vhd");
	assert(v2v_vhd_read(&slice, false, &vhd, &err) == -1);
	same("alone", err.code, "image-parent");
	free(b.data);
}

/* What the reader says of the bytes from @at on. */
static void spans(struct v2v_reader *reader, uint64_t at,
	enum v2v_span_kind kind, uint64_t length)
{
	struct v2v_error err = { 0 };
	struct v2v_span span;

	assert(v2v_reader_span(reader, at, reader->size, &span, &err) == 0);
	assert(span.kind == kind && span.length == length);
}

/* qemu wrote blocks 0 and 1, of 2 MiB, whole. */
static void test_reader(void)
{
	struct bytes b = difference();
	CLEANUP_FREE char *path = NULL;
	struct v2v_reader *reader CLEANUP_READER = NULL;
	struct v2v_error err = { 0 };
	struct v2v_media media;

	memset(block_of(&b, 0), 0, 512);
	memcpy(block_of(&b, 0), "\x81\x40", 2);
	path = store("sectors", &b, 0);
	assert(v2v_media_open(&media, path, -1, -1, &err) == 0);
	assert(v2v_reader_blocks(&media, false, &reader, &err) == 0);
	spans(reader, 0, V2V_SPAN_DATA, 512);
	spans(reader, 512, V2V_SPAN_ABSENT, 6 * 512);
	spans(reader, 600, V2V_SPAN_ABSENT, 6 * 512 - 88);
	spans(reader, 7 * 512, V2V_SPAN_DATA, 512);
	spans(reader, 8 * 512, V2V_SPAN_ABSENT, 512);
	spans(reader, 9 * 512, V2V_SPAN_DATA, 512);
	spans(reader, 10 * 512, V2V_SPAN_ABSENT, 2048 * KIB - 10 * 512);
	spans(reader, 4096 * KIB, V2V_SPAN_ABSENT, reader->size - 4096 * KIB);
	free(b.data);
}

/* What lies @at of the header, or in it an eighth of the locators. */
#define HEADER(n)  (512 + (n))
#define LOCATOR(n) HEADER(576 + (n))
static void test_harm(void)
{
	static const struct {
		size_t at;
		const char *bytes;
		size_t size;
		const char *code;
	} cases[] = {
		/* no name at all; not text; a path where nothing is */
		{ HEADER(64), "\0\0", 2, "image-header" },
		{ HEADER(64), "\xd8\0\0x", 4, "image-header" },
		{ LOCATOR(0), "W2ru\0\0\2\0\0\0\0\4\0\0\0\0\x10\0\0\0\0\0\0\0",
			24, "truncated" },
		/* whose end no number of 64 bits can say */
		{ LOCATOR(0),
			"W2ru\0\0\2\0\0\0\6\0\0\0\0\0"
			"\xff\xff\xff\xff\xff\xff\xfc\0",
			24, "truncated" },
		/* over a block; over the header; empty, and the name counts */
		{ LOCATOR(0),
			"W2ru\0\0\2\0\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\x10\0", 24,
			"image-table" },
		{ LOCATOR(24), "W2ku\0\0\2\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\2\0",
			24, "image-header" },
		{ LOCATOR(0), "W2ru\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0",
			24, "image-backing" },
		{ 63, "\5", 1, "image-header" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bytes b = difference();
		struct v2v_list layers CLEANUP_LAYERS = { 0 };
		struct v2v_error err = { 0 };
		CLEANUP_FREE char *path = NULL;

		memcpy(b.data + cases[i].at, cases[i].bytes, cases[i].size);
		memcpy(b.data + b.size - 512, b.data, 512);
		mend_vhd(&b);
		path = store("harm", &b, 0);
		assert(v2v_disk_chain_read(path, NULL, &layers, &err) == -1);
		same(err.text, err.code, cases[i].code);
		free(b.data);
	}
}

int main(void)
{
	image_bytes_begin();
	image_make("vhdd", "vpc", "subformat=dynamic,force_size=on", "11M");
	test_names();
	test_entries();
	test_id();
	test_header();
	test_reader();
	test_harm();
	image_bytes_end();
	return 0;
}
