/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines on standard error. */
#include "common/report.h"

#include "common/text.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_LINE  4000 /* of a text, bytes */
#define BAR_WIDTH 30

static const char *const level_names[] = { "error", "warning", "info",
	"debug" };

static void close_bar(struct report *report)
{
	if (report->bar_open)
		fputc('\n', stderr);
	report->bar_open = false;
}

static void put_json(json_t *line)
{
	v2v_doc_write(stderr, line, false, NULL);
	json_decref(line);
}

void report_message(const struct v2v_message *message, void *opaque)
{
	struct report *report = opaque;

	if ((int)message->level > V2V_WARNING + report->verbose)
		return;
	close_bar(report);
	if (report->json) {
		put_json(json_pack("{s:s, s:s, s:s, s:o}", "step",
			message->step, "level", level_names[message->level],
			"code", message->code, "text",
			text_to_json(message->text)));
		return;
	}
	fprintf(stderr, "%s: %s", report->name,
		message->level == V2V_WARNING ? "warning: " : "");
	text_print_masked(stderr, message->text, MAX_LINE);
	fputc('\n', stderr);
}

void report_error(struct report *report, const struct v2v_error *err)
{
	struct v2v_message message = {
		.step = report->name + strlen("v2v-"),
		.level = V2V_ERROR,
		.code = err->code ? err->code : "unknown",
		.text = err->text,
	};

	report_message(&message, report);
}

double report_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Units a second since this progress began; less than 0: not known yet. */
static double speed(struct report *report, const struct v2v_progress *progress)
{
	const struct v2v_progress *began = &report->began;
	double seconds;

	if (!began->step || strcmp(began->step, progress->step) != 0 ||
		began->disk != progress->disk ||
		began->total != progress->total ||
		progress->done < began->done) {
		report->began = *progress;
		report->began_at = report_now();
		return -1;
	}
	seconds = report_now() - report->began_at;
	if (seconds < 0.2 || progress->done == began->done)
		return -1;
	return (double)(progress->done - began->done) / seconds;
}

static json_t *number_or_null(double n)
{
	return n < 0 ? json_null() : json_integer((json_int_t)n);
}

static void put_json_progress(
	const struct v2v_progress *progress, double rate, double left)
{
	put_json(json_pack("{s:s, s:s, s:s, s:i, s:I, s:I, s:s, s:o, s:o}",
		"step", progress->step, "level", "progress", "code", "progress",
		"disk", progress->disk, "done", (json_int_t)progress->done,
		"total", (json_int_t)progress->total, "unit", progress->unit,
		"rate", number_or_null(rate), "left", number_or_null(left)));
}

/* "312 MB/s, 1:05 left", of the last line as much as it takes to cover. */
static void put_speed(
	const struct v2v_progress *progress, double rate, double left)
{
	unsigned seconds = left < 359999 ? (unsigned)left : 359999;

	if (rate < 0 || strcmp(progress->unit, "bytes") != 0)
		return;
	fprintf(stderr, " %4.0f MB/s", rate / 1e6);
	if (seconds >= 3600)
		fprintf(stderr, " %2u:%02u:%02u left", seconds / 3600,
			seconds / 60 % 60, seconds % 60);
	else
		fprintf(stderr, " %5u:%02u left", seconds / 60, seconds % 60);
}

void report_progress(const struct v2v_progress *progress, void *opaque)
{
	struct report *report = opaque;
	char bar[BAR_WIDTH + 1];
	unsigned percent, filled;
	double rate, left = -1;

	if (!report->progress && !report->json)
		return;
	rate = speed(report, progress);
	if (progress->done >= progress->total)
		left = 0;
	else if (rate > 0)
		left = (double)(progress->total - progress->done) / rate;
	if (report->json) {
		put_json_progress(progress, rate, left);
		return;
	}
	percent = progress->total ? (unsigned)((double)progress->done * 100 /
					       (double)progress->total)
				  : 100;
	filled = percent * BAR_WIDTH / 100;
	memset(bar, '-', BAR_WIDTH);
	memset(bar, '#', filled > BAR_WIDTH ? BAR_WIDTH : filled);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r%s: ", report->name);
	if (progress->disk >= 0)
		fprintf(stderr, "disk %d ", progress->disk);
	fprintf(stderr, "[%s] %3u%%", bar, percent);
	put_speed(progress, rate, left);
	report->bar_open = true;
	if (progress->done >= progress->total)
		close_bar(report);
	fflush(stderr);
}
