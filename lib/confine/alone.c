/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call in a child that has two files and nothing else. */
#include "confine/alone.h"

#include "confine/call-private.h"
#include "core/limit.h"
#include "core/open.h"
#include "core/options.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const struct v2v_alone_limits usual = { 1U << 30, 32U << 20, 60, false };

struct job {
	const struct v2v_alone_limits *limits;
	void (*call)(int in, int out, void *opaque);
	int in, out;
	void *opaque;
};

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* All descriptors but the standard ones and these; without close_range() they
 * stay. */
static void close_others(int *keep, size_t count)
{
	unsigned from = STDERR_FILENO + 1;

	qsort(keep, count, sizeof *keep, by_number);
	for (size_t i = 0; i < count; i++) {
		if ((unsigned)keep[i] > from)
			close_range(from, (unsigned)keep[i] - 1, 0);
		from = (unsigned)keep[i] + 1;
	}
	close_range(from, ~0U, 0);
}

/* Discard what the library prints: the untrusted data decides it. */
static void hush(void)
{
	CLEANUP_CLOSE int null = v2v_open("/dev/null", O_RDWR, 0);

	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
}

static void prepare(void *opaque, int answer)
{
	const struct job *job = opaque;
	int keep[] = { job->in, job->out, answer };

	v2v_limit_memory(job->limits->memory);
	v2v_limit(RLIMIT_CORE, 0);
	v2v_limit(RLIMIT_CPU, job->limits->seconds);
	v2v_limit(RLIMIT_FSIZE, job->limits->file);
	hush();
	close_others(keep, ARRAY_SIZE(keep));
}

static int call_it(struct v2v *v, void *opaque)
{
	const struct job *job = opaque;

	(void)v;
	job->call(job->in, job->out, job->opaque);
	return 0;
}

int v2v_alone_within(const struct v2v_alone_limits *limits,
	void (*call)(int in, int out, void *opaque), int in, int out,
	void *opaque, struct v2v_error *err)
{
	/* A library opens its file by a name. */
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", in);
	const char *const files[] = { name, NULL };
	const struct v2v_confine_options opt = V2V_OPTIONS(confine,
		.readable = files, .writable = limits->writes ? files : NULL);
	struct job job = { limits, call, in, out, opaque };
	struct v2v *quiet = v2v_new();
	int result = -1, status;

	status = v2v_confined_after(
		quiet, &opt, prepare, call_it, &job, &result, err);
	v2v_free(quiet);
	return status;
}

int v2v_alone(void (*call)(int in, int out, void *opaque), int in, int out,
	void *opaque, struct v2v_error *err)
{
	return v2v_alone_within(&usual, call, in, out, opaque, err);
}
