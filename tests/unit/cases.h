/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests that are data: pairs of files below tests/data. */
#ifndef V2V_TEST_CASES_H
#define V2V_TEST_CASES_H

#undef NDEBUG
#include "core/mem.h"

#include <assert.h>
#include <errno.h>
#include <glob.h>
#include <jansson.h>

/* All of a file, the caller's; the test ends where it is missing. */
static inline char *read_whole_size(const char *path, size_t *ret_size)
{
	struct v2v_text text = { 0 };
	char buffer[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f) {
		fprintf(stderr, "missing: %s\n", path);
		abort();
	}
	while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
		v2v_text_add(&text, buffer, n);
	fclose(f);
	*ret_size = text.length;
	return v2v_text_take(&text);
}

static inline char *read_whole(const char *path)
{
	size_t size;

	return read_whole_size(path, &size);
}

/* @path with its suffix replaced, the caller's. */
static inline char *beside(const char *path, const char *suffix)
{
	const char *dot = strrchr(path, '.');

	return v2v_format("%.*s%s", (int)(dot - path), path, suffix);
}

static inline void note_pattern(const char *pattern)
{
	const char *name = getenv("V2V_CASES");
	FILE *f = name ? fopen(name, "a") : NULL;

	assert(f || !name);
	if (f) {
		fprintf(f, "%s %s\n", program_invocation_short_name, pattern);
		fclose(f);
	}
}

/* Call @call for each file, in order; how many there are. */
static inline size_t each_file(
	const char *pattern, void (*call)(const char *path))
{
	size_t count;
	glob_t found;

	assert(glob(pattern, 0, NULL, &found) == 0);
	count = found.gl_pathc;
	for (size_t i = 0; i < count; i++)
		call(found.gl_pathv[i]);
	globfree(&found);
	return count;
}

/*
 * Call @test for each file; there must be at least @least.  That no file of
 * tests/data is left out is seen by tests/unit.bats: $V2V_CASES names the file
 * to which each pattern is added.
 */
static inline void each_case(
	const char *pattern, size_t least, void (*test)(const char *path))
{
	size_t count = each_file(pattern, test);

	assert(count >= least);
	printf("%s: %zu cases\n", pattern, count);
	note_pattern(pattern);
}

/* Say what differs, then end. */
static inline void same(const char *path, const char *got, const char *want)
{
	if (v2v_streq(got, want))
		return;
	fprintf(stderr, "%s\n--- got\n%s\n--- wanted\n%s\n", path,
		got ? got : "(nothing)", want ? want : "(nothing)");
	abort();
}

/*
 * A pair: the text of @path, edited, is the .after beside it (no
 * such file: nothing is to be changed), and says so in one line; edited once
 * more it stays as it is.
 */
static inline void same_pair(const char *path,
	char *(*edit)(const char *text, struct v2v_text *what))
{
	CLEANUP_FREE char *before = read_whole(path);
	CLEANUP_FREE char *after_name = beside(path, ".after");
	CLEANUP_FREE char *want =
		access(after_name, F_OK) == 0 ? read_whole(after_name) : NULL;
	struct v2v_text what CLEANUP_TEXT = { 0 };
	struct v2v_text none CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *got = edit(before, &what);
	CLEANUP_FREE char *twice = got ? edit(got, &none) : NULL;

	same(path, got, want);
	assert(!got == !what.length);
	assert(!what.length || !strchr(what.data, '\n'));
	same(path, twice, NULL);
}
static inline void same_json(
	const char *path, const json_t *got, const json_t *want)
{
	CLEANUP_FREE char *a = json_dumps(got, JSON_INDENT(1));
	CLEANUP_FREE char *b = json_dumps(want, JSON_INDENT(1));

	if (!json_equal(got, want))
		same(path, a, b);
}
#endif
