/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long each step took, where they were given --times. */
#include "meta/report/report.h"

#include "core/doc.h"

#define MINUTE	    60
#define MAX_SECONDS 1e9 /* beyond it, what a document says is not a time */

/* "0.52 s", "41 s", "3 min 20 s"; NULL: not a time.  The caller's. */
static char *in_words(double seconds)
{
	long long whole;

	if (!(seconds >= 0 && seconds <= MAX_SECONDS))
		return NULL;
	if (seconds < 10)
		return v2v_format("%.2f s", seconds);
	whole = (long long)(seconds + 0.5);
	if (whole < MINUTE)
		return v2v_format("%lld s", whole);
	return v2v_format("%lld min %lld s", whole / MINUTE, whole % MINUTE);
}

static void add_row(struct v2v_text *t, const char *step, double seconds)
{
	CLEANUP_FREE char *words = in_words(seconds);

	v2v_html(t,
		"<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td></tr>\n",
		step, words);
}

/* -1: not known. */
static double seconds_of(const json_t *time)
{
	const json_t *seconds = json_object_get(time, "seconds");

	return json_is_number(seconds) ? json_number_value(seconds) : -1;
}

void v2v_report_add_times(struct v2v_text *t, const struct v2v_report *r)
{
	static const char *const columns[] = { "Step", "#Time", NULL };
	const json_t *times = json_object_get(r->doc, "times"), *time;
	double sum = 0;
	bool all_known = true;
	size_t i;

	if (!json_array_size(times))
		return;
	v2v_report_heading(t, r, "times", "Times of the steps");
	v2v_report_table(t, "Times of the steps", columns);
	json_array_foreach (times, i, time) {
		double one = seconds_of(time);

		add_row(t, v2v_doc_string(time, "step"), one);
		all_known = all_known && one >= 0;
		sum += one;
	}
	add_row(t, "All of them", all_known ? sum : -1);
	v2v_report_table_end(t);
}
