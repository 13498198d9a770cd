/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Progress on standard error: a bar, or JSON. */
#include "common/report-private.h"

#include <string.h>

#define BAR_WIDTH     30
#define PHASE_COLUMNS 7	  /* the longest of v2v.h's phases */
#define MIN_INTERVAL  0.1 /* seconds between two lines */

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
	if (strcmp(progress->unit, "bytes") != 0)
		return -1;
	seconds = report_now() - report->began_at;
	if (seconds < 0.2 || progress->done == began->done)
		return -1;
	return (double)(progress->done - began->done) / seconds;
}

static json_t *number_or_null(double n)
{
	return n < 0 ? json_null() : json_integer((json_int_t)n);
}

static void put_json(const struct report *report,
	const struct v2v_progress *progress, double rate, double left)
{
	report_put_json(report, progress->machine,
		json_pack("{s:s, s:s, s:s, s:i, s:I, s:I, s:s, s:s?, s:o, s:o}",
			"step", progress->step, "level", "progress", "code",
			"progress", "disk", progress->disk, "done",
			(json_int_t)progress->done, "total",
			(json_int_t)progress->total, "unit", progress->unit,
			"phase", progress->phase, "rate", number_or_null(rate),
			"left", number_or_null(left)));
}

/* "312 MB/s, 1:05 left", of the last line as much as it takes to cover. */
static void put_speed(double rate, double left)
{
	unsigned seconds = left < 359999 ? (unsigned)left : 359999;

	if (rate < 0)
		return;
	fprintf(stderr, " %4.0f MB/s", rate / 1e6);
	if (seconds >= 3600)
		fprintf(stderr, " %2u:%02u:%02u left", seconds / 3600,
			seconds / 60 % 60, seconds % 60);
	else
		fprintf(stderr, " %5u:%02u left", seconds / 60, seconds % 60);
}

static unsigned percent_of(const struct v2v_progress *progress)
{
	return progress->total ? (unsigned)((double)progress->done * 100 /
					    (double)progress->total)
			       : 100;
}

/* Is it more than the line before told?  Ten lines a second, and as many as
 * there are percents; each phase. */
static bool is_news(
	const struct report *report, const struct v2v_progress *progress)
{
	const struct v2v_progress *told = &report->told;

	if (!told->step || progress->done >= progress->total ||
		told->disk != progress->disk ||
		told->total != progress->total ||
		told->phase != progress->phase || progress->done < told->done)
		return true;
	return report_now() - report->told_at >= MIN_INTERVAL &&
	       percent_of(told) != percent_of(progress);
}

static void put_bar(struct report *report, const struct v2v_progress *progress,
	double rate, double left)
{
	unsigned percent = percent_of(progress);
	unsigned filled = percent * BAR_WIDTH / 100;
	char bar[BAR_WIDTH + 1];

	memset(bar, '-', BAR_WIDTH);
	memset(bar, '#', filled > BAR_WIDTH ? BAR_WIDTH : filled);
	bar[BAR_WIDTH] = '\0';
	fputc('\r', stderr);
	report_put_prefix(report, "");
	if (progress->disk >= 0)
		fprintf(stderr, "disk %d ", progress->disk);
	fprintf(stderr, "[%s] %3u%%", bar, percent);
	put_speed(rate, left);
	if (strcmp(progress->unit, "phases") == 0)
		fprintf(stderr, " %-*s", PHASE_COLUMNS,
			progress->phase ? progress->phase : "done");
	report->bar_open = true;
	if (progress->done >= progress->total)
		report_close_bar(report);
	fflush(stderr);
}

void report_progress(const struct v2v_progress *progress, void *opaque)
{
	struct report *report = opaque;
	double rate, left = -1;

	if (!report->progress && !report->json)
		return;
	rate = speed(report, progress);
	if (!is_news(report, progress))
		return;
	report->told = *progress;
	report->told.machine = NULL; /* it may be gone */
	report->told_at = report_now();
	if (progress->done >= progress->total)
		left = 0;
	else if (rate > 0)
		left = (double)(progress->total - progress->done) / rate;
	if (report->json)
		put_json(report, progress, rate, left);
	else
		put_bar(report, progress, rate, left);
}
