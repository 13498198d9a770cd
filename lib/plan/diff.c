/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Unified diffs of two texts: E. W. Myers, "An O(ND) Difference Algorithm and
 * Its Variations" (1986), as far as a bound; what differs more than that is
 * shown as taken away and added.
 */
#include "plan/plan-private.h"

#define CONTEXT 3
/* Lines that differ; memory grows with its square. */
#define MAX_DIFFERENCE 512

struct line {
	const char *s;
	size_t n; /* with its '\n' */
	bool changed;
};

struct lines {
	struct line *line;
	size_t count;
};

/* An empty line behind the last ends loops. */
static struct lines split(const char *text)
{
	struct lines lines = { NULL, 0 };
	size_t count = 0;

	for (const char *s = text; *s; count++)
		s += strcspn(s, "\n") + (strchr(s, '\n') != NULL);
	lines.line = v2v_alloc(count + 1, sizeof *lines.line);
	for (const char *s = text; *s; lines.count++) {
		size_t n = strcspn(s, "\n");

		n += s[n] == '\n';
		lines.line[lines.count] = (struct line){ s, n, false };
		s += n;
	}
	return lines;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->n == b->n && memcmp(a->s, b->s, a->n) == 0;
}

/* What is between the equal beginning and end. */
struct middle {
	struct line *a, *b;
	long n, m;
	int *trace; /* for each number of differences the furthest a's */
};

#define WIDTH (2 * MAX_DIFFERENCE + 3)

static int *row(const struct middle *x, long d)
{
	return x->trace + d * WIDTH + MAX_DIFFERENCE + 1;
}

/* The furthest that @d differences get on each diagonal; true: to the end. */
static bool advance(const struct middle *x, long d)
{
	const int *before = d ? row(x, d - 1) : NULL;
	int *now = row(x, d);

	for (long k = -d; k <= d; k += 2) {
		long i = !before ? 0
			 : k == -d || (k != d && before[k - 1] < before[k + 1])
				 ? before[k + 1]
				 : before[k - 1] + 1;
		long j = i - k;

		while (i < x->n && j < x->m && same(&x->a[i], &x->b[j])) {
			i++;
			j++;
		}
		now[k] = (int)i;
		if (i >= x->n && j >= x->m)
			return true;
	}
	return false;
}

/* Go back over what @d differences did. */
static void mark(const struct middle *x, long d)
{
	long i = x->n, j = x->m;

	for (; d > 0; d--) {
		const int *before = row(x, d - 1);
		long k = i - j;
		bool down =
			k == -d || (k != d && before[k - 1] < before[k + 1]);
		long from = down ? before[k + 1] : before[k - 1];

		if (down) {
			j = from - (k + 1);
			x->b[j].changed = true;
		} else {
			j = from - (k - 1);
			x->a[from].changed = true;
		}
		i = from;
	}
}

static void mark_all(const struct middle *x)
{
	for (long i = 0; i < x->n; i++)
		x->a[i].changed = true;
	for (long j = 0; j < x->m; j++)
		x->b[j].changed = true;
}

static void compare(struct lines *a, struct lines *b)
{
	struct middle x = { a->line, b->line, (long)a->count, (long)b->count,
		NULL };
	CLEANUP_FREE int *trace = NULL;
	long d = 0, most;

	for (; x.n && x.m && same(x.a, x.b); x.n--, x.m--) {
		x.a++;
		x.b++;
	}
	while (x.n && x.m && same(&x.a[x.n - 1], &x.b[x.m - 1])) {
		x.n--;
		x.m--;
	}
	most = x.n + x.m < MAX_DIFFERENCE ? x.n + x.m : MAX_DIFFERENCE;
	x.trace = trace = v2v_alloc((size_t)most + 1, WIDTH * sizeof(int));
	while (d <= most && !advance(&x, d))
		d++;
	if (d <= most)
		mark(&x, d);
	else
		mark_all(&x);
}

static void put_line(struct v2v_text *out, char sign, const struct line *line)
{
	v2v_text_add(out, &sign, 1);
	v2v_text_add(out, line->s, line->n);
	if (!line->n || line->s[line->n - 1] != '\n')
		v2v_text_addf(out, "\n\\ No newline at end of file\n");
}

/* "12,3", as diff(1) writes it: of no lines the one before. */
static void put_range(struct v2v_text *out, char sign, size_t from, size_t n)
{
	v2v_text_addf(out, "%c%zu", sign, n ? from + 1 : from);
	if (n != 1)
		v2v_text_addf(out, ",%zu", n);
	v2v_text_addf(out, " ");
}

/* Both texts, as far as they are shown. */
struct walk {
	struct lines a, b;
	size_t i, j;
};

/* The number of lines until the next change, at most @most. */
static size_t equal_lines(const struct walk *w, size_t i, size_t j, size_t most)
{
	size_t n = 0;

	while (n < most && i + n < w->a.count && j + n < w->b.count &&
		!w->a.line[i + n].changed && !w->b.line[j + n].changed)
		n++;
	return n;
}

/* Behind the changes at @i and @j. */
static void skip_changes(const struct walk *w, size_t *i, size_t *j)
{
	while (*i < w->a.count && w->a.line[*i].changed)
		++*i;
	while (*j < w->b.count && w->b.line[*j].changed)
		++*j;
}

/* The end of the hunk that begins here: changes that are near each other are
 * one. */
static void find_end(const struct walk *w, size_t *i, size_t *j)
{
	for (;;) {
		size_t equal;
		bool more;

		skip_changes(w, i, j);
		equal = equal_lines(w, *i, *j, 2 * CONTEXT + 1);
		more = *i + equal < w->a.count || *j + equal < w->b.count;
		if (equal > 2 * CONTEXT || !more) {
			*i += equal < CONTEXT ? equal : CONTEXT;
			*j += equal < CONTEXT ? equal : CONTEXT;
			return;
		}
		*i += equal;
		*j += equal;
	}
}

static void put_hunk(
	struct walk *w, size_t end_i, size_t end_j, struct v2v_text *out)
{
	v2v_text_addf(out, "@@ ");
	put_range(out, '-', w->i, end_i - w->i);
	put_range(out, '+', w->j, end_j - w->j);
	v2v_text_addf(out, "@@\n");
	while (w->i < end_i || w->j < end_j)
		if (w->i < end_i && w->a.line[w->i].changed)
			put_line(out, '-', &w->a.line[w->i++]);
		else if (w->j < end_j && w->b.line[w->j].changed)
			put_line(out, '+', &w->b.line[w->j++]);
		else {
			put_line(out, ' ', &w->a.line[w->i++]);
			w->j++;
		}
}

static void put_hunks(struct walk *w, struct v2v_text *out)
{
	for (;;) {
		size_t equal = equal_lines(w, w->i, w->j, SIZE_MAX), end_i,
		       end_j;
		size_t context = equal < CONTEXT ? equal : CONTEXT;

		w->i += equal - context;
		w->j += equal - context;
		end_i = w->i + context;
		end_j = w->j + context;
		if (end_i >= w->a.count && end_j >= w->b.count)
			return;
		find_end(w, &end_i, &end_j);
		put_hunk(w, end_i, end_j, out);
	}
}

void v2v_diff_texts(const char *path, const char *before, const char *after,
	struct v2v_text *out)
{
	struct walk w = { .a = split(before ? before : ""),
		.b = split(after ? after : "") };

	v2v_text_addf(out, before ? "--- a%s\n" : "--- /dev/null\n", path);
	v2v_text_addf(out, after ? "+++ b%s\n" : "+++ /dev/null\n", path);
	compare(&w.a, &w.b);
	put_hunks(&w, out);
	free(w.a.line);
	free(w.b.line);
}
