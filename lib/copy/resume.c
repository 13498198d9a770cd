/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done already of a disk. */
#include "copy/resume.h"

#include "copy/identity.h"
#include "copy/recheck.h"

#include <sys/stat.h>

/* A part of the target's file was kept, with its full length, or all of it has
 * its name already. */
static bool is_kept(const struct v2v_out *out, const struct v2v_copy_job *job)
{
	struct stat st;
	uint64_t to = 0;

	if (fstat(out->fd, &st) < 0 || (uint64_t)st.st_size != job->size)
		return false;
	return out->temp ? out->keep
			 : v2v_ranges_find(&job->done, 0, job->size, &to) &&
				   to == job->size;
}

/* Its machine may have run, once it had its name. */
static bool is_newer(int fd, int record)
{
	struct stat st, saved;

	if (fstat(fd, &st) < 0 || fstat(record, &saved) < 0)
		return true;
	if (st.st_mtim.tv_sec != saved.st_mtim.tv_sec)
		return st.st_mtim.tv_sec > saved.st_mtim.tv_sec;
	return st.st_mtim.tv_nsec > saved.st_mtim.tv_nsec;
}

/* The target may be another, or be changed, and still have its name. */
static int check_target(const struct v2v_copy_plan *plan, size_t index,
	const struct v2v_copy_job *job, struct v2v_error *err)
{
	const struct v2v_out *out = &plan->outs[index];

	if (plan->choice.kind == V2V_OUT_DIRECTORY && !is_kept(out, job))
		return v2v_fail(err, "resume-restart",
			"the part of '%s' that was copied is gone", out->path);
	if (out->path && !out->temp &&
		is_newer(out->fd, plan->records[index]->fd))
		return v2v_fail(err, "resume-restart",
			"'%s' was written to since", out->path);
	if (plan->choice.kind == V2V_OUT_DEVICE &&
		v2v_recheck_start(job->reader, job->sink, job->size, err) < 0)
		return -1;
	return v2v_recheck(job->reader, job->sink, &job->done, err);
}

/* 1: the copy goes on; 0: there is nothing to go on with; -1: why not. */
static int look(const struct v2v_copy_plan *plan, size_t index,
	struct v2v_copy_job *job, struct v2v_error *err)
{
	const struct v2v_copy_ends ends = { plan, index, job->size,
		job->sink->room };
	struct v2v_record *record = plan->records[index];
	json_t *identity;
	int r;

	if (!job->sink->ops->sync)
		return v2v_fail(err, "resume-restart",
			"the server cannot say what is on its disk");
	identity = v2v_copy_identity(&ends, err);
	if (!identity)
		return -1;
	if (!json_equal(json_object_get(identity, "files"), record->files)) {
		json_decref(identity);
		return v2v_fail(err, "resume-restart",
			"the source was changed while it was opened");
	}
	r = v2v_record_read(record, identity, job->size, &job->done, err);
	if (r > 0 && check_target(plan, index, job, err) < 0)
		r = -1;
	return r;
}

/* The record forgets what was done before the target does. */
static int begin_again(const struct v2v *v, const struct v2v_copy_plan *plan,
	size_t index, bool force, struct v2v_copy_job *job,
	struct v2v_error *err)
{
	const struct v2v_out *out = &plan->outs[index];
	struct v2v_record *record = plan->records[index];

	v2v_ranges_clear(&job->done);
	if (plan->choice.kind == V2V_OUT_DIRECTORY && !out->temp)
		return v2v_fail(err, "file-exists",
			"'%s' exists; --force replaces it", out->path);
	if (plan->choice.kind == V2V_OUT_DEVICE &&
		v2v_copy_check_blank(v, plan, force, err) < 0)
		return -1;
	if ((record->identity ? v2v_record_save(record, &job->done, err)
			      : v2v_record_forget(record, err)) < 0)
		return -1;
	if (v2v_sink_empty(job->sink, err) == 0)
		return 0;
	/* There is no room for it: nothing was done. */
	v2v_record_forget(record, NULL);
	return -1;
}

/* One that says something of another copy, or is damaged, is worth a warning;
 * that a copy cannot be gone on with is not. */
static void say_why(struct v2v *v, const struct v2v_copy_job *job,
	const struct v2v_record *record, const struct v2v_error *why)
{
	if (record->is_kept)
		v2v_warn(v, "resume-restart",
			"disk %lld is copied from its beginning: %s",
			(long long)job->disk, why->text);
	else
		v2v_info(v, "resume-restart",
			"a copy of disk %lld that breaks cannot be gone on "
			"with: %s",
			(long long)job->disk, why->text);
}

static int measure_done(
	const struct v2v *v, struct v2v_copy_job *job, struct v2v_error *err)
{
	struct v2v_span span;

	for (size_t i = 0; job->reader && i < job->done.count; i++) {
		const struct v2v_range *range = &job->done.all[i];

		for (uint64_t at = range->from; at < range->to;
			at += span.length) {
			if (v2v_check_cancel(v, err) < 0 ||
				v2v_reader_span(job->reader, at, range->to,
					&span, err) < 0)
				return -1;
			if (span.kind == V2V_SPAN_DATA)
				job->done_data += span.length;
		}
	}
	return 0;
}

/* A copy that ended before its first record may not have emptied the target: an
 * older part can be in it, and holes are not written. */
static int go_on(struct v2v *v, struct v2v_copy_job *job, struct v2v_error *err)
{
	if (!job->done.count && v2v_sink_empty(job->sink, err) < 0)
		return -1;
	if (measure_done(v, job, err) < 0)
		return -1;
	v2v_info(v, "resumed", "disk %lld: %llu bytes of %llu are there",
		(long long)job->disk, (unsigned long long)job->done_data,
		(unsigned long long)job->data);
	return 0;
}

int v2v_copy_resume(struct v2v *v, const struct v2v_copy_plan *plan,
	size_t index, bool force, struct v2v_copy_job *job,
	struct v2v_error *err)
{
	struct v2v_record *record = plan->records[index];
	struct v2v_error why = { 0 };
	int r = look(plan, index, job, &why);

	if (v2v_check_cancel(v, err) < 0)
		return -1;
	/* That nobody could look is no reason to copy all of it again. */
	if (r < 0 && !v2v_streq(why.code, "resume-restart"))
		return v2v_fail(err, why.code, "%s", why.text);
	if (r < 0)
		say_why(v, job, record, &why);
	r = r > 0 ? go_on(v, job, err)
		  : begin_again(v, plan, index, force, job, err);
	if (r < 0)
		return -1;
	job->record = record->identity ? record : NULL;
	plan->outs[index].keep = job->record;
	return 0;
}
