/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a document and options to a plan of what to copy. */
#include "copy/plan.h"

#include "copy/identity.h"
#include "copy/sources.h"
#include "core/doc.h"
#include "core/file.h"
#include "core/open.h"
#include "core/written.h"
#include "model/assign.h"
#include "model/copies.h"
#include "model/overlays.h"
#include "model/targets.h"

#include <fcntl.h>
#include <sys/stat.h>

#define LOOK (1 << 20) /* how much of a device is looked at */

#define PAUSE_MS    100
#define BUSY_PAUSES 10

/* What was converted must still be there to be copied. */
static int check_converted(
	const struct v2v_copy_plan *plan, struct v2v_error *err)
{
	if (plan->caps.in_place)
		return v2v_fail(err, "in-place",
			"the guest was converted in place: there is nothing to "
			"copy");
	if (v2v_guestcaps_check_kept(&plan->caps, err) < 0)
		return -1;
	if (plan->caps.changes.count && !plan->overlays.count &&
		v2v_copies_are_made(&plan->targets))
		return v2v_fail(err, "already-copied",
			"the disks are copied already, and the overlays with "
			"the converted guest are gone: copy the copies, or "
			"have v2v-copy --keep them");
	return 0;
}

static int load_sections(
	struct v2v_copy_plan *plan, const json_t *doc, struct v2v_error *err)
{
	if (v2v_source_load(doc, &plan->source, err) < 0 ||
		v2v_overlays_load(doc, &plan->source, &plan->overlays, err) <
			0 ||
		v2v_targets_load(doc, &plan->source, &plan->targets, err) < 0)
		return -1;
	plan->is_converted = v2v_doc_has(doc, "guestcaps");
	if (plan->is_converted && v2v_guestcaps_load(doc, &plan->caps, err) < 0)
		return -1;
	return check_converted(plan, err);
}

static int assign(
	struct v2v_copy_plan *plan, const json_t *doc, struct v2v_error *err)
{
	CLEANUP_INSPECT struct v2v_inspect inspect = { 0 };

	if (v2v_doc_has(doc, "inspect") &&
		v2v_inspect_load(doc, &inspect, err) < 0)
		return -1;
	return v2v_assign(&plan->source,
		plan->is_converted ? &plan->caps : NULL, &inspect,
		&plan->targets, &plan->slots, err);
}

/* Before the target is opened: who has the record has the target. */
static int open_record(const struct v2v *v, struct v2v_copy_plan *plan,
	size_t index, const char *dir, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_copy_target_name(plan, index);

	if (!plan->choice.resumes)
		return 0;
	if (v2v_record_open(v, dir, name, &plan->records[index], err) < 0)
		return -1;
	plan->records[index]->files = v2v_copy_files(plan, index, NULL);
	return 0;
}

/* A copy may have been killed when the first of its files had their names. */
static int open_out(struct v2v_out *out, const struct v2v_record *record,
	const char *path, bool force, struct v2v_error *err)
{
	if (!record)
		return v2v_out_open(out, path, force, err);
	if (!force && !v2v_record_is_empty(record) &&
		v2v_out_open_published(out, path))
		return 0;
	return v2v_out_open_part(out, path, force, err);
}

static int open_file(const struct v2v *v, struct v2v_copy_plan *plan,
	size_t index, bool force, char **ret_path, struct v2v_error *err)
{
	CLEANUP_FREE char *path = v2v_targets_path(
		plan->out_dir, &plan->source, index, plan->choice.format);

	if (v2v_copy_check_not_source(plan, path, err) < 0 ||
		v2v_written_check(v, path, err) < 0)
		return -1;
	if (open_record(v, plan, index, plan->out_dir, err) < 0 ||
		open_out(&plan->outs[index], plan->records[index], path, force,
			err) < 0)
		return -1;
	*ret_path = v2v_take(path);
	return 0;
}

int v2v_copy_check_blank(const struct v2v *v, const struct v2v_copy_plan *plan,
	bool force, struct v2v_error *err)
{
	CLEANUP_FREE char *start = v2v_alloc(1, LOOK);
	ssize_t n = pread(plan->outs[0].fd, start, LOOK, 0);

	if (n < 0)
		return v2v_fail_errno(err, "cannot open '%s'", plan->out_dir);
	if (n == 0 || (!*start && !memcmp(start, start + 1, (size_t)n - 1)))
		return 0;
	if (v2v_written_check(v, plan->out_dir, err) < 0)
		return -1;
	if (!force)
		return v2v_fail(err, "file-exists",
			"'%s' is not empty; --force overwrites it",
			plan->out_dir);
	return 0;
}

/* Nobody has it mounted, and it is empty unless @force; as far as can be seen.
 */
static int open_device(const struct v2v *v, struct v2v_copy_plan *plan,
	bool force, struct v2v_error *err)
{
	int fd = v2v_open(plan->out_dir, O_RDWR | O_EXCL, 0);

	/* A copy that was killed lets go of the record, then of the device. */
	for (int i = 0; fd < 0 && errno == EBUSY && plan->choice.resumes &&
			i < BUSY_PAUSES;
		i++) {
		if (v2v_pause(v, PAUSE_MS, err) < 0)
			return -1;
		fd = v2v_open(plan->out_dir, O_RDWR | O_EXCL, 0);
	}
	if (fd < 0)
		return v2v_fail_errno(err, "cannot open '%s'", plan->out_dir);
	plan->outs[0].fd = fd;
	return plan->choice.resumes ? 0
				    : v2v_copy_check_blank(v, plan, force, err);
}

static int open_target(const struct v2v *v, struct v2v_copy_plan *plan,
	size_t index, const struct v2v_copy_options *opt, struct v2v_error *err)
{
	struct v2v_disk *disk =
		&v2v_items(struct v2v_disk, &plan->source.disks)[index];
	struct v2v_target *target = v2v_targets_find(&plan->targets, disk->id);
	CLEANUP_FREE char *path = NULL;

	if (plan->choice.kind == V2V_OUT_DIRECTORY &&
		open_file(v, plan, index, opt->force, &path, err) < 0)
		return -1;
	if (plan->choice.kind != V2V_OUT_DIRECTORY &&
		open_record(v, plan, index, opt->resume, err) < 0)
		return -1;
	if (plan->choice.kind == V2V_OUT_DEVICE) {
		if (v2v_copy_check_not_source(plan, plan->out_dir, err) < 0 ||
			open_device(v, plan, opt->force, err) < 0)
			return -1;
		path = v2v_strdup(plan->out_dir);
	}
	free(target->file);
	free(target->format);
	free(v2v_take(target->sha256));
	target->file = v2v_take(path);
	target->format = v2v_strdup(plan->choice.format);
	return 0;
}

static int find_out(struct v2v_copy_plan *plan,
	const struct v2v_copy_options *opt, struct v2v_error *err)
{
	enum v2v_out_kind kind = plan->choice.kind;

	if (kind != V2V_OUT_DIRECTORY && plan->source.disks.count != 1)
		return v2v_fail(err, "one-disk",
			"the machine has %zu disks, only one can go to '%s'",
			plan->source.disks.count, opt->out_dir);
	plan->out_dir = kind == V2V_OUT_STREAM || kind == V2V_OUT_NBD
				? v2v_strdup(opt->out_dir)
				: v2v_realpath(opt->out_dir, err);
	return plan->out_dir ? v2v_check_path(plan->out_dir, err) : -1;
}

int v2v_copy_plan_load(const struct v2v *v, struct v2v_copy_plan *plan,
	const json_t *doc, const struct v2v_copy_options *opt,
	struct v2v_error *err)
{
	size_t count;

	if (v2v_copy_choose(opt, &plan->choice, err) < 0 ||
		load_sections(plan, doc, err) < 0 ||
		assign(plan, doc, err) < 0 || find_out(plan, opt, err) < 0 ||
		v2v_copy_hold_devices(plan, err) < 0)
		return -1;
	count = plan->source.disks.count;
	plan->outs = v2v_alloc(count + 1, sizeof *plan->outs);
	plan->records = v2v_alloc(count + 1, sizeof *plan->records);
	for (size_t i = 0; i < count; i++)
		plan->outs[i].fd = -1;
	for (size_t i = 0; i < count; i++)
		if (open_target(v, plan, i, opt, err) < 0)
			return -1;
	return 0;
}

void v2v_copy_plan_clear(struct v2v_copy_plan *plan)
{
	for (size_t i = 0; plan->records && i < plan->source.disks.count; i++)
		if (plan->records[i] && plan->records[i]->is_forgotten)
			plan->outs[i].keep = false;
	if (plan->outs && plan->choice.kind == V2V_OUT_DEVICE)
		v2v_cleanup_close(&plan->outs[0].fd);
	else if (plan->outs)
		for (size_t i = 0; i < plan->source.disks.count; i++)
			v2v_out_clear(&plan->outs[i]);
	/* Then somebody else may have the targets. */
	for (size_t i = 0; plan->records && i < plan->source.disks.count; i++)
		v2v_record_free(plan->records[i]);
	free(plan->records);
	free(plan->outs);
	free(plan->out_dir);
	v2v_copy_let_go(plan);
	v2v_source_clear(&plan->source);
	v2v_guestcaps_clear(&plan->caps);
	v2v_overlays_clear(&plan->overlays);
	v2v_targets_clear(&plan->targets);
	v2v_removable_slots_clear(&plan->slots);
	*plan = (struct v2v_copy_plan){ .outs = NULL };
}
