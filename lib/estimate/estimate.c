/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-estimate. */
#include "estimate/formula.h"
#include "estimate/measure.h"

#include "core/doc.h"
#include "core/file.h"
#include "core/options.h"
#include "model/appliance-names.h"
#include "model/assign.h"
#include "model/copies.h"
#include "model/overlays.h"
#include "model/space.h"
#include "model/targets.h"

#include <sys/statvfs.h>

struct estimate {
	struct v2v_source source;
	struct v2v_inspect inspect;
	struct v2v_list overlays, targets;
	bool is_inspected;
};

static void estimate_clear(struct estimate *e)
{
	v2v_source_clear(&e->source);
	v2v_inspect_clear(&e->inspect);
	v2v_overlays_clear(&e->overlays);
	v2v_targets_clear(&e->targets);
}

static int load(const json_t *doc, struct estimate *e, struct v2v_error *err)
{
	const json_t *caps = json_object_get(doc, "guestcaps");

	if (json_is_true(json_object_get(caps, "in_place")))
		return v2v_fail(err, "in-place",
			"the guest was converted in place: there is nothing to "
			"estimate");
	if (v2v_source_load(doc, &e->source, err) < 0 ||
		v2v_overlays_load(doc, &e->source, &e->overlays, err) < 0 ||
		v2v_targets_load(doc, &e->source, &e->targets, err) < 0)
		return -1;
	if (v2v_copies_are_made(&e->targets))
		return v2v_fail(err, "already-copied",
			"the disks are copied already, there is nothing to "
			"estimate: v2v-estimate comes before v2v-copy");
	e->is_inspected = v2v_doc_has(doc, "inspect");
	return e->is_inspected ? v2v_inspect_load(doc, &e->inspect, err) : 0;
}

/* What inspect knows of a disk's contents. */
struct knowledge {
	uint64_t on_disk;  /* bytes of the filesystems that lie on it */
	uint64_t anywhere; /* and of those that lie on nobody knows which */
};

/* An appliance calls the disks so, in their order. */
static uint64_t on_disk(const struct estimate *e, size_t index)
{
	CLEANUP_FREE char *name = v2v_appliance_disk(index, 0);

	return v2v_formula_on_disk(&e->inspect, name);
}

/* The caller frees; one for each disk. */
static struct knowledge *know(
	const struct estimate *e, const struct v2v_fs_sums *sums)
{
	size_t count = e->source.disks.count;
	struct knowledge *all = v2v_alloc(count + 1, sizeof *all);
	uint64_t anywhere = sums->total;

	for (size_t i = 0; i < count; i++) {
		all[i].on_disk = on_disk(e, i);
		anywhere -= all[i].on_disk;
	}
	for (size_t i = 0; i < count; i++)
		all[i].anywhere = anywhere;
	return all;
}

static bool is_unknown(const struct knowledge *known)
{
	return !known->on_disk && !known->anywhere;
}

static bool is_known(const struct knowledge *known, const struct v2v_disk *disk)
{
	return known->on_disk >= (uint64_t)disk->virtual_size / 2;
}

/* Blank disks take no part in the formula, nor do those of which nothing is
 * known: there is nothing to save on them. */
static int source_total(const struct v2v_source *source,
	const struct knowledge *known, uint64_t *ret_total,
	struct v2v_error *err)
{
	int64_t total = 0;

	v2v_list_foreach (struct v2v_disk, disk, &source->disks) {
		bool counts = disk->file && !is_unknown(known++);

		if (disk->virtual_size < 0 ||
			(counts && __builtin_add_overflow(
					   total, disk->virtual_size, &total)))
			return v2v_fail(err, "document-shape",
				"source.disks: the size of disk %lld cannot be",
				(long long)disk->id);
	}
	*ret_total = (uint64_t)total;
	return 0;
}

/* The disk's target, a new one or that of an earlier estimate. */
static struct v2v_target *target_of(
	struct estimate *e, const struct v2v_disk *disk, const char *format)
{
	struct v2v_target *target = v2v_targets_find(&e->targets, disk->id);

	if (!target) {
		target = v2v_list_add(&e->targets, sizeof *target);
		target->disk = disk->id;
		target->virtual_size = disk->virtual_size;
		target->actual_size = target->slot = -1;
	}
	v2v_string_set(&target->format, format);
	return target;
}

static int measure_all(struct v2v *v, struct estimate *e, const char *format,
	struct v2v_error *err)
{
	v2v_list_foreach (struct v2v_disk, disk, &e->source.disks) {
		uint64_t size = 0;

		if (v2v_measure(v, disk, &e->overlays, format, &size, err) < 0)
			return -1;
		target_of(e, disk, format)->estimated_size = (int64_t)size;
	}
	return 0;
}

/* What is allocated counts where nothing is known of the disk, and where less
 * than half of it is and the formula says more. */
static int count_allocated(struct v2v *v, const struct estimate *e,
	const struct v2v_disk *disk, const struct knowledge *known,
	const char *format, uint64_t *size, struct v2v_error *err)
{
	struct v2v_error why = { 0 };
	uint64_t allocated = 0;

	if (v2v_measure(v, disk, &e->overlays, format, &allocated, &why) == 0) {
		if (is_unknown(known) || allocated < *size)
			*size = allocated;
		return 0;
	}
	if (v2v_check_cancel(v, err) < 0)
		return -1;
	if (is_unknown(known))
		v2v_warn(v, "estimate-unknown",
			"%s: the estimate is the virtual size", why.text);
	return 0;
}

static int estimate_all(struct v2v *v, struct estimate *e, const char *format,
	struct v2v_error *err)
{
	const struct v2v_disk *disks = e->source.disks.items;
	CLEANUP_FREE struct knowledge *known = NULL;
	struct v2v_fs_sums sums = { 0, 0 };
	uint64_t total = 0, saving;

	if (v2v_formula_sums(&e->inspect, &sums, err) < 0)
		return -1;
	known = know(e, &sums);
	if (source_total(&e->source, known, &total, err) < 0)
		return -1;
	saving = v2v_formula_saving(&sums, total);
	for (size_t i = 0; i < e->source.disks.count; i++) {
		uint64_t size = (uint64_t)disks[i].virtual_size;

		if (!is_unknown(&known[i]))
			size = v2v_formula_estimate(size, saving, total);
		if (!disks[i].file)
			size = 0;
		else if (!is_known(&known[i], &disks[i]) &&
			 count_allocated(v, e, &disks[i], &known[i], format,
				 &size, err) < 0)
			return -1;
		target_of(e, &disks[i], format)->estimated_size = (int64_t)size;
	}
	return 0;
}

static int check_target(
	const struct estimate *e, const char *out_dir, struct v2v_error *err)
{
	struct statvfs st;
	uint64_t needed = 0, room;

	if (statvfs(out_dir, &st) < 0)
		return v2v_fail_errno(err, "'%s'", out_dir);
	if (__builtin_mul_overflow(st.f_bavail, st.f_frsize, &room))
		room = UINT64_MAX;
	v2v_list_foreach (struct v2v_target, target, &e->targets)
		if (target->estimated_size > 0 &&
			__builtin_add_overflow(needed,
				(uint64_t)target->estimated_size, &needed))
			needed = UINT64_MAX;
	if (needed > room)
		return v2v_fail(err, "target-no-space",
			"no room in '%s': %llu bytes are needed, %llu are free",
			out_dir, (unsigned long long)needed,
			(unsigned long long)room);
	return 0;
}

/* Better now than behind the long work. */
static void tell_existing(struct v2v *v, const struct estimate *e,
	const char *out_dir, const char *format)
{
	for (size_t i = 0; i < e->source.disks.count; i++) {
		CLEANUP_FREE char *path =
			v2v_targets_path(out_dir, &e->source, i, format);

		if (access(path, F_OK) == 0)
			v2v_warn(v, "file-exists",
				"'%s' exists: v2v-copy replaces it with "
				"--force only",
				path);
	}
}

int v2v_estimate(struct v2v *v, json_t *doc,
	const struct v2v_estimate_options *opt, struct v2v_error *err)
{
	__attribute__((cleanup(estimate_clear))) struct estimate e = { 0 };
	CLEANUP_FREE char *out_dir = NULL;
	struct v2v_estimate_options known;
	const char *format;
	int r;

	v2v_step_begin(v, "estimate", doc);
	if (v2v_options_read(&known, opt, err) < 0)
		return -1;
	format = known.format ? known.format : "qcow2";
	if (!v2v_streq(format, "qcow2") && !v2v_streq(format, "raw"))
		return v2v_fail(err, "bad-option",
			"unknown target format '%s' (supported: qcow2, raw)",
			format);
	if (v2v_check_cancel(v, err) < 0 || load(doc, &e, err) < 0)
		return -1;
	out_dir = known.out_dir ? v2v_realpath(known.out_dir, err) : NULL;
	if (known.out_dir && !out_dir)
		return -1;
	if (e.is_inspected && v2v_space_check(&e.inspect, err) < 0)
		return -1;
	r = known.measure ? measure_all(v, &e, format, err)
			  : estimate_all(v, &e, format, err);
	if (r < 0)
		return -1;
	if (out_dir && check_target(&e, out_dir, err) < 0)
		return -1;
	if (out_dir)
		tell_existing(v, &e, out_dir, format);
	json_object_set_new(doc, "targets", v2v_targets_store(&e.targets));
	v2v_step_end(v, doc);
	return 0;
}
