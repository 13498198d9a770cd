/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A registry hive that goes through states, and transaction logs that are made
 * of what is between them; what a replay of both must give.  With a directory
 * as argument each case is left there, for tests/hives/replay.py.
 */
#ifndef V2V_TEST_HIVE_SCENE_H
#define V2V_TEST_HIVE_SCENE_H

#include "make-logs.h"

#include "windows/replay/replay-private.h"

#include <sys/stat.h>

#define STATES 6
#define FIRST  100 /* the sequence number of the first entry */
#define STAMP  UINT64_C(0x1d5a0b1c2d3e4f5)

static struct bytes states[STATES];
static const char *cases_dir;

/* What one state has more than the one before: values, and room for them. */
static inline void go_on(const char *path, uint32_t step)
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

static inline void make_states(void)
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

static inline void scene_clear(struct scene *scene)
{
	free(scene->primary.data);
	for (size_t i = 0; i < ARRAY_SIZE(scene->logs); i++)
		free(scene->logs[i].data);
}
#define CLEANUP_SCENE __attribute__((cleanup(scene_clear)))

static inline struct bytes primary_at(
	unsigned state, uint32_t primary, uint32_t secondary)
{
	struct bytes file = copy_bytes(&states[state]);

	set_head(file.data, primary, secondary, 0, STAMP);
	return file;
}

/* Entries that lead from state @from to state @to. */
static inline struct bytes entries(unsigned from, unsigned to, uint32_t first)
{
	struct bytes log = make_log(&states[to], 6, first, STAMP);

	for (; from < to; from++, first++)
		add_entry(&log, first, &states[from], &states[from + 1],
			from % 2 ? 512 : 4096);
	return log;
}

static inline void save(
	const char *dir, const char *name, const struct bytes *file)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", dir, name);
	FILE *f = file->size ? fopen(path, "w") : NULL;

	if (!file->size)
		return;
	assert(f && fwrite(file->data, 1, file->size, f) == file->size);
	assert(fclose(f) == 0);
}

static inline void save_case(const struct scene *scene, const char *name,
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

static inline int replay(const struct scene *scene, const char *name,
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

static inline bool is_state(
	const struct v2v_hive_replayed *result, unsigned state)
{
	uint32_t bins = bins_of(&states[state]);

	return word(result->data + 40) == bins && result->size >= BASE + bins &&
	       memcmp(result->data + BASE, states[state].data + BASE, bins) ==
		       0;
}

static inline void check_head(const struct v2v_hive_replayed *result)
{
	unsigned char head[512];

	memcpy(head, result->data, sizeof head);
	assert(word(head + 4) == word(head + 8) && word(head + 28) == 0);
	sum_head(head);
	assert(memcmp(head, result->data, sizeof head) == 0);
}

/* libhivex reads it, and finds what the state has. */
static inline void check_value(
	const struct v2v_hive_replayed *result, uint32_t step)
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
static inline void becomes(const struct scene *scene, const char *name,
	unsigned state, uint32_t sequence, unsigned writes)
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

static inline void fails(const struct scene *scene, const char *name,
	const char *code, const char *part)
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

/* Where the entries of a chain of five are: @split of them in the first log. */
static inline struct scene in_two_logs(
	unsigned split, bool swapped, uint32_t first)
{
	struct scene scene = { primary_at(0, first + 1, first), { { 0 } } };

	scene.logs[swapped] = entries(0, split, first);
	if (split < STATES - 1)
		scene.logs[!swapped] =
			entries(split, STATES - 1, first + split);
	return scene;
}

/* main()'s arguments; ended by scene_end(). */
static inline void scene_begin(int argc, char **argv)
{
	cases_dir = argc > 1 ? argv[1] : NULL;
	if (cases_dir)
		assert(mkdir(cases_dir, 0755) == 0);
	make_states();
}

static inline void scene_end(void)
{
	for (size_t i = 0; i < STATES; i++)
		free(states[i].data);
}
#endif
