/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Verdicts and findings as text, control bytes of hostile names masked. */
#include "common/findings.h"

#include "common/array.h"
#include "common/diff.h"

#include <stdlib.h>
#include <string.h>

#define RED    "1;31"
#define GREEN  "1;32"
#define LEVELS ARRAY_SIZE(levels)

/* In the order in which they matter. */
static const struct {
	const char *name, *rendition;
} levels[] = {
	{ "blocker", RED },
	{ "change", NULL },
	{ "note", NULL },
};
#define BLOCKER 0

/* How many columns the words in front of a line get. */
enum { LEVEL_COLUMNS = 8, VERDICT_COLUMNS = 9 };

static const char *member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static const json_t *findings_of(const json_t *doc)
{
	return json_object_get(json_object_get(doc, "inspect"), "findings");
}

static bool is_level(const json_t *finding, size_t level)
{
	return strcmp(member(finding, "level"), levels[level].name) == 0;
}

static size_t count_level(const json_t *doc, size_t level)
{
	const json_t *finding;
	size_t i, n = 0;

	json_array_foreach (findings_of(doc), i, finding)
		n += is_level(finding, level);
	return n;
}

static bool has_blocker(const json_t *doc, const char *code)
{
	const json_t *finding;
	size_t i;

	json_array_foreach (findings_of(doc), i, finding)
		if (is_level(finding, BLOCKER) &&
			strcmp(member(finding, "code"), code) == 0)
			return true;
	return false;
}

/* " (encrypted, no-boot-kernel)", each code once; nothing without a blocker. */
static void put_reasons(FILE *out, const json_t *doc)
{
	json_auto_t *told = json_object();
	const char *before = " (";
	const json_t *finding;
	size_t i;

	json_array_foreach (findings_of(doc), i, finding) {
		const char *code = member(finding, "code");

		if (!is_level(finding, BLOCKER) || json_object_get(told, code))
			continue;
		json_object_set_new(told, code, json_true());
		fprintf(out, "%s%s", before, code);
		before = ", ";
	}
	if (json_object_size(told))
		fputc(')', out);
}

const char *findings_system(const json_t *doc)
{
	const char *name =
		member(json_object_get(doc, "inspect"), "product_name");

	if (*name)
		return name;
	return has_blocker(doc, "encrypted") ? "locked, a key is needed"
					     : "no operating system known";
}

void findings_put_counts(FILE *out, const json_t *doc)
{
	const char *comma = "";

	for (size_t level = 0; level < LEVELS; level++) {
		size_t n = count_level(doc, level);

		if (n == 0)
			continue;
		fprintf(out, "%s%zu %s%s", comma, n, levels[level].name,
			n == 1 ? "" : "s");
		comma = ", ";
	}
	if (!*comma)
		fputs("nothing to change", out);
}

/* With the blanks up to what follows. */
static void put_verdict(const struct wrap *wrap, const json_t *doc)
{
	bool blocked = count_level(doc, BLOCKER) > 0;
	const char *word = blocked ? "BLOCKED" : "READY";

	wrap_colored(wrap, blocked ? RED : GREEN, word);
	fprintf(wrap->out, "%*s", VERDICT_COLUMNS - (int)strlen(word), "");
}

static void put_name(FILE *out, const json_t *doc)
{
	fprintf(out, "%s: %s", member(json_object_get(doc, "source"), "name"),
		findings_system(doc));
}

static void put_finding(FILE *out, const json_t *finding)
{
	const char *where = member(finding, "where");

	fprintf(out, "%s%s%s [%s]", where, *where ? ": " : "",
		member(finding, "text"), member(finding, "code"));
}

/* What @put prints of @json, wrapped behind @column. */
static void put_wrapped(const struct wrap *wrap, unsigned column,
	void (*put)(FILE *, const json_t *), const json_t *json)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		abort();
	put(memory, json);
	if (fclose(memory) != 0)
		abort();
	wrap_text(wrap, column, text);
	free(text);
}

static void print_level(
	const struct wrap *wrap, const json_t *doc, size_t level)
{
	const char *name = levels[level].name;
	const json_t *finding;
	size_t i;

	json_array_foreach (findings_of(doc), i, finding) {
		if (!is_level(finding, level))
			continue;
		wrap_colored(wrap, levels[level].rendition, name);
		fprintf(wrap->out, "%*s", LEVEL_COLUMNS - (int)strlen(name),
			"");
		put_wrapped(wrap, LEVEL_COLUMNS, put_finding, finding);
	}
}

static void print_whole(FILE *out, const json_t *doc, const struct findings *f)
{
	const struct wrap wrap = wrap_open(out, f->color);

	put_verdict(&wrap, doc);
	put_wrapped(&wrap, VERDICT_COLUMNS, findings_put_counts, doc);
	put_wrapped(&wrap, 0, put_name, doc);
	for (size_t level = 0; level < LEVELS; level++)
		print_level(&wrap, doc, level);
	if (!f->diff)
		return;
	/* A patch may have text above it. */
	fputc('\n', out);
	diff_print(out, json_object_get(doc, "inspect"));
}

/* "NAME: SYSTEM; 1 blocker, 2 changes (encrypted)" */
static void put_row(FILE *out, const json_t *doc)
{
	put_name(out, doc);
	fputs("; ", out);
	findings_put_counts(out, doc);
	put_reasons(out, doc);
}

static void print_row(FILE *out, const json_t *doc, enum wrap_color color)
{
	const struct wrap wrap = wrap_open(out, color);

	put_verdict(&wrap, doc);
	put_wrapped(&wrap, VERDICT_COLUMNS, put_row, doc);
}

/* The first one is printed as a row when there is a second. */
static bool print(FILE *out, const json_t *doc, void *opaque)
{
	struct findings *f = opaque;

	if (!f->held)
		f->held = json_array();
	if (++f->count == 2)
		print_row(out, json_array_get(f->held, 0), f->color);
	if (f->count >= 2)
		print_row(out, doc, f->color);
	if (f->count == 1 || f->all || f->diff)
		json_array_append(f->held, (json_t *)doc);
	return count_level(doc, BLOCKER) == 0;
}

static void end(FILE *out, void *opaque)
{
	struct findings *f = opaque;
	json_t *doc;
	size_t i;

	json_array_foreach (f->held, i, doc) {
		if (f->count > 1 && !f->all && !f->diff)
			break;
		if (f->count > 1)
			fputc('\n', out);
		print_whole(out, doc, f);
	}
	json_decref(f->held);
	f->held = NULL;
}

struct tool_printer findings_printer(struct findings *findings)
{
	return (struct tool_printer){ print, end, findings };
}
