/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replay of the transaction logs of a registry hive (hive-scene.h). */
#include "hive-scene.h"

/* Known answers of the hash: those of other implementations for this seed, both
 * halves combined. */
static void test_hash(void)
{
	static const struct {
		const char *text;
		uint32_t hash;
	} cases[] = { { "", 0xb00892ac }, { "h", 0xf41a608e },
		{ "he", 0x11107c6b }, { "hel", 0x24056a46 },
		{ "hell", 0x7f91e021 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const unsigned char *text =
			(const unsigned char *)cases[i].text;
		uint64_t hash = v2v_hive_hash(text, strlen(cases[i].text));

		assert((uint32_t)(hash ^ hash >> 32) == cases[i].hash);
		assert(hash == marvin_of(text, strlen(cases[i].text)));
	}
}

static void test_order(void)
{
	static const uint32_t firsts[] = { FIRST, 1, UINT32_MAX - 2, UINT32_MAX,
		INT32_MAX - 1 };

	for (size_t i = 0; i < ARRAY_SIZE(firsts); i++)
		for (unsigned split = 1; split < STATES; split++)
			for (unsigned swapped = 0; swapped < 2; swapped++) {
				struct scene scene CLEANUP_SCENE =
					in_two_logs(split, swapped, firsts[i]);

				becomes(&scene, split < 3 ? "order" : NULL,
					STATES - 1, firsts[i] + STATES - 1,
					STATES - 1);
			}
}

/* One log alone, in the place of a single one; beside others it is not read. */
static void test_single_log(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(0, FIRST + 1, FIRST),
		{ { 0 } } };

	scene.logs[2] = entries(0, 3, FIRST);
	becomes(&scene, "single", 3, FIRST + 3, 3);
	scene.logs[1] = (struct bytes){ v2v_alloc(1, 8192), 8192 };
	becomes(&scene, "single-and-blank", 3, FIRST + 3, 3);
	free(scene.logs[1].data);
	scene.logs[1] = entries(0, 2, FIRST);
	becomes(&scene, "two-and-single", 2, FIRST + 2, 2);
}

/* What lies behind the last entry: older ones, an entry that was half written.
 */
static void test_end(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(0, FIRST + 1, FIRST),
		{ { 0 } } };
	struct bytes older = entries(0, 5, FIRST - 20);
	size_t end;

	scene.logs[0] = entries(0, 2, FIRST);
	add_bytes(&scene.logs[0], older.data + 512, older.size - 512);
	becomes(&scene, "older-behind", 2, FIRST + 2, 2);
	free(scene.logs[0].data);
	scene.logs[0] = entries(0, 3, FIRST);
	end = scene.logs[0].size;
	add_entry(&scene.logs[0], FIRST + 3, &states[3], &states[4], 4096);
	scene.logs[0].data[end + 2048] ^= 1;
	becomes(&scene, "half-written", 3, FIRST + 3, 3);
	scene.logs[0].size = end + 1024;
	becomes(&scene, "cut", 3, FIRST + 3, 3);
	scene.logs[0].size = end;
	free(older.data);
	older = entries(0, 2, FIRST);
	scene.logs[0].data[older.size + 8] ^= 1; /* its flags */
	becomes(&scene, "header", 2, FIRST + 2, 2);
	free(older.data);
}

/* Windows was just writing the primary file. */
static void test_torn_primary(void)
{
	struct scene scene CLEANUP_SCENE = in_two_logs(2, true, FIRST);
	const struct bytes *last = &states[STATES - 1];

	add_bytes(&scene.primary, NULL, last->size - scene.primary.size);
	for (size_t at = BASE; at < last->size; at += 1024)
		memcpy(scene.primary.data + at, last->data + at, 512);
	becomes(&scene, "torn", STATES - 1, FIRST + STATES - 1, STATES - 1);
}

static void damage_head(struct scene *scene)
{
	scene->primary.data[9] ^= 0x40;
}

static void test_damaged_head(void)
{
	struct scene scene CLEANUP_SCENE = in_two_logs(2, true, FIRST);
	struct v2v_hive_replayed result;
	struct v2v_error err = { 0 };

	damage_head(&scene);
	becomes(&scene, "head", STATES - 1, FIRST + STATES - 1, STATES - 1);
	assert(replay(&scene, NULL, &result, &err) == 0);
	assert(result.is_head_restored);
	free(result.data);
	memset(scene.primary.data, 0xee, 512);
	becomes(&scene, "head-gone", STATES - 1, FIRST + STATES - 1,
		STATES - 1);
	scene.logs[1].data[100] ^= 1;
	fails(&scene, "head-and-log", "registry-dirty", "are damaged");
}

/* The other log is from before; the base block is damaged or not. */
static void test_stale_log(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(2, FIRST + 1, FIRST),
		{ { 0 } } };

	scene.logs[0] = entries(0, 2, FIRST - 5);
	scene.logs[1] = entries(2, 5, FIRST);
	becomes(&scene, "stale", 5, FIRST + 3, 3);
	damage_head(&scene);
	becomes(&scene, "stale-head", 5, FIRST + 3, 3);
}

/* "Missing log entries for a dirty primary file": the primary file is at state
 * 2, and its base block says 0. */
static void test_missing_entries(void)
{
	struct scene scene CLEANUP_SCENE = {
		primary_at(2, FIRST - 9, FIRST - 10), { { 0 } }
	};

	scene.logs[1] = entries(1, 2, FIRST);
	scene.logs[0] = entries(2, 4, FIRST + 1);
	becomes(&scene, "missing", 4, FIRST + 3, 3);
	scene.logs[1].data[20] ^= 1;
	fails(&scene, "missing-damaged", "registry-dirty", "begins later");
}

static void test_flags(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(0, FIRST + 1, FIRST),
		{ { 0 } } };
	const uint32_t page[] = { 0, 4096 };
	struct v2v_hive_replayed result;
	struct v2v_error err = { 0 };

	scene.primary.data[144] = 6;
	sum_head(scene.primary.data);
	scene.logs[0] = make_log(&states[0], 6, FIRST, STAMP);
	add_raw_entry(&scene.logs[0], FIRST, 3, bins_of(&states[0]), page, 1,
		states[0].data + BASE);
	assert(replay(&scene, "flags", &result, &err) == 0);
	assert(word(result.data + 144) == 7);
	free(result.data);
}

static void test_clean(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(0, FIRST, FIRST),
		{ { 0 } } };
	struct v2v_hive_replayed result;
	struct v2v_error err = { 0 };

	scene.logs[0] = entries(0, 2, FIRST);
	assert(replay(&scene, "clean", &result, &err) == 0);
	assert(!result.data && result.writes == 0);
}

/* No state is right. */
static void test_refused(void)
{
	struct scene scene CLEANUP_SCENE = in_two_logs(2, false, FIRST);
	struct bytes log1 = scene.logs[0], log2 = scene.logs[1];
	struct bytes none = { 0 };
	struct bytes old = entries(0, 2, FIRST - 9);
	struct bytes across = entries(0, 5, FIRST - 2);

	scene.logs[0] = scene.logs[1] = none;
	fails(&scene, "no-logs", "registry-dirty", "no transaction logs");
	scene.logs[0] = old;
	fails(&scene, "old-logs", "registry-dirty", "older than");
	scene.logs[0] = across;
	fails(&scene, "across", "registry-dirty", "begins before");
	scene.logs[0] = log1;
	scene.logs[0].data[30] ^= 1;
	fails(&scene, "damaged-log", "registry-dirty", "logs are damaged");
	scene.logs[0].data[30] ^= 1;
	log2.data[30] ^= 1;
	scene.logs[1] = log2;
	fails(&scene, "second-damaged", "registry-dirty", "later ones");
	log2.data[30] ^= 1;
	scene.logs[0].data[600] ^= 1;
	fails(&scene, "first-entry", "registry-dirty", "begins later");
	scene.logs[0].data[600] ^= 1;
	free(old.data);
	free(across.data);
}

/* Entries whose hashes are right. */
static void test_hostile_entries(void)
{
	static const struct {
		uint32_t bins, at, size;
		size_t count;
	} cases[] = {
		{ 8192, 8192, 512, 1 },
		{ 8192, UINT32_MAX, 512, 1 },
		{ 8192, UINT32_MAX - 511, 512, 1 },
		{ 8193, 0, 512, 1 },
		{ 0, 0, 0, 1 },
		{ UINT32_MAX - 4095, 0, 512, 1 },
		{ 2 << 20, 0, 512, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene CLEANUP_SCENE = {
			primary_at(0, FIRST + 1, FIRST), { { 0 } }
		};
		const uint32_t page[] = { cases[i].at, cases[i].size };

		scene.logs[0] = make_log(&states[0], 6, FIRST, STAMP);
		add_raw_entry(&scene.logs[0], FIRST, 0, cases[i].bins, page,
			cases[i].count, states[0].data);
		fails(&scene, "hostile", "registry-dirty", "damaged");
	}
}

/* More pages than the entry has; a bin that is none; no hive at all. */
static void test_hostile_rest(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(0, FIRST + 1, FIRST),
		{ { 0 } } };
	const uint32_t page[] = { 4096, 512 };
	unsigned char *entry;

	scene.logs[0] = make_log(&states[0], 6, FIRST, STAMP);
	add_raw_entry(&scene.logs[0], FIRST, 0, 8192, page, 1, states[0].data);
	fails(&scene, "no-bin", "registry-dirty", "the bin at offset 4096");
	free(scene.logs[0].data);
	scene.logs[0] = make_log(&states[0], 6, FIRST, STAMP);
	add_raw_entry(
		&scene.logs[0], FIRST, 0, 8192, page, 1, states[0].data + BASE);
	fails(&scene, "other-bin", "registry-dirty", "the bin at offset 4096");
	entry = scene.logs[0].data + 512;
	for (uint32_t count = 2; count; count = count == 2 ? UINT32_MAX : 0) {
		put32(entry + 20, count);
		put64(entry + 32, marvin_of(entry, 32));
		fails(&scene, "count", "registry-dirty", "damaged");
	}
	memset(scene.primary.data, 0, 4100);
	fails(&scene, "no-hive", "registry", "not a hive");
	scene.primary.size = 100;
	fails(&scene, "short", "registry", "not a hive");
}

/* The older form: XP has one log, later ones two. */
static void test_pages(void)
{
	for (unsigned i = 0; i < 3; i++) {
		struct scene scene CLEANUP_SCENE = {
			primary_at(1, FIRST + 1, FIRST), { { 0 } }
		};

		scene.logs[i] =
			make_page_log(&states[1], &states[4], FIRST, STAMP);
		becomes(&scene, "pages", 4, FIRST + 1, 1);
		if (i == 1)
			scene.logs[0] = make_page_log(
				&states[0], &states[5], FIRST - 7, STAMP - 1);
		becomes(&scene, "pages-of-it", 4, FIRST + 1, 1);
	}
}

/* The first bin has the time of the write then; that page is in the log too. */
static void test_pages_over_damaged_head(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(1, FIRST + 1, FIRST),
		{ { 0 } } };
	uint64_t stamp = (uint64_t)word(scene.primary.data + BASE + 20) |
			 (uint64_t)word(scene.primary.data + BASE + 24) << 32;

	scene.logs[0] = make_page_log(&states[1], &states[4], FIRST, stamp);
	scene.logs[0].data[28] = 2; /* of Windows 2000 */
	sum_head(scene.logs[0].data);
	damage_head(&scene);
	becomes(&scene, "pages-head", 4, FIRST, 1);
	set_head(scene.logs[0].data, FIRST, FIRST, 1, stamp + 1);
	fails(&scene, "pages-head-other", "registry-dirty", "last write");
}

static void test_pages_refused(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(1, FIRST + 1, FIRST),
		{ { 0 } } };
	struct bytes *log = &scene.logs[0];

	*log = make_page_log(&states[1], &states[4], FIRST, STAMP + 1);
	fails(&scene, "pages-other", "registry-dirty", "last write");
	set_head(log->data, FIRST + 1, FIRST, 1, STAMP);
	fails(&scene, "pages-unfinished", "registry-dirty", "are damaged");
	set_head(log->data, FIRST, FIRST, 1, STAMP);
	log->data[516] ^= 0x10;
	fails(&scene, "pages-bitmap", "registry-dirty", "log is damaged");
	log->data[516] ^= 0x10;
	log->size -= 512;
	fails(&scene, "pages-cut", "registry-dirty", "log is damaged");
	log->size = 514;
	fails(&scene, "pages-no-bitmap", "registry-dirty", "log is damaged");
}

int main(int argc, char **argv)
{
	scene_begin(argc, argv);
	test_hash();
	test_order();
	test_single_log();
	test_end();
	test_torn_primary();
	test_damaged_head();
	test_stale_log();
	test_missing_entries();
	test_flags();
	test_clean();
	test_refused();
	test_hostile_entries();
	test_hostile_rest();
	test_pages();
	test_pages_over_damaged_head();
	test_pages_refused();
	scene_end();
	return 0;
}
