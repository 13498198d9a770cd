/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a document and options to a plan of what to copy. */
#include "copy/plan.h"

#include "core/doc.h"
#include "model/assign.h"
#include "model/overlays.h"
#include "model/targets.h"

#include <sys/stat.h>

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && !v2v_streq(word, *words))
		words++;
	return *words;
}

static int check_options(struct v2v_copy_plan *plan,
	const struct v2v_copy_options *opt, struct v2v_error *err)
{
	static const char *const formats[] = { "qcow2", "raw", NULL };
	static const char *const modes[] = { "off", "metadata", "falloc",
		"full", NULL };
	bool is_raw;

	plan->format = opt->format ? opt->format : "qcow2";
	plan->preallocation = opt->preallocation ? opt->preallocation : "off";
	if (!opt->out_dir)
		return v2v_fail(err, "bad-option", "no target directory given");
	if (!is_one_of(plan->format, formats))
		return v2v_fail(err, "bad-option",
			"'%s' is no format of a target: qcow2 or raw",
			plan->format);
	if (!is_one_of(plan->preallocation, modes))
		return v2v_fail(err, "bad-option",
			"'%s' is no preallocation: off, metadata, falloc or "
			"full",
			plan->preallocation);
	is_raw = v2v_streq(plan->format, "raw");
	if (is_raw && v2v_streq(plan->preallocation, "metadata"))
		return v2v_fail(err, "bad-option",
			"preallocation 'metadata' goes with qcow2 only");
	if (is_raw && opt->compress)
		return v2v_fail(
			err, "bad-option", "a raw target cannot be compressed");
	if (opt->compress && !v2v_streq(plan->preallocation, "off"))
		return v2v_fail(err, "bad-option",
			"a compressed target cannot be preallocated");
	return 0;
}

static int load_sections(
	struct v2v_copy_plan *plan, const json_t *doc, struct v2v_error *err)
{
	if (v2v_source_load(doc, &plan->source, err) < 0 ||
		v2v_overlays_load(doc, &plan->overlays, err) < 0 ||
		v2v_targets_load(doc, &plan->targets, err) < 0)
		return -1;
	plan->is_converted = v2v_doc_has(doc, "guestcaps");
	if (plan->is_converted && v2v_guestcaps_load(doc, &plan->caps, err) < 0)
		return -1;
	if (plan->caps.in_place)
		return v2v_fail(err, "in-place",
			"the guest was converted in place: there is nothing to "
			"copy");
	return 0;
}

static int assign(
	struct v2v_copy_plan *plan, const json_t *doc, struct v2v_error *err)
{
	CLEANUP_INSPECT struct v2v_inspect inspect = { 0 };

	if (v2v_doc_has(doc, "inspect") &&
		v2v_inspect_load(doc, &inspect, err) < 0)
		return -1;
	return v2v_assign(&plan->source,
		plan->is_converted ? &plan->caps : NULL,
		v2v_assign_firmware(&plan->source, &inspect), &plan->targets,
		&plan->slots, err);
}

/* A source must never be replaced, not even by --force. */
static int check_not_source(const struct v2v_copy_plan *plan, const char *path,
	struct v2v_error *err)
{
	struct stat target, st;

	if (stat(path, &target) < 0)
		return 0;
	v2v_list_foreach (struct v2v_disk, disk, &plan->source.disks)
		if (disk->file && stat(disk->file, &st) == 0 &&
			st.st_dev == target.st_dev &&
			st.st_ino == target.st_ino)
			return v2v_fail(err, "file-exists",
				"'%s' is the source of disk %lld", path,
				(long long)disk->id);
	return 0;
}

/* NAME-sda.qcow2, NAME-sda where raw; by the place in the source. */
static char *target_path(const struct v2v_copy_plan *plan, size_t index)
{
	CLEANUP_FREE char *name = v2v_safe_name(plan->source.name);
	CLEANUP_FREE char *dev = v2v_assign_name("sd", index);

	return v2v_format("%s/%s-%s%s", plan->out_dir, name, dev,
		v2v_streq(plan->format, "qcow2") ? ".qcow2" : "");
}

static int open_target(struct v2v_copy_plan *plan, size_t index, bool force,
	struct v2v_error *err)
{
	struct v2v_disk *disk =
		&v2v_items(struct v2v_disk, &plan->source.disks)[index];
	struct v2v_target *target = v2v_targets_find(&plan->targets, disk->id);
	CLEANUP_FREE char *path = target_path(plan, index);

	if (check_not_source(plan, path, err) < 0 ||
		v2v_out_open(&plan->outs[index], path, force, err) < 0)
		return -1;
	free(target->file);
	free(target->format);
	free(v2v_take(target->sha256));
	target->file = v2v_take(path);
	target->format = v2v_strdup(plan->format);
	return 0;
}

int v2v_copy_plan_load(struct v2v_copy_plan *plan, const json_t *doc,
	const struct v2v_copy_options *opt, struct v2v_error *err)
{
	size_t count;

	if (check_options(plan, opt, err) < 0 ||
		load_sections(plan, doc, err) < 0 || assign(plan, doc, err) < 0)
		return -1;
	plan->out_dir = v2v_realpath(opt->out_dir, err);
	if (!plan->out_dir)
		return -1;
	count = plan->source.disks.count;
	plan->outs = v2v_alloc(count + 1, sizeof *plan->outs);
	for (size_t i = 0; i < count; i++)
		plan->outs[i].fd = -1;
	for (size_t i = 0; i < count; i++)
		if (open_target(plan, i, opt->force, err) < 0)
			return -1;
	return 0;
}

void v2v_copy_plan_clear(struct v2v_copy_plan *plan)
{
	if (plan->outs)
		for (size_t i = 0; i < plan->source.disks.count; i++)
			v2v_out_clear(&plan->outs[i]);
	free(plan->outs);
	free(plan->out_dir);
	v2v_source_clear(&plan->source);
	v2v_guestcaps_clear(&plan->caps);
	v2v_overlays_clear(&plan->overlays);
	v2v_targets_clear(&plan->targets);
	v2v_removable_slots_clear(&plan->slots);
	*plan = (struct v2v_copy_plan){ .outs = NULL };
}
