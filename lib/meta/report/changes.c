/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every change in the guest, file by file, with its diff. */
#include "meta/report/diff.h"
#include "meta/report/report.h"

#include "core/doc.h"

#include <ctype.h>

/* One thing that is or would be changed; all of it is borrowed, but path. */
struct change {
	char *path; /* "/etc/fstab"; "" where none is said */
	const char *where, *what, *code;
	bool is_shown;
};

static void add_change(struct v2v_list *changes, char *path, const char *where,
	const char *what, const char *code)
{
	struct change *change = v2v_list_add(changes, sizeof *change);

	*change = (struct change){ path, where, what, code, false };
}

static void clear_changes(struct v2v_list *changes)
{
	v2v_list_foreach (struct change, change, changes)
		free(change->path);
	free(changes->items);
}

/* "/etc/fstab" of "/etc/fstab:12"; the caller's. */
static char *without_line(const char *where)
{
	size_t n = where ? strlen(where) : 0, end = n;

	while (n && isdigit((unsigned char)where[n - 1]))
		n--;
	if (n && n < end && where[n - 1] == ':')
		end = n - 1;
	return end ? v2v_strndup(where, end) : v2v_strdup("");
}

/* What was done; else what would be. */
static void collect(const struct v2v_report *r, struct v2v_list *changes)
{
	v2v_list_foreach (const struct v2v_change, change, &r->caps.changes)
		add_change(changes, v2v_strdup(change->path), change->where,
			change->what, change->code);
	if (r->is_converted)
		return;
	v2v_list_foreach (
		const struct v2v_finding, finding, &r->inspect.findings)
		if (v2v_streq(finding->level, "change"))
			add_change(changes, without_line(finding->where),
				finding->where, finding->text, finding->code);
}

/* The diffs of @path (NULL: of all) that were not shown yet; @shown has the
 * number of each that was. */
static void add_diffs(struct v2v_text *t, const struct v2v_report *r,
	const char *diffs, const char *path, json_t *shown)
{
	struct v2v_diff diff;

	for (size_t i = 0; diffs && v2v_diff_next(&diffs, &diff); i++) {
		CLEANUP_FREE char *number = v2v_format("%zu", i);

		if (json_object_get(shown, number) ||
			(path && !v2v_diff_is_of(&diff, path)))
			continue;
		json_object_set_new(shown, number, json_true());
		v2v_diff_add(t, &diff, r->is_alone);
	}
}

static void add_item(struct v2v_text *t, const struct change *change)
{
	v2v_html(t, "<li>");
	if (change->where && !v2v_streq(change->where, change->path))
		v2v_html(t, "<code>%s</code>: ", change->where);
	v2v_html(t, "%s", change->what);
	if (change->code)
		v2v_html(t, " <code class=\"dim\">[%s]</code>", change->code);
	v2v_html(t, "</li>\n");
}

/* All of one file, where its first change is. */
static void add_file(struct v2v_text *t, const struct v2v_report *r,
	const struct v2v_list *changes, const char *path, const char *diffs,
	json_t *shown)
{
	v2v_html(t, "<div class=\"change\">\n<h4>");
	if (*path)
		v2v_html(t, "<code>%s</code></h4>\n<ul>\n", path);
	else
		v2v_html(t, "Elsewhere</h4>\n<ul>\n");
	v2v_list_foreach (struct change, change, changes)
		if (v2v_streq(change->path, path)) {
			add_item(t, change);
			change->is_shown = true;
		}
	v2v_html(t, "</ul>\n");
	if (*path)
		add_diffs(t, r, diffs, path, shown);
	v2v_html(t, "</div>\n");
}

static const char *diffs_of(const struct v2v_report *r)
{
	const char *of_caps =
		v2v_doc_string(json_object_get(r->doc, "guestcaps"), "diff");

	return of_caps ? of_caps
		       : v2v_doc_string(
				 json_object_get(r->doc, "inspect"), "diff");
}

void v2v_report_add_changes(struct v2v_text *t, const struct v2v_report *r)
{
	struct v2v_list changes
		__attribute__((cleanup(clear_changes))) = { NULL, 0 };
	const char *diffs = diffs_of(r);
	json_auto_t *shown = json_object();
	bool is_done = r->is_converted && !r->caps.dry_run;

	collect(r, &changes);
	if (!changes.count && !diffs)
		return;
	v2v_report_heading(t, r, "changes",
		is_done ? "What was changed in the guest"
			: "What would be changed in the guest");
	v2v_list_foreach (struct change, change, &changes)
		if (!change->is_shown)
			add_file(t, r, &changes, change->path, diffs, shown);
	add_diffs(t, r, diffs, NULL, shown);
}
