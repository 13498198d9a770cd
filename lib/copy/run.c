/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done with one disk. */
#include "copy/engine-private.h"

#include "disk/formats.h"

void v2v_copy_job_clear(struct v2v_copy_job *job)
{
	v2v_reader_free(job->reader);
	v2v_sink_free(job->sink);
	v2v_ranges_clear(&job->done);
	free(job->sha256);
	job->reader = NULL;
	job->sink = NULL;
	job->sha256 = NULL;
}

int v2v_run_begin(struct v2v_disk_run *run, void *(*work)(void *),
	const int *stop, struct v2v_error *err)
{
	struct v2v_copy_job *job = run->job;
	int status;

	if (job->verify)
		run->sums = v2v_sums_new(job->size);
	v2v_ranges_copy(&run->written, &job->done);
	if (v2v_run_skips(run)) {
		run->copied = job->done_data;
		run->next = v2v_run_skip(run, 0);
	}
	if (!job->hash && job->stream < 0)
		return 0;
	run->order = v2v_ordered_new(job->hash, job->stream, stop);
	status = pthread_create(&run->order_thread, NULL, work, run);
	if (status) {
		errno = status;
		return v2v_fail_errno(err, "cannot start a thread");
	}
	run->has_order_thread = true;
	return 0;
}

void v2v_run_clear(struct v2v_disk_run *run)
{
	/* One that did not begin knows nothing. */
	if (run->job->record && run->written.all && run->state != V2V_RUN_DONE)
		v2v_run_save_last(run);
	v2v_ranges_clear(&run->written);
	v2v_ranges_clear(&run->saving);
	v2v_sums_free(run->sums);
	v2v_ordered_free(run->order);
	v2v_reader_free(run->back);
	run->job->left = run->job->data - run->copied;
}

void v2v_run_enqueue(struct v2v_disk_run *run, struct v2v_batch *batch)
{
	struct v2v_batch **at = &run->queue;

	while (*at && (*at)->number < batch->number)
		at = &(*at)->next;
	batch->next = *at;
	*at = batch;
}

struct v2v_reader *v2v_run_reader(const struct v2v_disk_run *run)
{
	return run->is_back ? run->back : run->job->reader;
}

static int write_batch(struct v2v_disk_run *run, const struct v2v_batch *batch,
	struct v2v_packer *packer, const int *stop, struct v2v_error *err)
{
	struct v2v_sink *sink = run->job->sink;
	struct v2v_stretch stretch = { 0 };
	uint64_t at = batch->from;
	bool more;

	do {
		more = v2v_batch_next(batch, &stretch);
		if (sink->ops->zero && stretch.at > at &&
			sink->ops->zero(sink, at, stretch.at - at, stop, err) <
				0)
			return -1;
		if (more && sink->ops->write(sink, stretch.at, stretch.data,
				    stretch.length, packer, err) < 0)
			return -1;
		at = stretch.at + stretch.length;
	} while (more);
	return 0;
}

int v2v_run_work(struct v2v_disk_run *run, struct v2v_batch *batch,
	struct v2v_hand *hand, const int *stop, struct v2v_error *err)
{
	if (v2v_batch_read(batch, hand->scratch, err) < 0)
		return -1;
	if (run->sums)
		v2v_sums_add(run->sums, batch, run->is_back);
	if (run->is_back || batch->is_done)
		return 0;
	return write_batch(run, batch, hand->packer, stop, err);
}

static int open_back(struct v2v_disk_run *run, struct v2v_error *err)
{
	const struct v2v_copy_job *job = run->job;

	if (job->target < 0)
		return v2v_reader_nbd(run->v, job->verify, 1, &run->back, err);
	return v2v_reader_open_image(
		job->target, job->verify, job->format, &run->back, err);
}

static int compare(const struct v2v_disk_run *run, struct v2v_error *err)
{
	uint64_t at, size;

	if (v2v_sums_agree(run->sums, &at, &size))
		return 0;
	/* Where that cannot be written, it must not be there either. */
	if (run->job->record && v2v_record_forget(run->job->record, NULL) < 0)
		v2v_record_drop(run->job->record);
	return v2v_fail(err, "verify",
		"'%s' does not hold what was written to it: it differs in the "
		"%llu bytes from %llu on",
		run->job->sink->name, (unsigned long long)size,
		(unsigned long long)at);
}

int v2v_run_finish(
	struct v2v_disk_run *run, bool *ret_again, struct v2v_error *err)
{
	struct v2v_copy_job *job = run->job;

	*ret_again = false;
	if (run->is_back)
		return compare(run, err);
	if (run->order && v2v_ordered_end(run->order, &job->sha256, err) < 0)
		return -1;
	if (job->sink->ops->finish(job->sink, err) < 0)
		return v2v_run_distrust(run);
	v2v_run_save_all(run);
	if (!run->sums)
		return 0;
	*ret_again = true;
	return open_back(run, err);
}
