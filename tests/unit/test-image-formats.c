/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VHD, VHDX, VDI and the tables of VMDK: what qemu-img makes is as large as
 * qemu-img says, whole and as a slice; and each damage has its code. */
#include "cases.h"

#include "core/file.h"
#include "core/run.h"
#include "image/bytes.h"
#include "image/image.h"

#include <fcntl.h>
#include <sys/stat.h>

#define MIB   (1 << 20)
#define AHEAD 12800 /* bytes before a slice */

static char dir[] = "/tmp/test-image-formats-XXXXXX";
static struct v2v *v;

static char *in_dir(const char *name)
{
	return v2v_format("%s/%s", dir, name);
}

static char *run(const char *const *argv)
{
	char *output = NULL;
	struct v2v_run job = { .argv = argv, .ret_output = &output };
	struct v2v_error err = { 0 };

	v2v_run(v, &job, &err);
	same(argv[0], err.text, "");
	return output;
}

#define RUN(...) free(run((const char *const[]){ __VA_ARGS__, NULL }))

struct bytes {
	unsigned char *data;
	size_t size;
};

static struct bytes load(const char *name)
{
	CLEANUP_FREE char *path = in_dir(name);
	struct v2v_error err = { 0 };
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(path, &size, &err);
	struct bytes b = { v2v_alloc(1, size), size };

	assert(fd >= 0);
	assert(v2v_pread_all(fd, path, b.data, size, 0, &err) == 0);
	return b;
}

/* @b at @offset of a file of its own, something behind it unless at 0. */
static char *store(const char *name, const struct bytes *b, off_t offset)
{
	char *path = in_dir(name);
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct v2v_error err = { 0 };

	assert(fd >= 0 && lseek(fd, offset, SEEK_SET) == offset);
	assert(v2v_write_all(fd, path, b->data, b->size, &err) == 0);
	if (offset)
		assert(v2v_write_all(fd, path, "behind", 6, &err) == 0);
	return path;
}

static void set_be32(unsigned char *p, uint32_t n)
{
	n = htobe32(n);
	memcpy(p, &n, sizeof n);
}

static void sum_vhd(unsigned char *p, size_t size, size_t field)
{
	uint32_t sum = 0;

	set_be32(p + field, 0);
	for (size_t i = 0; i < size; i++)
		sum += p[i];
	set_be32(p + field, ~sum);
}

static void mend_vhd(struct bytes *b)
{
	unsigned char *footer = b->data + b->size - 512;

	sum_vhd(footer, 512, 64);
	if (memcmp(b->data, "conectix", 8) == 0)
		sum_vhd(b->data, 512, 64);
	if (memcmp(b->data + 512, "cxsparse", 8) == 0)
		sum_vhd(b->data + 512, 1024, 36);
}

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

/* With a third region, of no name. */
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

static const struct made {
	const char *name, *qemu, *options, *size, *format, *subformat;
} made[] = {
	{ "vhdf", "vpc", "subformat=fixed,force_size=on", "11M", "vhd",
		"fixed" },
	{ "vhdd", "vpc", "subformat=dynamic,force_size=on", "11M", "vhd",
		"dynamic" },
	{ "vhdchs", "vpc", "subformat=fixed", "11M", "vhd", "fixed" },
	{ "vhdbig", "vpc", "subformat=dynamic", "1T", "vhd", "dynamic" },
	{ "vhdxd", "vhdx", "subformat=dynamic", "11M", "vhdx", "dynamic" },
	{ "vhdxf", "vhdx", "subformat=fixed", "11M", "vhdx", "fixed" },
	{ "vhdxbig", "vhdx", "subformat=dynamic,block_size=1M", "40G", "vhdx",
		"dynamic" },
	{ "vdid", "vdi", "static=off", "11M", "vdi", "dynamic" },
	{ "vdis", "vdi", "static=on", "11M", "vdi", "static" },
	{ "vdiodd", "vdi", "static=on", "11264512", "vdi", "static" },
	{ "vdibig", "vdi", "static=off", "1T", "vdi", "dynamic" },
	{ "vmdks", "vmdk", "subformat=monolithicSparse", "100M", "vmdk",
		"monolithicSparse" },
	{ "vmdkbig", "vmdk", "subformat=monolithicSparse", "200G", "vmdk",
		"monolithicSparse" },
	{ "qcow", "qcow2", "compat=1.1", "11M", "qcow2", NULL },
	{ "qcowold", "qcow2", "compat=0.10", "11M", "qcow2", NULL },
	{ "qcowsub", "qcow2", "extended_l2=on", "11M", "qcow2", NULL },
	{ "qcowsmall", "qcow2", "cluster_size=512", "11M", "qcow2", NULL },
	{ "qcowfull", "qcow2", "preallocation=metadata", "11M", "qcow2", NULL },
};

static int64_t qemu_size(const struct v2v_disk *disk)
{
	CLEANUP_FREE char *name = v2v_image_disk_name(disk);
	CLEANUP_FREE char *text = run((const char *const[]){
		"qemu-img", "info", "--output=json", name, NULL });
	json_auto_t *info = json_loads(text, 0, NULL);

	return json_integer_value(json_object_get(info, "virtual-size"));
}

/* The bytes written come back through the name that qemu is given. */
static void reads_well(const struct v2v_disk *disk, const char *expected)
{
	CLEANUP_FREE char *name = v2v_image_disk_name(disk);
	CLEANUP_FREE char *text = run((const char *const[]){ "qemu-io", "-r",
		"-c", expected, "-c", "read -P 0 8M 1M", name, NULL });

	assert(!strstr(text, "failed"));
}

static void check_made(const struct made *m, const char *path, int64_t offset,
	int64_t size, const char *stated)
{
	struct v2v_disk disk = { .file = (char *)path,
		.offset = offset,
		.size = size,
		.format = (char *)m->format };
	struct v2v_image image = { NULL, NULL, 0 };
	struct v2v_error err = { 0 };

	v2v_image_check(path, offset, size, stated, false, &image, &err);
	same(m->name, err.text, "");
	same(m->name, image.format, m->format);
	same(m->name, image.subformat, m->subformat);
	v2v_image_check_tables(path, offset, size, m->format, &err);
	same(m->name, err.text, "");
	if ((int64_t)image.virtual_size != qemu_size(&disk)) {
		fprintf(stderr, "%s: %llu\n", m->name,
			(unsigned long long)image.virtual_size);
		abort();
	}
	reads_well(&disk, "read -P 7 1000k 3M");
}

static void make(const struct made *m)
{
	CLEANUP_FREE char *path = in_dir(m->name);
	CLEANUP_FREE char *name = v2v_format("%s-slice", m->name);
	CLEANUP_FREE char *slice = NULL;
	struct v2v_error err = { 0 };
	struct bytes b;

	RUN("qemu-img", "create", "-q", "-f", m->qemu, "-o", m->options, path,
		m->size);
	RUN("qemu-io", "-f", m->qemu, "-c", "write -P 7 1000k 3M", path);
	check_made(m, path, -1, -1, NULL);
	check_made(m, path, -1, -1, m->format);
	same(m->name, v2v_image_format(path, &err), m->format);
	b = load(m->name);
	slice = store(name, &b, AHEAD);
	check_made(m, slice, AHEAD, (int64_t)b.size, NULL);
	unlink(slice);
	free(b.data);
}

static void make_stream(void)
{
	CLEANUP_FREE char *raw = in_dir("vmdks");
	CLEANUP_FREE char *path = in_dir("stream");
	struct made m = { "stream", "vmdk", NULL, NULL, "vmdk",
		"streamOptimized" };

	RUN("qemu-img", "convert", "-f", "vmdk", "-O", "vmdk", "-o",
		"subformat=streamOptimized", raw, path);
	check_made(&m, path, -1, -1, NULL);
}

/* As VMware writes it: the directory's place stands only in a footer, between
 * a marker and the end-of-stream marker. */
static void make_footed(void)
{
	struct bytes b = load("stream");
	struct bytes footed = { v2v_alloc(1, b.size + 1536), b.size + 1536 };
	CLEANUP_FREE char *path = NULL;
	struct made m = { "footed", "vmdk", NULL, NULL, "vmdk",
		"streamOptimized" };

	memcpy(footed.data, b.data, b.size);
	footed.data[b.size] = 1;
	footed.data[b.size + 12] = 3;
	memcpy(footed.data + b.size + 512, b.data, 512);
	memset(footed.data + 56, 0xff, 8);
	path = store("footed", &footed, 0);
	check_made(&m, path, -1, -1, NULL);
	free(b.data);
	free(footed.data);
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
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
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
	for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
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

/* A footer at the end tells of a VHD where nothing is stated; its geometry does
 * not count, whatever program made it. */
static void test_vhd_size(void)
{
	struct made m = { "vhdf", "vpc", NULL, NULL, "vhd", "fixed" };
	struct bytes b = load("vhdf");
	CLEANUP_FREE char *path = NULL;

	memcpy(b.data + b.size - 512 + 28, "vpc ", 4);
	memcpy(b.data + b.size - 512 + 56, "\1\0\4\x11", 4);
	mend_vhd(&b);
	path = store("geometry", &b, 0);
	check_made(&m, path, -1, -1, NULL);
	free(b.data);
}

static void make_overlay(
	const struct v2v_disk *disk, const char *file, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd =
		open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert(fd >= 0);
	v2v_image_make_overlay(disk, fd, file, err);
}

static void test_overlay(void)
{
	CLEANUP_FREE char *path = in_dir("vhdf");
	CLEANUP_FREE char *overlay = in_dir("overlay");
	struct v2v_disk disk = { .file = path,
		.offset = -1,
		.size = -1,
		.format = "vhd",
		.virtual_size = 11 * MIB };
	struct v2v_disk over = { .file = overlay,
		.offset = -1,
		.size = -1,
		.format = "qcow2",
		.backing_chain = true };
	struct v2v_error err = { 0 };

	make_overlay(&disk, overlay, &err);
	same("overlay", err.text, "");
	reads_well(&over, "read -P 7 1000k 3M");
	v2v_image_may_overlay(&disk, overlay, &err);
	same("overlay", err.text, "");
	same("driver", v2v_image_driver("vhd"), "vpc");
}

int main(void)
{
	assert(mkdtemp(dir));
	v = v2v_new();
	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
		make(&made[i]);
	make_stream();
	make_footed();
	for (size_t i = 0; i < sizeof harms / sizeof harms[0]; i++)
		test_harm(&harms[i]);
	test_tables("vmdks", false);
	test_tables("stream", false);
	test_tables("footed", true);
	test_repeated();
	test_streams();
	test_qcow2_entries();
	test_qcow2();
	test_vhd_size();
	test_overlay();
	v2v_free(v);
	v2v_remove_tree(dir);
	return 0;
}
