/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Replay of the transaction logs of a registry hive.  The hive goes through
 * states; logs are made of what is between them.  With a directory as argument
 * each case is left there, for tests/hives/replay.py to be compared with.
 */
#include "make-logs.h"

#include "windows/replay/replay-private.h"

#include <sys/stat.h>

#define STATES 6
#define FIRST  100 /* the sequence number of the first entry */
#define STAMP  UINT64_C(0x1d5a0b1c2d3e4f5)

static struct bytes states[STATES];
static const char *cases_dir;

/* What one state has more than the one before: values, and room for them. */
static void go_on(const char *path, uint32_t step)
{
	hive_h *h = hivex_open(path, HIVEX_OPEN_WRITE);
	CLEANUP_FREE char *key = v2v_format("Step\\%u", step);
	CLEANUP_FREE char *now = v2v_format("Now=dword:%u", step);
	char select[] = "Select";

	assert(h);
	set_hive_value(h, hive_key(h, select), now);
	for (unsigned i = 0; i < 8; i++) {
		CLEANUP_FREE char *name = v2v_strdup(key);
		CLEANUP_FREE char *line =
			v2v_format("Value%u=of step %u, with %*s of text", i,
				step, (int)(step * 7), "some");

		set_hive_value(h, hive_key(h, name), line);
	}
	assert(hivex_commit(h, NULL, 0) == 0 && hivex_close(h) == 0);
}

static void make_states(void)
{
	char path[] = "/tmp/test-hive-XXXXXX";
	int fd = mkstemp(path);

	assert(fd >= 0 && close(fd) == 0);
	make_hive(path, "[Select]\nCurrent=dword:1\n");
	for (uint32_t i = 0; i < STATES; i++) {
		go_on(path, i);
		states[i].data =
			(unsigned char *)read_whole_size(path, &states[i].size);
		set_head(states[i].data, 7, 7, 0, STAMP);
		assert(bins_of(&states[i]) + BASE <= states[i].size);
	}
	assert(bins_of(&states[STATES - 1]) > bins_of(&states[0]));
	unlink(path);
}

/* The files of a case; each its own copy. */
struct scene {
	struct bytes primary, logs[3];
};

static void scene_clear(struct scene *scene)
{
	free(scene->primary.data);
	for (size_t i = 0; i < ARRAY_SIZE(scene->logs); i++)
		free(scene->logs[i].data);
}
#define CLEANUP_SCENE __attribute__((cleanup(scene_clear)))

static struct bytes primary_at(
	unsigned state, uint32_t primary, uint32_t secondary)
{
	struct bytes file = copy_bytes(&states[state]);

	set_head(file.data, primary, secondary, 0, STAMP);
	return file;
}

/* Entries that lead from state @from to state @to. */
static struct bytes entries(unsigned from, unsigned to, uint32_t first)
{
	struct bytes log = make_log(&states[to], 6, first, STAMP);

	for (; from < to; from++, first++)
		add_entry(&log, first, &states[from], &states[from + 1],
			from % 2 ? 512 : 4096);
	return log;
}

static void save(const char *dir, const char *name, const struct bytes *file)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", dir, name);
	FILE *f = file->size ? fopen(path, "w") : NULL;

	if (!file->size)
		return;
	assert(f && fwrite(file->data, 1, file->size, f) == file->size);
	assert(fclose(f) == 0);
}

static void save_case(const struct scene *scene, const char *name,
	const struct v2v_hive_replayed *result, const char *error)
{
	static const char *const logs[] = { "HIVE.LOG1", "HIVE.LOG2",
		"HIVE.LOG" };
	static unsigned number;
	CLEANUP_FREE char *dir =
		v2v_format("%s/%04u-%s", cases_dir, number++, name);
	struct bytes text = { (unsigned char *)error, strlen(error) };
	struct bytes data = { result->data, result->size };

	assert(mkdir(dir, 0755) == 0);
	save(dir, "HIVE", &scene->primary);
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++)
		save(dir, logs[i], &scene->logs[i]);
	save(dir, "result", &data);
	save(dir, "error", &text);
}

static int replay(const struct scene *scene, const char *name,
	struct v2v_hive_replayed *ret, struct v2v_error *err)
{
	struct v2v_hive_files files = {
		.primary = { scene->primary.data, scene->primary.size },
		.most = 1 << 20,
	};
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(files.logs); i++)
		files.logs[i] = (struct v2v_hive_bytes){ scene->logs[i].data,
			scene->logs[i].size };
	*ret = (struct v2v_hive_replayed){ 0 };
	r = v2v_hive_replay(&files, ret, err);
	assert((r < 0) == (err->text[0] != '\0'));
	if (cases_dir && name)
		save_case(scene, name, ret, r < 0 ? err->code : "");
	return r;
}

static bool is_state(const struct v2v_hive_replayed *result, unsigned state)
{
	uint32_t bins = bins_of(&states[state]);

	return word(result->data + 40) == bins && result->size >= BASE + bins &&
	       memcmp(result->data + BASE, states[state].data + BASE, bins) ==
		       0;
}

static void check_head(const struct v2v_hive_replayed *result)
{
	unsigned char head[512];

	memcpy(head, result->data, sizeof head);
	assert(word(head + 4) == word(head + 8) && word(head + 28) == 0);
	sum_head(head);
	assert(memcmp(head, result->data, sizeof head) == 0);
}

/* libhivex reads it, and finds what the state has. */
static void check_value(const struct v2v_hive_replayed *result, uint32_t step)
{
	char path[] = "/tmp/test-hive-XXXXXX";
	int fd = mkstemp(path);
	hive_h *h;
	hive_node_h key;

	assert(fd >= 0 &&
		write(fd, result->data, result->size) == (ssize_t)result->size);
	close(fd);
	h = hivex_open(path, 0);
	assert(h);
	key = hivex_node_get_child(h, hivex_root(h), "Select");
	assert(hivex_value_dword(h, hivex_node_get_value(h, key, "Now")) ==
		(int32_t)step);
	hivex_close(h);
	unlink(path);
}

/* It becomes @state with the sequence numbers @sequence. */
static void becomes(const struct scene *scene, const char *name, unsigned state,
	uint32_t sequence, unsigned writes)
{
	struct v2v_hive_replayed result;
	struct v2v_error err = { 0 };

	if (replay(scene, name, &result, &err) < 0) {
		fprintf(stderr, "%s: %s\n", name ?: "", err.text);
		abort();
	}
	if (!result.data || !is_state(&result, state) ||
		word(result.data + 4) != sequence || result.writes != writes) {
		fprintf(stderr, "%s: not state %u\n", name ?: "", state);
		abort();
	}
	check_head(&result);
	check_value(&result, state);
	free(result.data);
}

static void fails(const struct scene *scene, const char *name, const char *code,
	const char *part)
{
	struct v2v_hive_replayed result;
	struct v2v_error err = { 0 };

	if (replay(scene, name, &result, &err) == 0 ||
		strcmp(err.code, code) != 0 || !strstr(err.text, part)) {
		fprintf(stderr, "%s: '%s' (%s) instead of '%s'\n", name,
			err.text, err.text[0] ? err.code : "", part);
		abort();
	}
}

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

/* Where the entries of a chain of five are: @split of them in the first log. */
static struct scene in_two_logs(unsigned split, bool swapped, uint32_t first)
{
	struct scene scene = { primary_at(0, first + 1, first), { { 0 } } };

	scene.logs[swapped] = entries(0, split, first);
	if (split < STATES - 1)
		scene.logs[!swapped] =
			entries(split, STATES - 1, first + split);
	return scene;
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

/* Bits that are turned over. */
struct flips {
	unsigned count, refused, states[STATES];
};

static uint32_t random_state = 1;
static uint32_t next_random(uint32_t below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)random_state * below >> 32);
}

/* It is a state that was, or refused. */
static void flip(
	const struct scene *scene, unsigned char *byte, struct flips *flips)
{
	unsigned char was = *byte;
	struct v2v_hive_replayed result;
	struct v2v_error err = { 0 };
	unsigned state = 0;

	*byte ^= (unsigned char)(1 << next_random(8));
	if (replay(scene, flips->count++ % 64 ? NULL : "flip", &result, &err) <
		0) {
		flips->refused++;
	} else {
		assert(result.data);
		while (state < STATES && !is_state(&result, state))
			state++;
		assert(state < STATES);
		check_head(&result);
		flips->states[state]++;
	}
	free(result.data);
	*byte = was;
}

/* In @size bytes of @file from @from on. */
static void flip_range(const struct scene *scene, const struct bytes *file,
	size_t from, size_t size, unsigned times, struct flips *flips)
{
	while (times--)
		flip(scene, file->data + from + next_random((uint32_t)size),
			flips);
}

static void test_flips(void)
{
	struct flips flips = { 0 };

	for (unsigned swapped = 0; swapped < 2; swapped++)
		for (unsigned split = 2; split < STATES; split += 2) {
			struct scene scene CLEANUP_SCENE =
				in_two_logs(split, swapped, FIRST);

			flip_range(&scene, &scene.primary, 0, 512, 200, &flips);
			for (unsigned i = 0; i < 2; i++)
				if (scene.logs[i].size)
					flip_range(&scene, &scene.logs[i], 0,
						scene.logs[i].size, 400,
						&flips);
			for (unsigned i = 0; i < 2; i++)
				if (scene.logs[i].size)
					flip_range(&scene, &scene.logs[i], 0,
						600, 200, &flips);
		}
	/* Most are noticed; what is lost of the last entry is what a power cut
	 * loses. */
	assert(flips.count >= 2000 && flips.refused > flips.count / 2);
	assert(flips.states[STATES - 1] && flips.states[STATES - 2]);
}

/* Windows was writing the primary file: only the whole chain will do, so no
 * flip in an entry before the last one may go by. */
static void test_flips_torn(void)
{
	struct scene scene CLEANUP_SCENE = in_two_logs(5, false, FIRST);
	struct bytes before = entries(0, 4, FIRST);
	struct flips flips = { 0 };

	for (size_t at = BASE; at < scene.primary.size; at += 1024)
		memcpy(scene.primary.data + at, states[STATES - 1].data + at,
			512);
	flip_range(&scene, &scene.primary, 0, 512, 100, &flips);
	flip_range(&scene, &scene.logs[0], 0, before.size, 400, &flips);
	assert(flips.refused + flips.states[STATES - 1] == flips.count);
	free(before.data);
}

/* Of the older form everything but the pages, which have no checksum. */
static void test_flips_pages(void)
{
	struct scene scene CLEANUP_SCENE = { primary_at(0, FIRST + 1, FIRST),
		{ { 0 } } };
	struct flips flips = { 0 };

	scene.logs[0] = make_page_log(&states[0], &states[5], FIRST, STAMP);
	flip_range(&scene, &scene.logs[0], 0, 516 + bins_of(&states[5]) / 4096,
		400, &flips);
	flip_range(&scene, &scene.primary, 0, 512, 200, &flips);
	assert(flips.refused > 400 &&
		flips.refused + flips.states[5] == flips.count);
}

int main(int argc, char **argv)
{
	cases_dir = argc > 1 ? argv[1] : NULL;
	if (cases_dir)
		assert(mkdir(cases_dir, 0755) == 0);
	make_states();
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
	test_flips();
	test_flips_torn();
	test_flips_pages();
	for (size_t i = 0; i < STATES; i++)
		free(states[i].data);
	return 0;
}
