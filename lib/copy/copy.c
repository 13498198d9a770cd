/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-copy. */
#include "copy/engine.h"
#include "copy/plan.h"
#include "copy/resume.h"

#include "core/doc.h"
#include "core/options.h"
#include "core/workdir.h"
#include "core/written.h"
#include "disk/measure.h"
#include "guest/guest.h"
#include "model/overlays.h"
#include "model/targets.h"

#include <sys/stat.h>

#define SECTOR 512
#define BLOCK  512 /* the unit of st_blocks */

static int64_t round_up(int64_t size)
{
	return (size + SECTOR - 1) / SECTOR * SECTOR;
}

/* The disks of a plan as the engine wants them. */
struct work {
	struct v2v_copy_plan *plan;
	struct v2v_copy_job *jobs; /* one for each of source.disks */
	size_t count;
};

static void work_clear(struct work *work)
{
	for (size_t i = 0; i < work->count; i++)
		v2v_copy_job_clear(&work->jobs[i]);
	free(work->jobs);
}

static struct v2v_target *target_of(const struct work *work, size_t index)
{
	return v2v_targets_find(&work->plan->targets, work->jobs[index].disk);
}

static bool is_full(const struct v2v_error *why)
{
	return strstr(why->text, "No space left") ||
	       strstr(why->text, "quota exceeded");
}

/* One line for people: which disk, and when the target did not take it, how
 * much was still to come. */
static int explain(struct v2v *v, const struct work *work, size_t index,
	const struct v2v_error *why, struct v2v_error *err)
{
	const struct v2v_copy_job *job = &work->jobs[index];

	if (work->plan->choice.kind != V2V_OUT_DIRECTORY &&
		work->plan->choice.kind != V2V_OUT_STREAM && job->sink &&
		!v2v_streq(why->code, "file-exists"))
		v2v_warn(v, "target-incomplete",
			"'%s' holds a part of disk %lld only",
			work->plan->out_dir, (long long)job->disk);
	if (is_full(why) || v2v_starts_with(why->text, "cannot write"))
		return v2v_fail(err, is_full(why) ? "target-no-space" : "io",
			"disk %lld: %s; %llu bytes of %llu are missing",
			(long long)job->disk, why->text,
			(unsigned long long)job->left,
			(unsigned long long)job->data);
	v2v_fail(err, why->code, "%s", why->text);
	if (v2v_streq(why->code, "cancelled"))
		return -1;
	return v2v_fail_prefix(err, "disk %lld", (long long)job->disk);
}

static int open_sink(const struct v2v *v, const struct v2v_copy_plan *plan,
	size_t index, struct v2v_copy_job *job, struct v2v_error *err)
{
	const struct v2v_copy_choice *choice = &plan->choice;
	const struct v2v_out *out = &plan->outs[index];
	struct v2v_nbd *nbd;

	switch (choice->kind) {
	case V2V_OUT_STREAM:
		job->sink = v2v_sink_null();
		return 0;
	case V2V_OUT_DEVICE:
		return v2v_sink_device(
			out->fd, plan->out_dir, job->size, &job->sink, err);
	case V2V_OUT_NBD:
		if (v2v_nbd_open(v, plan->out_dir, NULL, choice->threads, &nbd,
			    err) < 0)
			return -1;
		return v2v_sink_nbd(
			nbd, plan->out_dir, job->size, &job->sink, err);
	default:
		break;
	}
	if (v2v_streq(choice->format, "raw"))
		job->sink = v2v_sink_raw(
			out->fd, out->path, job->size, choice->preallocation);
	else if (choice->preallocation)
		job->sink = v2v_sink_qcow2_full(
			out->fd, out->path, job->size, choice->preallocation);
	if (job->sink)
		return 0;
	return v2v_sink_qcow2(out->fd, out->path, job->size, choice->packing,
		&job->sink, err);
}

/* What the copy will take, unless v2v-estimate was asked. */
static void estimate(const struct v2v_copy_choice *choice,
	const struct v2v_measure *measure, struct v2v_target *target)
{
	uint64_t size = (uint64_t)target->virtual_size;

	if (target->estimated_size >= 0 || choice->packing)
		return;
	if (choice->preallocation >= V2V_PREALLOC_FALLOC)
		target->estimated_size = target->virtual_size;
	else
		target->estimated_size =
			(int64_t)(v2v_streq(choice->format, "raw")
					  ? v2v_measure_raw(measure)
					  : v2v_measure_qcow2(measure, size));
}

static int begin_job(struct v2v *v, const struct work *work, size_t index,
	const struct v2v_copy_options *opt, struct v2v_error *err)
{
	const struct v2v_copy_plan *plan = work->plan;
	struct v2v_disk *disk =
		&v2v_items(struct v2v_disk, &plan->source.disks)[index];
	struct v2v_copy_job *job = &work->jobs[index];
	struct v2v_target *target = target_of(work, index);
	struct v2v_measure measure;

	target->virtual_size = round_up(disk->virtual_size);
	job->size = (uint64_t)target->virtual_size;
	job->hash = opt->hash;
	job->stream = plan->choice.kind == V2V_OUT_STREAM ? opt->out_fd : -1;
	job->format = plan->choice.format;
	job->target = plan->outs[index].fd;
	if (opt->verify)
		job->verify = plan->outs[index].path ? plan->outs[index].path
						     : plan->out_dir;
	if (v2v_reader_open(v, disk, &plan->overlays, plan->choice.threads,
		    &job->reader, err) < 0 ||
		v2v_measure_disk(v, job->reader, job->size, &measure, err) < 0)
		return -1;
	job->data = job->left = measure.data;
	estimate(&plan->choice, &measure, target);
	return 0;
}

static int prepare(struct v2v *v, const struct work *work, size_t index,
	bool force, struct v2v_error *err)
{
	struct v2v_copy_job *job = &work->jobs[index];

	if (work->plan->records[index])
		return v2v_copy_resume(v, work->plan, index, force, job, err);
	return v2v_sink_empty(job->sink, err);
}

static int begin(struct v2v *v, struct work *work,
	const struct v2v_copy_options *opt, struct v2v_error *err)
{
	struct v2v_error why = { 0 };

	for (size_t i = 0; i < work->count; i++) {
		struct v2v_disk *disk = &v2v_items(
			struct v2v_disk, &work->plan->source.disks)[i];

		if (disk->virtual_size <= 0 ||
			disk->virtual_size > INT64_MAX - SECTOR)
			return v2v_fail(err, "document-shape",
				"source.disks[%zu].virtual_size: no size of a "
				"disk",
				i);
		work->jobs[i].disk = disk->id;
		if (v2v_check_cancel(v, &why) < 0 ||
			begin_job(v, work, i, opt, &why) < 0)
			return explain(v, work, i, &why, err);
	}
	/* Nothing was written yet, whatever is wrong with any disk. */
	for (size_t i = 0; i < work->count; i++)
		if (open_sink(v, work->plan, i, &work->jobs[i], &why) < 0)
			return explain(v, work, i, &why, err);
	for (size_t i = 0; i < work->count; i++)
		if (prepare(v, work, i, opt->force, &why) < 0)
			return explain(v, work, i, &why, err);
	return 0;
}

/* The bytes that the target takes: of a file those on the disk. */
static int64_t allocated(const struct v2v_copy_plan *plan, size_t index,
	const struct v2v_copy_job *job)
{
	struct stat st;

	if (plan->choice.kind == V2V_OUT_DEVICE)
		return (int64_t)job->size;
	if (plan->choice.kind != V2V_OUT_DIRECTORY ||
		fstat(plan->outs[index].fd, &st) < 0)
		return -1;
	return (int64_t)st.st_blocks * BLOCK;
}

static int publish(
	struct v2v *v, const struct work *work, struct v2v_error *err)
{
	enum v2v_out_kind kind = work->plan->choice.kind;

	for (size_t i = 0; i < work->count; i++) {
		struct v2v_out *out = &work->plan->outs[i];

		if (kind == V2V_OUT_DIRECTORY && v2v_out_publish(out, err) < 0)
			return -1;
		if (out->fd >= 0)
			v2v_written_add(v, out->fd);
	}
	/* Not before all have their names. */
	for (size_t i = 0; i < work->count; i++)
		v2v_record_drop(work->plan->records[i]);
	return 0;
}

static int finish(struct v2v *v, const struct work *work, struct v2v_error *err)
{
	for (size_t i = 0; i < work->count; i++) {
		struct v2v_target *target = target_of(work, i);

		target->actual_size = allocated(work->plan, i, &work->jobs[i]);
		target->sha256 = v2v_take(work->jobs[i].sha256);
	}
	return publish(v, work, err);
}

static int copy_disks(struct v2v *v, struct v2v_copy_plan *plan,
	const struct v2v_copy_options *opt, struct v2v_error *err)
{
	__attribute__((cleanup(work_clear))) struct work work = { plan, NULL,
		plan->source.disks.count };
	struct v2v_copy_bounds bounds = { plan->choice.threads,
		plan->choice.jobs, opt->bwlimit };
	struct v2v_error why = { 0 };
	size_t failed;

	work.jobs = v2v_alloc(work.count + 1, sizeof *work.jobs);
	if (begin(v, &work, opt, err) < 0)
		return -1;
	if (!bounds.at_once || bounds.at_once > work.count)
		bounds.at_once = (unsigned)work.count;
	if (work.count && v2v_copy_all(v, work.jobs, work.count, &bounds,
				  &failed, &why) < 0) {
		if (failed < work.count)
			return explain(v, &work, failed, &why, err);
		return v2v_fail(err, why.code, "%s", why.text);
	}
	return finish(v, &work, err);
}

static void warn_of_moved(struct v2v *v, const struct v2v_copy_plan *plan)
{
	if (!plan->is_converted || !v2v_streq(plan->caps.block_bus, "ide") ||
		!v2v_streq(plan->caps.machine, "pc"))
		return;
	v2v_list_foreach (struct v2v_target, target, &plan->targets)
		if (v2v_streq(target->bus, "sata"))
			v2v_warn(v, "bus-full",
				"disk %lld has no place on 'ide', it is on "
				"'sata'",
				(long long)target->disk);
}

static bool is_beneath(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return v2v_starts_with(path, dir) && (!path[n] || path[n] == '/');
}

/* Drop the work directory that the pipeline made, and what the document says of
 * it: all is copied. */
static void finish_workdir(
	struct v2v *v, json_t *doc, const struct v2v_copy_plan *plan)
{
	const char *dir = v2v_doc_string(doc, "workdir");
	const char *id = v2v_doc_string(doc, "workdir_id");
	CLEANUP_FREE char *real = NULL;

	if (!dir || !id)
		return;
	if (!v2v_workdir_is_ours(dir, id)) {
		v2v_warn(v, "workdir-kept",
			"the work directory '%s' is kept: it is another "
			"user's, or not this machine's",
			dir);
		return;
	}
	real = v2v_realpath(dir, NULL);
	if (!real || is_beneath(plan->out_dir, real)) {
		v2v_warn(v, "workdir-kept",
			"the work directory '%s' is kept: the targets lie in "
			"it",
			dir);
		return;
	}
	v2v_workdir_remove(dir, id);
	json_object_set_new(doc, "workdir", json_null());
	json_object_set_new(doc, "workdir_id", json_null());
	json_object_set_new(doc, "overlays", json_array());
}

int v2v_copy(struct v2v *v, json_t *doc, const struct v2v_copy_options *opt,
	struct v2v_error *err)
{
	CLEANUP_PLAN struct v2v_copy_plan plan = { .outs = NULL };
	struct v2v_copy_options known;

	v2v_step_begin(v, "copy", doc);
	if (v2v_options_read(&known, opt, err) < 0 ||
		v2v_copy_plan_load(v, &plan, doc, &known, err) < 0)
		return -1;
	/* It may have the overlays open. */
	v2v_guest_close(v);
	if (known.resume && !plan.choice.resumes)
		v2v_info(v, "resume-restart",
			"a copy that breaks cannot be gone on with: only a raw "
			"disk in a file, on a device or an NBD export");
	if (copy_disks(v, &plan, &known, err) < 0)
		return -1;
	warn_of_moved(v, &plan);
	json_object_set_new(doc, "targets", v2v_targets_store(&plan.targets));
	json_object_set_new(
		doc, "removable_slots", v2v_removable_slots_store(&plan.slots));
	if (!known.keep)
		finish_workdir(v, doc, &plan);
	v2v_step_end(v, doc);
	return 0;
}
