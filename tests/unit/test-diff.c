/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Unified diffs: applied to the one text they give the other, with no more
 * context than diff(1) has; and patterns with braces. */
#include "cases.h"

#include "core/lines.h"
#include "plan/plan-private.h"

/* A text as lines; the last may be without its '\n'. */
static void take_line(const char **s, struct v2v_text *out)
{
	size_t n = strcspn(*s, "\n");

	n += (*s)[n] == '\n';
	v2v_text_add(out, *s, n);
	*s += n;
}

/* @before with the hunks of @diff; each must fit, at its very line. */
static char *apply(const char *before, const char *diff)
{
	struct v2v_text out = { 0 };
	unsigned line = 1, from, count;

	v2v_text_addf(&out, "%s", "");
	while (*diff) {
		const char *end = strchr(diff, '\n');
		size_t n = (size_t)(end - diff) + 1;

		if (sscanf(diff, "@@ -%u,%u ", &from, &count) == 2 ||
			(count = 1, sscanf(diff, "@@ -%u ", &from)) == 1) {
			for (from += count == 0; line < from; line++)
				take_line(&before, &out);
		} else if (*diff == '\\') {
			out.data[--out.length] = '\0';
		} else if (*diff == '+') {
			v2v_text_add(&out, diff + 1, n - 1);
		} else {
			struct v2v_text have CLEANUP_TEXT = { 0 };

			assert(*diff == '-' || *diff == ' ');
			take_line(&before, &have);
			assert(strncmp(have.data, diff + 1,
				       strcspn(have.data, "\n")) == 0);
			if (*diff == ' ')
				v2v_text_add(&out, diff + 1, n - 1);
			else if (diff[n] == '\\')
				n += strcspn(diff + n, "\n") + 1;
			line++;
		}
		diff += n;
	}
	v2v_text_addf(&out, "%s", before);
	return v2v_text_take(&out);
}

static void check(const char *before, const char *after)
{
	struct v2v_text diff CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *got = NULL;
	const char *hunks;

	v2v_diff_texts("/etc/x", before, after, &diff);
	assert(v2v_starts_with(diff.data, "--- a/etc/x\n+++ b/etc/x\n"));
	hunks = strchr(strchr(diff.data, '\n') + 1, '\n') + 1;
	got = apply(before, hunks);
	if (strcmp(got, after) != 0) {
		fprintf(stderr, "%s\n", diff.data);
		same("applied", got, after);
	}
	assert((*hunks == '\0') == (strcmp(before, after) == 0));
}

static unsigned random_below(unsigned n)
{
	static unsigned state = 1;

	state = state * 1103515245 + 12345;
	return (state >> 16) % n;
}

static char *random_text(unsigned most)
{
	struct v2v_text text = { 0 };

	v2v_text_addf(&text, "%s", "");
	for (unsigned n = random_below(most); n; n--)
		v2v_text_addf(&text, "%c\n", 'a' + (int)random_below(6));
	if (text.length && random_below(4) == 0)
		text.data[--text.length] = '\0';
	return v2v_text_take(&text);
}

/* Nothing but what differs, and three lines around it. */
static void test_small(void)
{
	static const char before[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
	static const char after[] = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
	struct v2v_text diff CLEANUP_TEXT = { 0 }, new CLEANUP_TEXT = { 0 };

	v2v_diff_texts("/x", before, after, &diff);
	same("one line", diff.data,
		"--- a/x\n+++ b/x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n"
		" 7\n 8\n");
	v2v_diff_texts("/x", NULL, "1\n2", &new);
	same("a new file", new.data,
		"--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+1\n+2\n"
		"\\ No newline at end of file\n");
}

/* What differs in more lines than are compared is still shown. */
static void test_large(void)
{
	struct v2v_text a CLEANUP_TEXT = { 0 }, b CLEANUP_TEXT = { 0 };

	for (unsigned i = 0; i < 3000; i++) {
		v2v_text_addf(&a, "a %u\n", i);
		v2v_text_addf(&b, i % 100 ? "b %u\n" : "a %u\n", i);
	}
	check(a.data, b.data);
	check(a.data, "");
	check("", b.data);
}

static void test_patterns(void)
{
	static const struct {
		const char *pattern, *path;
		bool fits;
	} cases[] = {
		{ "/etc/*.conf", "/etc/a.conf", true },
		{ "/etc/*.conf", "/etc/a/b.conf", false },
		{ "/etc/*.conf", "/etc/.conf", false },
		{ "/a/{b,c{d,e}}/*", "/a/ce/x", true },
		{ "/a/{b,c{d,e}}/*", "/a/b/x", true },
		{ "/a/{b,c{d,e}}/*", "/a/c/x", false },
		{ "/a/{,b}c", "/a/c", true },
		{ "/a/{b", "/a/{b", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (v2v_glob_matches(cases[i].pattern, cases[i].path) !=
			cases[i].fits)
			same(cases[i].pattern, cases[i].path, "otherwise");
}

int main(void)
{
	test_small();
	for (unsigned i = 0; i < 20000; i++) {
		CLEANUP_FREE char *a = random_text(40), *b = random_text(40);

		check(a, b);
	}
	test_large();
	test_patterns();
	return 0;
}
