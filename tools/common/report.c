/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines on standard error. */
#include "common/report-private.h"

#include "common/retry.h"
#include "common/text.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_LINE 4000 /* of a text, bytes */
#define MAX_NAME 200  /* of a machine */

static const char *const level_names[] = { "error", "warning", "info",
	"debug" };

/* RFC 3339, in UTC. */
static json_t *time_of_day(void)
{
	struct timespec now;
	struct tm tm;
	char text[40];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	return json_sprintf("%s.%03ldZ", text, now.tv_nsec / 1000000);
}

void report_put_json(
	const struct report *report, const char *machine, json_t *line)
{
	machine = report->machine ? report->machine : machine;
	json_object_set_new(
		line, "machine", machine ? text_to_json(machine) : json_null());
	json_object_set_new(line, "time", time_of_day());
	v2v_doc_write(stderr, line, false, NULL);
	json_decref(line);
}

void report_put_prefix(const struct report *report, const char *level)
{
	fprintf(stderr, "%s: %s", report->name, level);
	if (!report->machine || !report->several)
		return;
	text_print_masked(stderr, report->machine, MAX_NAME);
	fputs(": ", stderr);
}

void report_close_bar(struct report *report)
{
	if (report->bar_open)
		fputc('\n', stderr);
	report->bar_open = false;
}

static void put_message_json(
	const struct report *report, const struct v2v_message *message)
{
	json_t *line = json_pack("{s:s, s:s, s:s, s:o}", "step", message->step,
		"level", level_names[message->level], "code", message->code,
		"text", text_to_json(message->text));

	if (message->level == V2V_ERROR)
		json_object_set_new(
			line, "retry", json_string(retry_class(message->code)));
	report_put_json(report, message->machine, line);
}

static void put_message(
	struct report *report, const struct v2v_message *message)
{
	report_close_bar(report);
	if (report->json) {
		put_message_json(report, message);
		return;
	}
	report_put_prefix(
		report, message->level == V2V_WARNING ? "warning: " : "");
	text_print_masked(stderr, message->text, MAX_LINE);
	fputc('\n', stderr);
}

void report_message(const struct v2v_message *message, void *opaque)
{
	struct report *report = opaque;

	if ((int)message->level <= V2V_WARNING + report->verbose)
		put_message(report, message);
}

static void put_failure(struct report *report, enum v2v_level level,
	const struct v2v_error *err)
{
	struct v2v_message message = {
		.step = report->name + strlen("v2v-"),
		.level = level,
		.code = err->code ? err->code : "unknown",
		.text = err->text,
	};

	put_message(report, &message);
}

void report_error(struct report *report, const struct v2v_error *err)
{
	put_failure(report, V2V_ERROR, err);
}

void report_consequence(struct report *report, const struct v2v_error *err)
{
	put_failure(report, V2V_INFO, err);
}

double report_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
