/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The copier that lets qemu-img do it. */
#include "copy/copier.h"

#include "core/run.h"

#define MAX_ARGS 24
#define HUNDRED	 10000 /* 100.00 per cent, in hundredths */

struct watch {
	struct v2v *v;
	const struct v2v_copy_job *job;
};

/* The hundredths in "    (12.34/100%)"; -1 where the line is another. */
static int parse_percent(const char *line)
{
	int value = 0, digits = 0;

	line += strspn(line, " ");
	if (*line++ != '(')
		return -1;
	for (; *line >= '0' && *line <= '9' && digits < 3; line++, digits++)
		value = value * 10 + (*line - '0');
	if (!digits || line[0] != '.' || line[1] < '0' || line[1] > '9' ||
		line[2] < '0' || line[2] > '9' || line[3] != '/')
		return -1;
	value = value * 100 + (line[1] - '0') * 10 + (line[2] - '0');
	return value > HUNDRED ? -1 : value;
}

static void on_line(const char *line, void *opaque)
{
	const struct watch *watch = opaque;
	uint64_t total = watch->job->virtual_size;
	int percent = parse_percent(line);

	if (percent < 0)
		return;
	v2v_progress(watch->v, (int)watch->job->disk->id,
		percent == HUNDRED ? total
				   : total / HUNDRED * (uint64_t)percent,
		total, "bytes");
}

static char *creation_options(const struct v2v_copy_job *job)
{
	return v2v_format("%spreallocation=%s",
		v2v_streq(job->format, "qcow2") ? "compat=1.1," : "",
		job->preallocation);
}

static int create(
	struct v2v *v, const struct v2v_copy_job *job, struct v2v_error *err)
{
	CLEANUP_FREE char *options = creation_options(job);
	CLEANUP_FREE char *size =
		v2v_format("%llu", (unsigned long long)job->virtual_size);
	const char *argv[] = { "qemu-img", "create", "-q", "-f", job->format,
		"-o", options, job->target, size, NULL };
	struct v2v_run run = { argv, NULL, NULL, NULL };

	return v2v_run(v, &run, err);
}

static int copy(
	struct v2v *v, const struct v2v_copy_job *job, struct v2v_error *err)
{
	CLEANUP_FREE char *options = creation_options(job);
	struct watch watch = { v, job };
	const char *argv[MAX_ARGS] = { "qemu-img", "convert", "-p", "-f",
		job->source_format, "-O", job->format, "-o", options };
	struct v2v_run run = { argv, on_line, &watch, NULL };
	size_t n = 0;

	if (!job->source)
		return create(v, job, err);
	while (argv[n])
		n++;
	if (job->compress)
		argv[n++] = "-c";
	argv[n++] = job->source;
	argv[n++] = job->target;
	return v2v_run(v, &run, err);
}

const struct v2v_copier v2v_copier_qemu_img = {
	.name = "qemu-img",
	.copy = copy,
};
