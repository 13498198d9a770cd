/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VHD, VHDX and VDI, broken: each damage of a header, or of what a table says,
 * has its code. */
#include "image-bytes.h"

#define MIB (1 << 20)

/* The head's copy of the footer was changed: the footer as well. */
static void mirror_vhd(struct bytes *b)
{
	memcpy(b->data + b->size - 512, b->data, 512);
	mend_vhd(b);
}

static void crc_vhdx(unsigned char *p, size_t size)
{
	uint32_t crc = UINT32_MAX;

	memset(p + 4, 0, 4);
	for (size_t i = 0; i < size; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78U : 0);
	}
	crc = htole32(~crc);
	memcpy(p + 4, &crc, sizeof crc);
}

/* Checksums of both headers and of the first region table, which the second
 * one follows. */
static void mend_vhdx(struct bytes *b)
{
	crc_vhdx(b->data + 0x10000, 4096);
	crc_vhdx(b->data + 0x20000, 4096);
	crc_vhdx(b->data + 0x30000, 65536);
	memcpy(b->data + 0x40000, b->data + 0x30000, 65536);
}

/* With a third region, without a name. */
static void third_vhdx(struct bytes *b)
{
	b->data[0x30008] = 3;
	mend_vhdx(b);
}

/* The header in force is the second one of qemu-img's: see that it is first. */
static void mirror_vhdx(struct bytes *b)
{
	memcpy(b->data + 0x20000, b->data + 0x10000, 4096);
	mend_vhdx(b);
}

/* Bytes at a place (negative: counted from the end), then what makes the
 * checksums right again, then the cut. */
struct harm {
	const char *what, *of;
	int64_t at;
	const char *bytes;
	size_t count;
	void (*mend)(struct bytes *b);
	int64_t cut;
	const char *code;
};

#define SET(at, text) (at), (text), sizeof(text) - 1
#define ZERO8	      "\0\0\0\0\0\0\0\0"
#define FOOT(n)	      ((n)-512)
#define META	      0x300000
#define ITEM(n)	      (META + 0x10000 + (n))

static const struct harm harms[] = {
	{ "nothing", "vhdf", SET(0, "x"), mend_vhd, 0, NULL },
	{ "magic", "vhdf", SET(FOOT(0), "x"), mend_vhd, 0, "image-header" },
	{ "sum", "vhdf", SET(FOOT(64), "\1"), NULL, 0, "image-header" },
	{ "size 0", "vhdf", SET(FOOT(48), ZERO8), mend_vhd, 0, "image-header" },
	{ "2^60", "vhdf", SET(FOOT(48), "\x10"), mend_vhd, 0, "image-header" },
	{ "odd", "vhdf", SET(FOOT(55), "\1"), mend_vhd, 0, "image-header" },
	{ "longer", "vhdf", SET(FOOT(54), "\2"), mend_vhd, 0, "truncated" },
	{ "parent", "vhdf", SET(FOOT(63), "\4"), mend_vhd, 0, "image-parent" },
	{ "type", "vhdf", SET(FOOT(63), "\6"), mend_vhd, 0, "image-header" },
	{ "as dynamic", "vhdf", SET(FOOT(63), "\3"), mend_vhd, 0,
		"image-header" },
	{ "version", "vhdf", SET(FOOT(13), "\2"), mend_vhd, 0, "image-header" },
	{ "like dynamic", "vhdf", SET(0, "conectix"), NULL, 0, "image-header" },
	{ "cut", "vhdf", SET(0, "x"), NULL, 300, "image-header" },
	{ "odd file", "vhdf", SET(0, ""), NULL, -1, "image-header" },

	{ "cut", "vhdd", SET(0, "c"), NULL, 2 * MIB, "truncated" },
	{ "only the copy", "vhdd", SET(0, "c"), NULL, 700, "truncated" },
	{ "sum", "vhdd", SET(64, "\1"), NULL, 0, "image-header" },
	{ "two words", "vhdd", SET(54, "\2"), mend_vhd, 0, "image-header" },
	{ "no copy", "vhdd", SET(0, "x"), NULL, 0, "image-header" },
	{ "size 0", "vhdd", SET(48, ZERO8), mirror_vhd, 0, "image-header" },
	{ "2^60", "vhdd", SET(48, "\x10"), mirror_vhd, 0, "image-header" },
	{ "parent", "vhdd", SET(63, "\4"), mirror_vhd, 0, "image-parent" },
	{ "as fixed", "vhdd", SET(63, "\2"), mirror_vhd, 0, "image-header" },
	{ "header far", "vhdd", SET(16, "\x7f"), mirror_vhd, 0, "truncated" },
	{ "header -1", "vhdd", SET(16, "\xff\xff\xff\xff\xff\xff\xff\xff"),
		mirror_vhd, 0, "truncated" },
	{ "header not", "vhdd", SET(512, "x"), mend_vhd, 0, "image-header" },
	{ "header sum", "vhdd", SET(600, "x"), NULL, 0, "image-header" },
	{ "table far", "vhdd", SET(528, "\x7f"), mend_vhd, 0, "truncated" },
	{ "table -1", "vhdd", SET(528, "\xff\xff\xff\xff\xff\xff\xff\xff"),
		mend_vhd, 0, "truncated" },
	{ "short table", "vhdd", SET(543, "\3"), mend_vhd, 0, "image-header" },
	{ "long table", "vhdd", SET(540, "\x7f"), mend_vhd, 0, "image-header" },
	{ "block 0", "vhdd", SET(544, "\0\0\0\0"), mend_vhd, 0,
		"image-header" },
	{ "block 512", "vhdd", SET(544, "\0\0\2\0"), mend_vhd, 0,
		"image-header" },
	{ "block 3M", "vhdd", SET(544, "\0\x30\0\0"), mend_vhd, 0,
		"image-header" },
	{ "block out", "vhdd", SET(1536, "\0\1\0\0"), NULL, 0, "image-table" },
	{ "block -2", "vhdd", SET(1536, "\xff\xff\xff\xfe"), NULL, 0,
		"image-table" },
	{ "bytes lost", "vhdd", SET(1538, "\x10\7"), NULL, 0, "image-table" },

	{ "one header", "vhdxd", SET(0x10000, "x"), NULL, 0, NULL },
	{ "other header", "vhdxd", SET(0x20000, "x"), NULL, 0, NULL },
	{ "nothing", "vhdxd", SET(0, "v"), mirror_vhdx, 0, NULL },
	{ "other table", "vhdxd", SET(0x40000, "x"), NULL, 0, NULL },
	{ "magic", "vhdxd", SET(0, "x"), NULL, 0, "image-header" },
	{ "headers", "vhdxd", SET(0x10000, "x"), mirror_vhdx, 0,
		"image-header" },
	{ "version", "vhdxd", SET(0x10042, "\2"), mirror_vhdx, 0,
		"image-header" },
	{ "dirty", "vhdxd", SET(0x1003f, "\1"), mirror_vhdx, 0, "image-dirty" },
	{ "table sum", "vhdxd", SET(0x30010, "x"), NULL, 0, "image-header" },
	{ "tables", "vhdxd", SET(0x3000a, "\1"), mend_vhdx, 0, "image-header" },
	{ "no region", "vhdxd", SET(0x30008, "\1"), mend_vhdx, 0,
		"image-header" },
	{ "unknown", "vhdxd", SET(0x30008, "\3"), mend_vhdx, 0, NULL },
	{ "required", "vhdxd", SET(0x3006c, "\1"), third_vhdx, 0,
		"image-header" },
	{ "bat out", "vhdxd", SET(0x30023, "\1"), mend_vhdx, 0, "truncated" },
	{ "bat 2^63", "vhdxd", SET(0x30027, "\x80"), mend_vhdx, 0,
		"truncated" },
	{ "bat 4G", "vhdxd", SET(0x3002a, "\xf0\xff"), mend_vhdx, 0,
		"truncated" },
	{ "bat odd", "vhdxd", SET(0x30020, "\1"), mend_vhdx, 0,
		"image-header" },
	{ "metadata out", "vhdxd", SET(0x30047, "\x7f"), mend_vhdx, 0,
		"truncated" },
	{ "no metadata", "vhdxd", SET(META, "x"), NULL, 0, "image-header" },
	{ "too many", "vhdxd", SET(META + 10, "\0\xff"), NULL, 0,
		"image-header" },
	{ "missing", "vhdxd", SET(META + 10, "\4"), NULL, 0, "image-header" },
	{ "item unknown", "vhdxd", SET(META + 32, "x"), NULL, 0,
		"image-header" },
	{ "item out", "vhdxd", SET(META + 51, "\x7f"), NULL, 0,
		"image-header" },
	{ "item wraps", "vhdxd", SET(META + 48, "\xff\xff\xff\xff\xff\xff"),
		NULL, 0, "image-header" },
	{ "item short", "vhdxd", SET(META + 52, "\1"), NULL, 0,
		"image-header" },
	{ "parent", "vhdxd", SET(ITEM(4), "\2"), NULL, 0, "image-parent" },
	{ "parameters", "vhdxd", SET(ITEM(4), "\4"), NULL, 0, "image-header" },
	{ "block 0", "vhdxd", SET(ITEM(0), "\0\0\0\0"), NULL, 0,
		"image-header" },
	{ "block 3M", "vhdxd", SET(ITEM(0), "\0\0\x30\0"), NULL, 0,
		"image-header" },
	{ "size 0", "vhdxd", SET(ITEM(8), ZERO8), NULL, 0, "image-header" },
	{ "2^60", "vhdxd", SET(ITEM(15), "\x10"), NULL, 0, "image-header" },
	{ "odd", "vhdxd", SET(ITEM(8), "\1"), NULL, 0, "image-header" },
	{ "a sector", "vhdxd", SET(ITEM(8), "\0\2\0\0"), NULL, 0, NULL },
	{ "64T", "vhdxd", SET(ITEM(8), "\0\0\0\0\0\x40\0\0"), NULL, 0,
		"image-header" },
	{ "4k", "vhdxd", SET(ITEM(32), "\0\x10"), NULL, 0, "image-subformat" },
	{ "sector", "vhdxd", SET(ITEM(32), "\0\4"), NULL, 0, "image-header" },
	{ "block out", "vhdxd", SET(0x200003, "\1"), NULL, 0, "image-table" },
	{ "block 2^63", "vhdxd", SET(0x200007, "\xff"), NULL, 0,
		"image-table" },
	{ "block low", "vhdxd", SET(0x200000, "\6\0\0"), NULL, 0,
		"image-table" },
	{ "difference", "vhdxd", SET(0x200000, "\7"), NULL, 0, "image-table" },
	{ "cut", "vhdxd", SET(0, "v"), NULL, 3 * MIB, "truncated" },
	{ "cut", "vhdxd", SET(0, "v"), NULL, 100, "truncated" },
	{ "last block", "vhdxd", SET(0, "v"), NULL, 12 * MIB, "image-table" },

	{ "magic", "vdid", SET(64, "x"), NULL, 0, "image-header" },
	{ "version", "vdid", SET(70, "\2"), NULL, 0, "image-header" },
	{ "type", "vdid", SET(76, "\3"), NULL, 0, "image-header" },
	{ "parent", "vdid", SET(76, "\4"), NULL, 0, "image-parent" },
	{ "link", "vdid", SET(439, "\1"), NULL, 0, "image-parent" },
	{ "parent's", "vdid", SET(440, "\1"), NULL, 0, "image-parent" },
	{ "size 0", "vdid", SET(368, ZERO8), NULL, 0, "image-header" },
	{ "2^60", "vdid", SET(375, "\x10"), NULL, 0, "image-header" },
	{ "-1", "vdid", SET(368, "\xff\xff\xff\xff\xff\xff\xff\xff"), NULL, 0,
		"image-header" },
	{ "block 0", "vdid", SET(376, "\0\0\0\0"), NULL, 0, "image-header" },
	{ "block 2M", "vdid", SET(378, "\x20"), NULL, 0, "image-header" },
	{ "extra", "vdid", SET(380, "\1"), NULL, 0, "image-header" },
	{ "sector", "vdid", SET(361, "\4"), NULL, 0, "image-header" },
	{ "few blocks", "vdid", SET(384, "\1"), NULL, 0, "image-header" },
	{ "many", "vdid", SET(387, "\xff"), NULL, 0, "image-header" },
	{ "map far", "vdid", SET(343, "\x7f"), NULL, 0, "truncated" },
	{ "map long", "vdid", SET(387, "\x3f"), NULL, 0, "truncated" },
	{ "map odd", "vdid", SET(340, "\1"), NULL, 0, "image-header" },
	{ "map in header", "vdid", SET(340, "\0\0"), NULL, 0, "image-header" },
	{ "data far", "vdid", SET(347, "\x7f"), NULL, 0, "truncated" },
	{ "block out", "vdid", SET(512, "\4"), NULL, 0, "image-table" },
	{ "block -3", "vdid", SET(512, "\xfd\xff\xff\xff"), NULL, 0,
		"image-table" },
	{ "zero block", "vdid", SET(512, "\xfe\xff\xff\xff"), NULL, 0, NULL },
	{ "twice", "vdid", SET(512, "\1\0\0\0\1\0\0\0"), NULL, 0,
		"image-table" },
	{ "cut", "vdid", SET(64, "\x7f"), NULL, 3 * MIB, "image-table" },
	{ "cut", "vdid", SET(64, "\x7f"), NULL, 200, "truncated" },
};

static struct bytes break_it(const struct harm *h)
{
	struct bytes b = load(h->of);
	int64_t at = h->at < 0 ? (int64_t)b.size + h->at : h->at;

	memcpy(b.data + at, h->bytes, h->count);
	if (h->mend)
		h->mend(&b);
	if (h->cut < 0)
		memmove(b.data + 1, b.data, b.size - 1);
	else if (h->cut)
		b.size = (size_t)h->cut;
	return b;
}

/* Whole with the format stated, and as a slice. */
static void test_harm(const struct harm *h)
{
	CLEANUP_FREE char *what = v2v_format("%s: %s", h->of, h->what);
	CLEANUP_FREE char *format = v2v_strndup(h->of, strlen(h->of) - 1);
	struct bytes b = break_it(h);
	CLEANUP_FREE char *whole = store("broken", &b, 0);
	CLEANUP_FREE char *slice = store("broken-slice", &b, AHEAD);
	struct v2v_image image;
	struct v2v_error err = { 0 };

	if (h->cut >= 0) {
		v2v_image_check(whole, -1, -1, format, false, &image, &err);
		same(what, err.code, h->code);
		assert(!h->code || strstr(err.text, whole));
	}
	err = (struct v2v_error){ 0 };
	v2v_image_check(
		slice, AHEAD, (int64_t)b.size, format, false, &image, &err);
	if (h->cut >= 0)
		same(what, err.code, h->code);
	free(b.data);
}

int main(void)
{
	image_bytes_begin();
	image_make("vhdf", "vpc", "subformat=fixed,force_size=on", "11M");
	image_make("vhdd", "vpc", "subformat=dynamic,force_size=on", "11M");
	image_make("vhdxd", "vhdx", "subformat=dynamic", "11M");
	image_make("vdid", "vdi", "static=off", "11M");
	for (size_t i = 0; i < ARRAY_SIZE(harms); i++)
		test_harm(&harms[i]);
	image_bytes_end();
	return 0;
}
