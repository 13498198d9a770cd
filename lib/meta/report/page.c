/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page: its head, a table of the machines, a section for each. */
#include "meta/report/report.h"

#include "model/copies.h"

/* No script, nothing from elsewhere: what would get into the page by a fault of
 * ours could do nothing. */
static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n"
	"<head>\n"
	"<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
	"'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
	"form-action 'none'\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, "
	"initial-scale=1\">\n"
	"<meta name=\"generator\" content=\"v2v-tools\">\n"
	"<link rel=\"icon\" href=\"data:,\">\n";

static const struct {
	const char *name, *title;
	void (*add)(struct v2v_text *t, const struct v2v_report *r);
} parts[] = {
	{ "findings", "Findings", v2v_report_add_findings },
	{ "boot", "Start", v2v_report_add_boot },
	{ "machine", "Machine", v2v_report_add_machine },
	{ "disks", "Disks", v2v_report_add_disks },
	{ "filesystems", "File systems", v2v_report_add_filesystems },
	{ "system", "System", v2v_report_add_system },
	{ "kernels", "Kernels", v2v_report_add_kernels },
	{ "network", "Network", v2v_report_add_network },
	{ "changes", "Changes", v2v_report_add_changes },
	{ "times", "Times", v2v_report_add_times },
	{ "files", "Files", v2v_report_add_files },
};

static void add_verdict(struct v2v_text *t, const struct v2v_report *r)
{
	struct v2v_report_verdict verdict;

	v2v_report_verdict(r, &verdict);
	v2v_html(t, "<strong class=\"tag %s\">%s</strong> %s", verdict.class,
		verdict.word, verdict.reason);
	free(verdict.reason);
}

static int64_t sum_disks(const struct v2v_report *r)
{
	int64_t sum = 0;

	v2v_list_foreach (const struct v2v_disk, disk, &r->source.disks)
		if (__builtin_add_overflow(sum, disk->virtual_size, &sum))
			return -1;
	return sum;
}

/* Of the new files; -1: not all are there. */
static int64_t sum_files(const struct v2v_report *r)
{
	int64_t sum = 0;

	if (!v2v_copies_are_made(&r->targets))
		return -1;
	v2v_list_foreach (const struct v2v_target, target, &r->targets)
		if (target->actual_size < 0 ||
			__builtin_add_overflow(sum, target->actual_size, &sum))
			return -1;
	return sum;
}

static void add_index_row(struct v2v_text *t, const struct v2v_report *r)
{
	CLEANUP_FREE char *disks = v2v_html_size(sum_disks(r));
	CLEANUP_FREE char *files = v2v_html_size(sum_files(r));

	v2v_html(t,
		"<tr><th scope=\"row\"><a href=\"#m%zu\">%s</a></th>"
		"<td class=\"id\">",
		r->number, r->source.name);
	add_verdict(t, r);
	v2v_html(t,
		"</td><td class=\"id\">%s</td><td class=\"n\">%s</td>"
		"<td class=\"n\">%s</td>"
		"<td class=\"n\">%zu</td><td class=\"n\">%zu</td></tr>\n",
		v2v_report_system(r), disks, files, v2v_report_count_changes(r),
		json_array_size(json_object_get(r->doc, "warnings")));
}

/* "3 machines: 2 CONVERTED, 1 BLOCKED" */
static void add_counts(
	struct v2v_text *t, const struct v2v_report *reports, size_t count)
{
	json_auto_t *counts = json_object();
	struct v2v_text list CLEANUP_TEXT = { 0 };
	const char *word;
	json_t *n;

	for (size_t i = 0; i < count; i++) {
		struct v2v_report_verdict verdict;

		v2v_report_verdict(&reports[i], &verdict);
		n = json_object_get(counts, verdict.word);
		json_object_set_new(counts, verdict.word,
			json_integer(json_integer_value(n) + 1));
		free(verdict.reason);
	}
	json_object_foreach (counts, word, n) {
		v2v_text_join(&list, ", ", "%lld %s",
			(long long)json_integer_value(n), word);
	}
	v2v_html(t, "<p class=\"verdict\">%zu machines: %s</p>\n", count,
		list.data);
}

static void add_index(
	struct v2v_text *t, const struct v2v_report *reports, size_t count)
{
	static const char *const columns[] = { "Machine", "Verdict", "System",
		"#Disks", "#New files", "#Changes", "#Warnings", NULL };

	v2v_html(t, "<nav aria-label=\"Machines\">\n<h2 id=\"machines\">"
		    "Machines</h2>\n");
	add_counts(t, reports, count);
	v2v_report_table(t, "Machines", columns);
	for (size_t i = 0; i < count; i++)
		add_index_row(t, &reports[i]);
	v2v_report_table_end(t);
	v2v_html(t, "</nav>\n");
}

static void add_machine(struct v2v_text *t, const struct v2v_report *r)
{
	struct v2v_text links CLEANUP_TEXT = { 0 };
	struct v2v_text text CLEANUP_TEXT = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t before = text.length;

		parts[i].add(&text, r);
		/* It has three parts of its own, with which it begins. */
		if (text.length > before && i > 0)
			v2v_html(&links, "<a href=\"#m%zu-%s\">%s</a>\n",
				r->number, parts[i].name, parts[i].title);
	}
	v2v_html(t,
		"<section aria-labelledby=\"m%zu\">\n<h2 id=\"m%zu\">%s</h2>\n"
		"<p class=\"verdict\">",
		r->number, r->number, r->source.name);
	add_verdict(t, r);
	v2v_html(t, "</p>\n");
	if (r->is_inspected)
		v2v_html(t, "<p class=\"dim\">%s</p>\n", v2v_report_system(r));
	v2v_html(t, "<nav class=\"parts\" aria-label=\"Parts of %s\">\n",
		r->source.name);
	v2v_text_add(t, links.data, links.length);
	if (!r->is_alone)
		v2v_html(t, "<a href=\"#machines\">All machines</a>\n");
	v2v_html(t, "</nav>\n");
	v2v_text_add(t, text.data, text.length);
	v2v_html(t, "</section>\n");
}

static void add_title(
	struct v2v_text *t, const struct v2v_report *reports, size_t count)
{
	if (count == 1)
		v2v_html(t, "<title>%s: conversion to KVM</title>\n",
			reports->source.name);
	else
		v2v_html(t, "<title>%zu machines: conversion to KVM</title>\n",
			count);
}

char *v2v_report_page(const struct v2v_report *reports, size_t count)
{
	struct v2v_text t = { 0 };

	v2v_text_add(&t, head, strlen(head));
	add_title(&t, reports, count);
	v2v_html(&t, "<style>\n");
	v2v_text_add(&t, v2v_report_style, strlen(v2v_report_style));
	v2v_html(&t, "</style>\n</head>\n<body>\n<main>\n"
		     "<h1>Conversion to KVM</h1>\n");
	if (count > 1)
		add_index(&t, reports, count);
	for (size_t i = 0; i < count; i++)
		add_machine(&t, &reports[i]);
	v2v_html(&t, "</main>\n</body>\n</html>\n");
	return v2v_text_take(&t);
}
