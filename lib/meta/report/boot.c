/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What v2v-boot saw: how long it took, the screen, the console's last lines. */
#include "meta/report/report.h"

#include "core/doc.h"

static void add_picture(struct v2v_text *t, const struct v2v_report *r)
{
	if (r->picture.length) {
		v2v_html(t,
			"<figure><img width=\"%lld\" height=\"%lld\" "
			"alt=\"The screen of %s when v2v-boot came to its "
			"verdict, %s\" src=\"data:image/png;base64,",
			(long long)r->width, (long long)r->height,
			r->source.name, v2v_doc_string(r->boot, "verdict"));
		v2v_text_add(t, r->picture.data, r->picture.length);
		v2v_html(t, "\"><figcaption>The screen at that moment"
			    "</figcaption></figure>\n");
	} else if (v2v_doc_string(r->boot, "screenshot")) {
		v2v_html(t, "<p>The screen cannot be shown: %s.</p>\n",
			r->no_picture.text);
	}
}

static void add_console(struct v2v_text *t, const json_t *lines)
{
	const json_t *line;
	size_t i;

	if (!json_array_size(lines))
		return;
	v2v_html(t, "<details open><summary>The last lines of the console"
		    "</summary>\n<pre tabindex=\"0\" role=\"group\" "
		    "aria-label=\"Console\">");
	json_array_foreach (lines, i, line)
		if (json_is_string(line))
			v2v_html(t, "%s\n", json_string_value(line));
	v2v_html(t, "</pre></details>\n");
}

static void add_agent(struct v2v_text *t, const json_t *agent)
{
	if (json_is_boolean(agent))
		v2v_html(t, "<p>The guest agent %s.</p>\n",
			json_is_true(agent) ? "answers" : "did not answer");
}

void v2v_report_add_boot(struct v2v_text *t, const struct v2v_report *r)
{
	struct v2v_report_verdict verdict;
	const char *accelerator = v2v_doc_string(r->boot, "accelerator");

	if (!r->boot)
		return;
	v2v_report_verdict(r, &verdict);
	v2v_report_heading(t, r, "boot", "The start of the new machine");
	v2v_html(t,
		"<p>What was seen: %s (%s), on throw-away copies of the disks "
		"and without a "
		"network. <code class=\"dim\">[%s]</code></p>\n",
		verdict.reason,
		v2v_streq(accelerator, "tcg")
			? "emulated, so slower than it will be"
			: "with KVM",
		v2v_doc_string(r->boot, "verdict"));
	free(verdict.reason);
	add_agent(t, json_object_get(r->boot, "agent"));
	add_picture(t, r);
	add_console(t, json_object_get(r->boot, "console"));
}
