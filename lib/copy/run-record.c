/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a disk's run has to do with its record. */
#include "copy/engine-private.h"

/* Seconds between two records, and what part of the time saving may take. */
#define PAUSE 0.5
#define SHARE 20

bool v2v_run_skips(const struct v2v_disk_run *run)
{
	return !run->is_back && !run->sums && !run->job->hash &&
	       run->job->stream < 0;
}

uint64_t v2v_run_skip(const struct v2v_disk_run *run, uint64_t at)
{
	const struct v2v_copy_job *job = run->job;
	uint64_t to;

	if (at < job->size && v2v_run_skips(run) &&
		v2v_ranges_find(&job->done, at, job->size, &to))
		return to;
	return at;
}

uint64_t v2v_run_limit(const struct v2v_disk_run *run, bool *ret_is_done)
{
	const struct v2v_copy_job *job = run->job;
	uint64_t to = job->size;

	*ret_is_done = !run->is_back &&
		       v2v_ranges_find(&job->done, run->next, job->size, &to);
	return to;
}

bool v2v_run_note(
	struct v2v_disk_run *run, const struct v2v_batch *batch, double now)
{
	if (!run->job->record || run->is_back || batch->is_done)
		return false;
	v2v_ranges_add(&run->written, batch->from, batch->to);
	if (!run->save_at)
		run->save_at = now + PAUSE;
	if (run->is_saving || now < run->save_at)
		return false;
	run->is_saving = true;
	v2v_ranges_clear(&run->saving);
	v2v_ranges_copy(&run->saving, &run->written);
	return true;
}

int v2v_run_distrust(struct v2v_disk_run *run)
{
	if (run->job->record)
		run->job->record->is_untrusted = true;
	return -1;
}

/* A record that cannot be written leaves the one before, which is true. */
int v2v_run_save(struct v2v_disk_run *run, struct v2v_error *err)
{
	struct v2v_copy_job *job = run->job;

	if (job->sink->ops->sync(job->sink, err) < 0)
		return v2v_run_distrust(run);
	v2v_record_save(job->record, &run->saving, NULL);
	return 0;
}

void v2v_run_saved(struct v2v_disk_run *run, double begun, double now)
{
	double pause = (now - begun) * SHARE;

	run->save_at = now + (pause > PAUSE ? pause : PAUSE);
	run->is_saving = false;
}

void v2v_run_save_all(struct v2v_disk_run *run)
{
	const struct v2v_copy_job *job = run->job;

	if (!job->record)
		return;
	v2v_ranges_add(&run->written, 0, job->size);
	v2v_record_save(job->record, &run->written, NULL);
}

void v2v_run_save_last(struct v2v_disk_run *run)
{
	struct v2v_copy_job *job = run->job;

	/* A second fsync() after one that failed would say that all is well. */
	if (job->record->is_untrusted || job->record->is_forgotten ||
		job->sink->ops->sync(job->sink, NULL) < 0)
		return;
	v2v_record_save(job->record, &run->written, NULL);
}
