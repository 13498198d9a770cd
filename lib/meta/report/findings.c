/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stops the conversion, what was warned of, what is to be known; and what
 * to do about each. */
#include "meta/report/report.h"

#include "core/doc.h"

/* @kind and @step say the same to those who do not see colours. */
static void add_item(struct v2v_text *t, const char *class, const char *kind,
	const char *where, const char *text, const char *code)
{
	const char *advice = v2v_report_advice(code);

	v2v_html(t, "<li><strong class=\"tag %s\">%s</strong> ", class, kind);
	if (where)
		v2v_html(t, "<code>%s</code>: ", where);
	v2v_html(t, "%s <code class=\"dim\">[%s]</code>", text, code);
	if (advice)
		v2v_html(t,
			"<br>\n<span class=\"advice\">What to do: %s</span>",
			advice);
	v2v_html(t, "</li>\n");
}

static void add_level(struct v2v_text *t, const struct v2v_report *r,
	const char *level, const char *class)
{
	v2v_list_foreach (
		const struct v2v_finding, finding, &r->inspect.findings)
		if (v2v_streq(finding->level, level))
			add_item(t, class, level, finding->where, finding->text,
				finding->code);
}

static void add_warnings(struct v2v_text *t, const json_t *warnings)
{
	const json_t *warning;
	size_t i;

	json_array_foreach (warnings, i, warning) {
		const char *text = v2v_doc_string(warning, "text");
		const char *step = v2v_doc_string(warning, "step");
		const char *code = v2v_doc_string(warning, "code");
		CLEANUP_FREE char *kind = v2v_format("warning%s%s",
			step ? " of v2v-" : "", step ? step : "");

		add_item(t, "open", kind, NULL, text, code);
	}
}

static void add_part(struct v2v_text *t, const struct v2v_report *r,
	const char *name, const char *title, const struct v2v_text *items)
{
	if (!items->length)
		return;
	v2v_report_heading(t, r, name, title);
	v2v_html(t, "<ul class=\"items\">\n");
	v2v_text_add(t, items->data, items->length);
	v2v_html(t, "</ul>\n");
}

void v2v_report_add_findings(struct v2v_text *t, const struct v2v_report *r)
{
	struct v2v_text blockers CLEANUP_TEXT = { 0 };
	struct v2v_text warnings CLEANUP_TEXT = { 0 };
	struct v2v_text notes CLEANUP_TEXT = { 0 };

	add_level(&blockers, r, "blocker", "bad");
	add_warnings(&warnings, json_object_get(r->doc, "warnings"));
	add_level(&notes, r, "note", "plain");
	add_part(t, r, "blockers", "What stops the conversion", &blockers);
	add_part(t, r, "warnings", "Warnings", &warnings);
	add_part(t, r, "notes", "What to know", &notes);
}
