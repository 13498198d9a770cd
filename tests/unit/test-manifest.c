/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Manifests: NAME.mf as "algorithm name digest" lines in NAME.expect; and the
 * OVA's index that they are checked against, from tars made here, header by
 * header, since no writer makes the bad ones. */
#include "cases.h"

#include "core/file.h"
#include "unpack/manifest.h"

#include <fcntl.h>

#define BLOCK 512

static char dir[] = "/tmp/test-manifest-XXXXXX";
static struct v2v *v;

/* One header and its data; @stated is what the size field says. */
static void put(struct v2v_text *tar, char type, const char *name,
	const char *data, unsigned stated)
{
	char block[BLOCK] = { 0 };
	unsigned sum = 0;
	size_t n = strlen(data);

	snprintf(block, 100, "%s", name);
	snprintf(block + 100, 8, "0000644");
	snprintf(block + 124, 12, "%011o", stated);
	snprintf(block + 136, 12, "%011o", 0U);
	memset(block + 148, ' ', 8);
	block[156] = type;
	memcpy(block + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
	v2v_text_add(tar, block, BLOCK);
	v2v_text_add(tar, data, n);
	memset(block, 0, BLOCK);
	v2v_text_add(tar, block, (BLOCK - n % BLOCK) % BLOCK);
}

static void file(struct v2v_text *tar, const char *name, const char *data)
{
	put(tar, '0', name, data, (unsigned)strlen(data));
}

/* The tar as a file, indexed; with @verify checked against its manifest too. */
static int index_tar(struct v2v_text *tar, bool verify, struct v2v_ova *ova,
	struct v2v_error *err)
{
	static const char end[2 * BLOCK];
	CLEANUP_FREE char *path = v2v_format("%s/x.ova", dir);
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	static const struct v2v_ova_member lone = { .name = (char *)"x.ovf",
		.listed = true };
	struct v2v_ova_member *descriptor, *disk;
	size_t count;

	v2v_text_add(tar, end, sizeof end);
	assert(v2v_write_all(fd, path, tar->data, tar->length, err) == 0);
	v2v_text_clear(tar);
	if (v2v_ova_open(v, path, ova, err) < 0)
		return -1;
	descriptor = v2v_ova_find_suffix(ova, ".ovf", &count);
	disk = v2v_ova_find(ova, "a");
	if (disk)
		disk->wanted = true;
	return verify ? v2v_manifest_check(
				v, ova, descriptor ? descriptor : &lone, err)
		      : 0;
}

static void refused(struct v2v_text *tar, bool verify, const char *code)
{
	struct v2v_ova ova CLEANUP_OVA = { .folder_fd = -1 };
	struct v2v_error err = { 0 };

	if (index_tar(tar, verify, &ova, &err) == 0)
		same(code, "(accepted)", code);
	same(err.text, err.code, code);
}

static void test_bytes(void)
{
	struct v2v_ova ova CLEANUP_OVA = { .folder_fd = -1 };
	struct v2v_text tar CLEANUP_TEXT = { 0 };
	struct v2v_error err = { 0 };
	CLEANUP_FREE char *text = NULL;
	const struct v2v_ova_member *descriptor, *member;

	file(&tar, "./f/x.ovf", "<Envelope/>");
	put(&tar, 'x', "pax", "20 path=f/my disk.v\n", 20);
	file(&tar, "short", "the disk");
	file(&tar, "f/._x.ovf", "of macOS");
	file(&tar, "f/d.9", "old");
	file(&tar, "f/d.10", "new");
	index_tar(&tar, false, &ova, &err);
	same("bytes", err.text, "");
	assert(ova.members.count == 4);
	descriptor = v2v_ova_find(&ova, "f/x.ovf");
	assert(descriptor && descriptor->offset == BLOCK);
	member = v2v_ova_find_href(&ova, descriptor, "my%20disk.v");
	assert(member && member->offset == BLOCK * 5);
	assert(v2v_ova_read(&ova, member, 8, &text, &err) == 0);
	same("bytes", text, "the disk");
	assert(v2v_ova_read(&ova, member, 7, &text, &err) < 0);
	same("numbered", v2v_ova_find_numbered(&ova, descriptor, "d")->name,
		"f/d.10");
	assert(!v2v_ova_find_href(&ova, descriptor, "../x"));
}

static void test_members(void)
{
	static const struct {
		char type;
		const char *name, *code;
	} cases[] = {
		{ '0', "../x", "ova-name" },
		{ '0', "a/../x", "ova-name" },
		{ '0', "/etc/x", "ova-name" },
		{ '0', "twice", "ova-member" },
		{ '1', "hard", "ova-member" },
		{ '2', "symbolic", "ova-member" },
		{ '3', "character", "ova-member" },
		{ '4', "block", "ova-member" },
		{ '6', "fifo", "ova-member" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct v2v_text tar CLEANUP_TEXT = { 0 };

		file(&tar, "twice", "1");
		put(&tar, cases[i].type, cases[i].name, "", 0);
		refused(&tar, false, cases[i].code);
	}
}

/* A map is before the bytes of a sparse member, also where it has no holes:
 * it has no place, and is unpacked. */
static void test_sparse(void)
{
	static const char record[] =
		"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n"
		"25 GNU.sparse.realsize=4\n24 GNU.sparse.name=disk\n";
	struct v2v_ova ova CLEANUP_OVA = { .folder_fd = -1 };
	struct v2v_text tar CLEANUP_TEXT = { 0 };
	struct v2v_error err = { 0 };
	CLEANUP_FREE char *text = NULL;
	struct v2v_ova_member *member;
	char data[BLOCK + 5];

	memset(data, '\n', sizeof data);
	memcpy(data, "1\n0\n4\n", 6);
	memcpy(data + BLOCK, "disk", 5);
	put(&tar, 'x', "pax", record, (unsigned)strlen(record));
	file(&tar, "GNUSparseFile.0/disk", data);
	index_tar(&tar, false, &ova, &err);
	same("sparse", err.text, "");
	member = v2v_ova_find(&ova, "disk");
	assert(member && !member->file && member->size == 4);
	member->wanted = true;
	member->max = 4;
	v2v_set_tmpdir(v, dir);
	assert(v2v_ova_fetch(v, &ova, &err) == 0);
	assert(v2v_ova_read(&ova, member, 4, &text, &err) == 0);
	same("sparse", text, "disk");
}

static void test_sizes(void)
{
	struct v2v_text tar CLEANUP_TEXT = { 0 };
	char data[2 * BLOCK + 1] = "";

	memset(data, 'x', sizeof data - 1);
	put(&tar, 'x', "pax", "10 size=3\n", 10);
	file(&tar, "disk", data);
	refused(&tar, false, "ova-broken");
	put(&tar, '0', "cut", "short", 1 << 20);
	refused(&tar, false, "ova-truncated");
}

/* pax(1), "Extended Header": "LENGTH KEY=VALUE\n", LENGTH counts all of it. */
static void test_pax(void)
{
	static const struct {
		const char *records;
		unsigned size; /* 0: as long as they are */
		const char *code;
	} cases[] = {
		{ "6 a=b\n", 0, NULL },
		{ "6 a=b\n7 c=\n\n\n8 path=\n", 0, NULL },
		{ "", 0, NULL },
		{ "06 ab=\n", 0, "ova-broken" },
		{ "007 a=b\n", 0, "ova-broken" },
		{ "008 a=b\n", 0, NULL },
		{ "6 a=b\n", BLOCK, NULL }, /* zeros behind are counted */
		{ "6 a=b\n", 7, NULL },
		{ "7 a=b\n", 0, "ova-broken" },
		{ "7 a=b\n", BLOCK, "ova-broken" },
		{ "999 a=b\n", BLOCK, "ova-broken" },
		{ "5 a=b\n", 0, "ova-broken" },
		{ "0 a=b\n", 0, "ova-broken" },
		{ "-6 a=b\n", 0, "ova-broken" },
		{ "+6 a=b\n", 0, "ova-broken" },
		{ " 6 a=b\n", 0, "ova-broken" },
		{ "6\ta=b\n", 0, "ova-broken" },
		{ "0x6 a=b\n", 0, "ova-broken" },
		{ "a=b\n", 0, "ova-broken" },
		{ "6 =bc\n", 0, "ova-broken" },
		{ "6 abc\n", 0, "ova-broken" },
		{ "6 a=bc", 0, "ova-broken" },
		{ "6", 0, "ova-broken" },
		{ "6 a=b\n6 c=", 0, "ova-broken" },
		{ "6 a=b\n30 c=d\n", BLOCK, "ova-broken" },
		/* 6 and 2^32, 2^63, 2^64, 2^64 with a zero before it */
		{ "4294967302 a=b\n", 0, "ova-broken" },
		{ "9223372036854775814 a=b\n", 0, "ova-broken" },
		{ "18446744073709551615 a=b\n", 0, "ova-broken" },
		{ "18446744073709551616 a=b\n", 0, "ova-broken" },
		{ "18446744073709551641 a=b\n", 0, "ova-broken" },
		{ "018446744073709551642 a=b\n", 0, "ova-broken" },
	};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		const char *records = cases[i / 2].records;
		unsigned size = cases[i / 2].size;
		struct v2v_ova ova CLEANUP_OVA = { .folder_fd = -1 };
		struct v2v_text tar CLEANUP_TEXT = { 0 };
		struct v2v_error err = { 0 };

		put(&tar, i % 2 ? 'x' : 'g', "pax", records,
			size ? size : (unsigned)strlen(records));
		file(&tar, "._a", "ignored, its headers are checked");
		file(&tar, "a", "a");
		index_tar(&tar, false, &ova, &err);
		same(records, err.code, cases[i / 2].code);
	}
}

static void add_code(const struct v2v_message *message, void *opaque)
{
	v2v_text_addf(opaque, "%s ", message->code);
}

#define SUM_OF_A "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"
#define OTHER	 "86f7e437faa5a7fce15d1ddcb9eaeaea377667b9"

/* Which member a line means, and what is reported of it. */
static void test_check(void)
{
	static const struct {
		const char *lines, *code, *told;
	} cases[] = {
		{ "SHA1(a)= " SUM_OF_A "\r\n"
		  "SHA-1 (a) = 86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8\n",
			NULL, "" },
		{ "SHA256(missing)= 00\nMD5(a)= 00\nnonsense\n", NULL,
			"manifest-missing-file manifest-algorithm "
			"manifest-line " },
		{ "SHA1(a)= " OTHER "\n", "manifest-mismatch", "" },
		{ "SHA1(a)= 86\n", "manifest-mismatch", "" },
		{ SUM_OF_A "  ./a\n", NULL, "" },
		{ OTHER " *a\n", "manifest-mismatch", "" },
		/* As other systems write names. */
		{ "SHA1(\"a\")= " OTHER "\n", "manifest-mismatch", "" },
		{ "SHA1( a\t)= " OTHER "\n", "manifest-mismatch", "" },
		{ "SHA1(.\\a)= " OTHER "\n", "manifest-mismatch", "" },
		{ "SHA1(f\\B)= " OTHER "\n", "manifest-mismatch", "" },
		{ "SHA1(A)= " OTHER "\n", "manifest-mismatch", "" },
		{ "SHA1(F/b)= " SUM_OF_A "\nSHA1(a)= " SUM_OF_A "\n", NULL,
			"" },
		/* Two have it in another case, or one in this. */
		{ "SHA1(TWICE)= " OTHER "\nSHA1(a)= " SUM_OF_A "\n", NULL,
			"manifest-missing-file " },
		{ "SHA1(Twice)= " OTHER "\n", "manifest-mismatch", "" },
		{ "SHA1(Twice)= " SUM_OF_A "\nSHA1(a)= " SUM_OF_A "\n", NULL,
			"" },
		/* The manifest itself, by any of its names; nothing else is
		 * passed over for it. */
		{ "SHA1(x.mf)= " OTHER "\nSHA1(a)= " SUM_OF_A "\n", NULL,
			"manifest-self " },
		{ "SHA1(X.MF)= " OTHER "\nSHA1(./x%2emf)= 0\nMD5(x.mf)= 0\n"
		  "SHA1(a)= " SUM_OF_A "\n",
			NULL, "manifest-self manifest-self manifest-self " },
		{ "SHA1(x.mf)= " OTHER "\nSHA1(a)= " OTHER "\n",
			"manifest-mismatch", "manifest-self " },
		{ "SHA1(x.mf)= " OTHER ")(a)= " SUM_OF_A "\n", NULL,
			"manifest-missing-file manifest-incomplete " },
		{ "SHA1(x.mf/a)= " OTHER "\n", NULL,
			"manifest-missing-file manifest-incomplete " },
		/* What is left out. */
		{ "", NULL, "manifest-incomplete " },
		{ "SHA1(f/B)= " SUM_OF_A "\n", NULL, "manifest-incomplete " },
	};
	struct v2v_text tar CLEANUP_TEXT = { 0 };
	struct v2v_text lines CLEANUP_TEXT = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct v2v_ova ova CLEANUP_OVA = { .folder_fd = -1 };
		struct v2v_text told CLEANUP_TEXT = { 0 };
		struct v2v_error err = { 0 };

		file(&tar, "a", "a");
		file(&tar, "f/B", "a");
		file(&tar, "twice", "a");
		file(&tar, "Twice", "a");
		file(&tar, "x.mf", cases[i].lines);
		v2v_on_message(v, add_code, &told);
		index_tar(&tar, true, &ova, &err);
		v2v_on_message(v, NULL, NULL);
		same(cases[i].lines, err.code, cases[i].code);
		same(cases[i].lines, told.data ? told.data : "", cases[i].told);
	}
	file(&tar, "x.mf", "");
	file(&tar, "y.mf", "");
	refused(&tar, true, "manifest-several");
	for (int i = 0; i <= V2V_OVA_MAX_MEMBERS; i++)
		v2v_text_addf(&lines, "x\n");
	file(&tar, "x.mf", lines.data);
	refused(&tar, true, "manifest-limit");
}

static void test_file(const char *path)
{
	size_t size;
	CLEANUP_FREE char *text = read_whole_size(path, &size);
	CLEANUP_FREE char *expected = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expected);
	struct v2v_list lines CLEANUP_MANIFEST = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };

	v2v_manifest_parse(text, size, &lines);
	v2v_list_foreach (const struct v2v_manifest_line, line, &lines)
		v2v_text_addf(&got, "%u %s %s %s\n", line->number,
			line->algorithm ? v2v_digest_name(line->algorithm)
					: "-",
			line->name ? line->name : "-",
			line->digest ? line->digest : "-");
	same(path, got.data ? got.data : "", want);
}

int main(void)
{
	assert(mkdtemp(dir));
	v = v2v_new();
	each_case("tests/data/manifest/*.mf", 8, test_file);
	test_bytes();
	test_members();
	test_sparse();
	test_sizes();
	test_pax();
	test_check();
	v2v_free(v);
	v2v_remove_tree(dir);
	return 0;
}
