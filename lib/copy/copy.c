/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-copy. */
#include "copy/copier.h"
#include "copy/plan.h"

#include "core/doc.h"
#include "core/workdir.h"
#include "guest/guest.h"
#include "image/image.h"
#include "model/overlays.h"
#include "model/targets.h"

#include <sys/stat.h>

#define SECTOR 512
#define BLOCK  512 /* the unit of st_blocks */

static int64_t round_up(int64_t size)
{
	return (size + SECTOR - 1) / SECTOR * SECTOR;
}

/* One line for people, whichever way the copier put it. */
static int explain(const struct v2v_target *target, const struct v2v_error *why,
	struct v2v_error *err)
{
	if (strstr(why->text, "No space left"))
		return v2v_fail(err, "target-no-space",
			"disk %lld: cannot write '%s': No space left on device",
			(long long)target->disk, target->file);
	v2v_fail(err, why->code, "%s", why->text);
	if (v2v_streq(why->code, "cancelled"))
		return -1;
	return v2v_fail_prefix(err, "disk %lld", (long long)target->disk);
}

/* The bytes that the file takes once it is on the disk. */
static int allocated(
	const struct v2v_out *out, int64_t *ret_size, struct v2v_error *err)
{
	struct stat st;

	if (fsync(out->fd) < 0 || fstat(out->fd, &st) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", out->path);
	*ret_size = (int64_t)st.st_blocks * BLOCK;
	return 0;
}

static int copy_disk(struct v2v *v, struct v2v_copy_plan *plan, size_t index,
	bool compress, struct v2v_error *err)
{
	struct v2v_disk *disk =
		&v2v_items(struct v2v_disk, &plan->source.disks)[index];
	struct v2v_target *target = v2v_targets_find(&plan->targets, disk->id);
	struct v2v_out *out = &plan->outs[index];
	CLEANUP_FREE char *name = NULL;
	struct v2v_error why = { 0 };
	struct v2v_copy_job job = { disk, NULL, NULL, out->temp, plan->format,
		0, plan->preallocation, compress };

	if (disk->virtual_size <= 0 || disk->virtual_size > INT64_MAX - SECTOR)
		return v2v_fail(err, "document-shape",
			"source.disks[%zu].virtual_size: no size of a disk",
			index);
	target->virtual_size = round_up(disk->virtual_size);
	job.virtual_size = (uint64_t)target->virtual_size;
	name = v2v_image_name_of(
		disk, &plan->overlays, &job.source_format, &why);
	if (!name && why.code)
		return explain(target, &why, err);
	job.source = name;
	if (v2v_copier_qemu_img.copy(v, &job, &why) < 0 ||
		allocated(out, &target->actual_size, &why) < 0)
		return explain(target, &why, err);
	return 0;
}

static int copy_all(struct v2v *v, struct v2v_copy_plan *plan, bool compress,
	struct v2v_error *err)
{
	size_t count = plan->source.disks.count;

	for (size_t i = 0; i < count; i++)
		if (v2v_check_cancel(v, err) < 0 ||
			copy_disk(v, plan, i, compress, err) < 0)
			return -1;
	for (size_t i = 0; i < count; i++)
		if (v2v_out_publish(&plan->outs[i], err) < 0)
			return -1;
	return 0;
}

static void warn_of_moved(struct v2v *v, const struct v2v_copy_plan *plan)
{
	if (!plan->is_converted || !v2v_streq(plan->caps.block_bus, "ide") ||
		!v2v_streq(plan->caps.machine, "pc"))
		return;
	v2v_list_foreach (struct v2v_target, target, &plan->targets)
		if (v2v_streq(target->bus, "sata"))
			v2v_warn(v, "bus-full",
				"disk %lld finds no place on 'ide', it is on "
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
	CLEANUP_FREE char *real = NULL;

	if (!dir || !v2v_workdir_is_ours(dir))
		return;
	real = v2v_realpath(dir, NULL);
	if (!real || is_beneath(plan->out_dir, real)) {
		v2v_warn(v, "workdir-kept",
			"the work directory '%s' is kept: the targets lie in "
			"it",
			dir);
		return;
	}
	v2v_workdir_remove(dir);
	json_object_set_new(doc, "workdir", json_null());
	json_object_set_new(doc, "overlays", json_array());
}

int v2v_copy(struct v2v *v, json_t *doc, const struct v2v_copy_options *opt,
	struct v2v_error *err)
{
	static const struct v2v_copy_options defaults;
	CLEANUP_PLAN struct v2v_copy_plan plan = { .outs = NULL };

	v2v_step_begin(v, "copy");
	opt = opt ? opt : &defaults;
	if (v2v_copy_plan_load(&plan, doc, opt, err) < 0)
		return -1;
	/* It may have the overlays open. */
	v2v_guest_close(v);
	if (copy_all(v, &plan, opt->compress, err) < 0)
		return -1;
	warn_of_moved(v, &plan);
	json_object_set_new(doc, "targets", v2v_targets_store(&plan.targets));
	json_object_set_new(
		doc, "removable_slots", v2v_removable_slots_store(&plan.slots));
	if (!opt->keep)
		finish_workdir(v, doc, &plan);
	v2v_step_end(v, doc);
	return 0;
}
