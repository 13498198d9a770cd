/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The record of a copy: what was copied is what it says, and nothing but the
 * same copy, undamaged, is believed. */
#undef NDEBUG
#include "copy/record.h"
#include "core/file.h"
#include "disk/layout.h"

#include <assert.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLUSTER ((unsigned)V2V_CLUSTER)
#define SLOTS	64
#define SIZE	(SLOTS * V2V_CLUSTER)

/* Ranges against a flag for each cluster. */
static void check_ranges(const struct v2v_ranges *r, const bool *slots)
{
	for (uint64_t i = 0; i < SLOTS; i++) {
		uint64_t to, end = i;

		assert(v2v_ranges_find(r, i * V2V_CLUSTER, SIZE, &to) ==
			slots[i]);
		while (end < SLOTS && slots[end] == slots[i])
			end++;
		assert(to == end * V2V_CLUSTER);
	}
	for (size_t i = 1; i < r->count; i++)
		assert(r->all[i - 1].to < r->all[i].from);
}

static void test_ranges(void)
{
	unsigned seed = 3;

	for (int round = 0; round < 300; round++) {
		struct v2v_ranges r = { 0 }, copy;
		bool slots[SLOTS] = { false };

		for (int i = 0; i < 12; i++) {
			uint64_t from, to;

			seed = seed * 1103515245 + 12345;
			from = (seed >> 16) % SLOTS;
			to = from + 1 + (seed >> 24) % 9;
			to = to > SLOTS ? SLOTS : to;
			v2v_ranges_add(
				&r, from * V2V_CLUSTER, to * V2V_CLUSTER);
			memset(slots + from, true, to - from);
			check_ranges(&r, slots);
		}
		v2v_ranges_copy(&copy, &r);
		check_ranges(&copy, slots);
		v2v_ranges_clear(&copy);
		v2v_ranges_clear(&r);
	}
}

static json_t *identity(void)
{
	return json_pack("{s:{s:s, s:n}, s:[{s:s, s:i, s:s}, {s:s, s:i, s:s}], "
			 "s:{s:s, s:i}, s:I}",
		"disk", "format", "raw", "offset", "files", "file", "/a",
		"inode", 5, "mtime", "1.000000001", "file", "/b", "inode", 6,
		"mtime", "2.5", "target", "file", "/vm/m-sda", "inode", 9,
		"size", (json_int_t)SIZE);
}

/* Two ranges, of which the second ends with the disk. */
static void fill(struct v2v_ranges *done)
{
	v2v_ranges_add(done, 0, 3 * V2V_CLUSTER);
	v2v_ranges_add(done, 5 * V2V_CLUSTER, SIZE);
}

static int parse(const char *text, size_t length, const json_t *is,
	struct v2v_error *err)
{
	struct v2v_ranges done = { 0 };
	int r = v2v_record_parse(text, length, is, SIZE, &done, err);

	if (r > 0) {
		assert(done.count == 2 && done.all[0].from == 0);
		assert(done.all[0].to == 3 * V2V_CLUSTER);
		assert(done.all[1].from == 5 * V2V_CLUSTER);
		assert(done.all[1].to == SIZE);
	} else {
		assert(!done.count);
	}
	v2v_ranges_clear(&done);
	return r;
}

/* Cut anywhere, each bit of each byte changed: refused, or the same text. */
static void test_damage(void)
{
	struct v2v_ranges done = { 0 };
	json_t *is = identity();
	struct v2v_error err = { 0 };
	size_t length;
	char *text;

	fill(&done);
	text = v2v_record_text(is, &done);
	length = strlen(text);
	assert(parse(text, length, is, &err) == 1 && !err.code);
	assert(parse(text, 0, is, &err) == 0 && !err.code);
	for (size_t n = 1; n < length; n++)
		assert(parse(text, n, is, NULL) == -1);
	for (size_t i = 0; i < length; i++)
		for (int bit = 0; bit < 8; bit++) {
			text[i] ^= (char)(1 << bit);
			assert(parse(text, length, is, NULL) == -1);
			text[i] ^= (char)(1 << bit);
		}
	assert(parse("[]", 2, is, &err) == -1);
	assert(v2v_streq(err.code, "resume-restart"));
	free(text);
	json_decref(is);
	v2v_ranges_clear(&done);
}

/* What differs, and what is said of it; values are JSON. */
static const struct {
	const char *path[3], *value, *text;
} differences[] = {
	{ { "disk", "format" }, "\"vmdk\"", "'disk.format' is not" },
	{ { "disk", "offset" }, "0", "'disk.offset' is not" },
	{ { "disk", "more" }, "0", "'disk' is not" },
	{ { "target", "inode" }, "8", "'target.inode' is not" },
	{ { "target", "file" }, "\"/vm/m-sdb\"", "'target.file' is not" },
	{ { "target" }, "null", "'target' is not" },
	{ { "size" }, "1", "'size' is not" },
	{ { "more" }, "1", "'identity' is not" },
	{ { "files", "0", "mtime" }, "\"1.000000002\"",
		"'/a' is not what it was (mtime)" },
	{ { "files", "1", "inode" }, "5", "'/b' is not what it was (inode)" },
	{ { "files", "1", "file" }, "\"/c\"",
		"'/b' is not what it was (file)" },
	{ { "files", "2" }, "{}", "'files' is not" },
	{ { "files" }, "[]", "'/a' is not what it was" },
};

/* An element of an array is added. */
static void change(json_t *json, const char *const *path, const char *value)
{
	const int last = path[2] ? 2 : path[1] ? 1 : 0;
	json_t *to = json_loads(value, JSON_DECODE_ANY, NULL);

	assert(to);
	for (int i = 0; i < last; i++)
		json = json_is_array(json) ? json_array_get(json,
						     (size_t)(path[i][0] - '0'))
					   : json_object_get(json, path[i]);
	if (json_is_array(json))
		assert(json_array_append_new(json, to) == 0);
	else
		assert(json_object_set_new(json, path[last], to) == 0);
}

static void test_differences(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(differences); i++) {
		struct v2v_ranges done = { 0 };
		json_t *is = identity(), *was = identity();
		struct v2v_error err = { 0 };
		char *text;

		fill(&done);
		change(was, differences[i].path, differences[i].value);
		text = v2v_record_text(was, &done);
		assert(parse(text, strlen(text), is, &err) == -1);
		if (!strstr(err.text, differences[i].text))
			fprintf(stderr, "%zu: %s\n", i, err.text);
		assert(strstr(err.text, differences[i].text));
		free(text);
		json_decref(is);
		json_decref(was);
		v2v_ranges_clear(&done);
	}
}

/* Ranges that no copy would have written down. */
static void test_wrong_ranges(void)
{
	static const struct v2v_range wrong[][2] = {
		{ { CLUSTER, CLUSTER } },
		{ { 2 * CLUSTER, CLUSTER } },
		{ { 1, CLUSTER } },
		{ { 0, CLUSTER + 1 } },
		{ { 0, SIZE + CLUSTER } },
		{ { SIZE, SIZE + CLUSTER } },
		{ { 0, CLUSTER }, { 0, 2 * CLUSTER } },
		{ { 0, CLUSTER }, { CLUSTER, 2 * CLUSTER } },
		{ { 4 * CLUSTER, 5 * CLUSTER }, { 0, CLUSTER } },
		{ { 0, 1ULL << 63 } },
	};
	json_t *is = identity();

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct v2v_range all[2] = { wrong[i][0], wrong[i][1] };
		const struct v2v_ranges done = { all, all[1].to ? 2 : 1, 2 };
		struct v2v_error err = { 0 };
		char *text = v2v_record_text(is, &done);

		assert(parse(text, strlen(text), is, &err) == -1);
		assert(strstr(err.text, "is not a range of the disk"));
		free(text);
	}
	json_decref(is);
}

/* More ranges than a record has: those that it has are true. */
static void test_many(void)
{
	const uint64_t size = 2 * (V2V_RECORD_RANGES + 9) * V2V_CLUSTER;
	struct v2v_ranges done = { 0 }, got = { 0 };
	json_t *is = identity();
	char *text;

	for (uint64_t i = 0; i < V2V_RECORD_RANGES + 9; i++)
		v2v_ranges_add(
			&done, 2 * i * V2V_CLUSTER, (2 * i + 1) * V2V_CLUSTER);
	text = v2v_record_text(is, &done);
	assert(strlen(text) < V2V_RECORD_MAX);
	assert(v2v_record_parse(text, strlen(text), is, size, &got, NULL) == 1);
	assert(got.count == V2V_RECORD_RANGES);
	assert(!memcmp(got.all, done.all, got.count * sizeof *got.all));
	free(text);
	json_decref(is);
	v2v_ranges_clear(&got);
	v2v_ranges_clear(&done);
}

/* The file: there, locked, replaced, empty and gone, forgotten, dropped. */
static void test_file(void)
{
	char dir[] = "/tmp/v2v-record-XXXXXX";
	struct v2v *v = v2v_new();
	struct v2v_record *record, *other;
	struct v2v_ranges done = { 0 }, got = { 0 };
	struct v2v_error err = { 0 };
	struct stat st;

	fill(&done);
	assert(mkdtemp(dir));
	assert(v2v_record_open(v, dir, "nbd://host/a b", &record, NULL) == 0);
	assert(strstr(record->path, "/.a b."));
	assert(v2v_record_is_empty(record));
	assert(v2v_record_read(record, identity(), SIZE, &got, NULL) == 0);
	assert(v2v_record_save(record, &done, NULL) == 0);
	assert(v2v_record_save(record, &done, NULL) == 0);
	assert(!v2v_record_is_empty(record));
	assert(stat(record->path, &st) == 0 && (st.st_mode & 0777) == 0600);
	assert(v2v_record_open(v, dir, "nbd://host/b", &other, NULL) == 0);
	v2v_record_free(other);
	assert(v2v_record_open(v, dir, "nbd://host/a b", &other, &err) == -1);
	assert(v2v_streq(err.code, "image-in-use"));
	v2v_record_free(record);
	assert(v2v_record_open(v, dir, "nbd://host/a b", &record, NULL) == 0);
	assert(v2v_record_read(record, identity(), SIZE, &got, NULL) == 1);
	assert(got.count == 2);
	/* Forgotten it is still locked. */
	assert(v2v_record_forget(record, NULL) == 0);
	assert(v2v_record_save(record, &done, NULL) == 0);
	assert(v2v_record_is_empty(record));
	assert(v2v_record_open(v, dir, "nbd://host/a b", &other, NULL) == -1);
	v2v_record_free(record);
	assert(v2v_record_open(v, dir, "nbd://host/a b", &record, NULL) == 0);
	v2v_record_drop(record);
	assert(v2v_record_save(record, &done, NULL) == 0);
	v2v_record_free(record);
	/* Nothing is left, the empty one neither. */
	assert(rmdir(dir) == 0);
	v2v_ranges_clear(&got);
	v2v_ranges_clear(&done);
	v2v_free(v);
}

int main(void)
{
	test_ranges();
	test_damage();
	test_differences();
	test_wrong_ranges();
	test_many();
	test_file();
	return 0;
}
