/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headings and tables, which all parts have; and the files at the end. */
#include "meta/report/report.h"

#include "core/doc.h"

void v2v_report_heading(struct v2v_text *t, const struct v2v_report *r,
	const char *name, const char *text)
{
	v2v_html(t, "<h3 id=\"m%zu-%s\">%s</h3>\n", r->number, name, text);
}

void v2v_report_table(
	struct v2v_text *t, const char *label, const char *const *columns)
{
	v2v_html(t,
		"<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
		"aria-label=\"%s\"><table>\n<thead><tr>",
		label);
	for (; *columns; columns++)
		if (**columns == '#')
			v2v_html(t, "<th scope=\"col\" class=\"n\">%s</th>",
				*columns + 1);
		else if (**columns)
			v2v_html(t, "<th scope=\"col\">%s</th>", *columns);
		else
			v2v_html(t, "<td></td>");
	v2v_html(t, "</tr></thead>\n<tbody>\n");
}

void v2v_report_table_end(struct v2v_text *t)
{
	v2v_html(t, "</tbody></table></div>\n");
}

/* What v2v-meta wrote before the report. */
void v2v_report_add_files(struct v2v_text *t, const struct v2v_report *r)
{
	const json_t *metadata = json_object_get(r->doc, "metadata");
	const char *type = v2v_doc_string(metadata, "type");
	const json_t *files = json_object_get(metadata, "files"), *file;
	size_t i;

	if (!type || v2v_streq(type, "report"))
		return;
	v2v_report_heading(t, r, "files", "What the hypervisor reads");
	v2v_html(t, "<ul>\n");
	json_array_foreach (files, i, file)
		if (json_is_string(file))
			v2v_html(t, "<li><code>%s</code> (%s)</li>\n",
				json_string_value(file), type);
	if (!json_array_size(files))
		v2v_html(t, "<li><code>%s</code> (%s)</li>\n",
			v2v_doc_string(metadata, "file"), type);
	v2v_html(t, "</ul>\n");
}
