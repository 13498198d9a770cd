/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-overlay: a writable layer over every source disk. */
#include "core/doc.h"
#include "core/file.h"
#include "core/options.h"
#include "core/workdir.h"
#include "image/image.h"
#include "model/copies.h"

static void outs_clear(struct v2v_list *outs)
{
	v2v_list_foreach (struct v2v_out, out, outs)
		v2v_out_clear(out);
	free(outs->items);
}

static int make_one(const struct v2v_disk *disk, const char *workdir,
	struct v2v_out *out, struct v2v_error *err)
{
	CLEANUP_FREE char *file = v2v_format(
		"%s/overlay-%lld.qcow2", workdir, (long long)disk->id);

	/* An overlay left by an earlier run is not used any more; another
	 * machine's, in a directory that the user gave twice, is. */
	if (v2v_image_may_overlay(disk, file, err) < 0 ||
		v2v_out_open(out, file, true, err) < 0)
		return -1;
	return v2v_image_make_overlay(disk, out->fd, out->path, err);
}

/* Each is there under its temporary name before the first takes the place of
 * what the document may name. */
static int make_all(struct v2v *v, const struct v2v_source *source,
	const char *workdir, struct v2v_error *err)
{
	__attribute__((cleanup(outs_clear))) struct v2v_list outs = { 0 };

	v2v_list_foreach (const struct v2v_disk, disk, &source->disks) {
		struct v2v_out *out = v2v_list_add(&outs, sizeof *out);

		out->fd = -1;
		if (make_one(disk, workdir, out, err) < 0)
			return v2v_fail_prefix(
				err, "disk %lld", (long long)disk->id);
		if (v2v_check_cancel(v, err) < 0)
			return -1;
	}
	v2v_list_foreach (struct v2v_out, out, &outs)
		if (v2v_out_publish(out, err) < 0)
			return -1;
	return 0;
}

static json_t *as_section(const struct v2v_source *source, const char *workdir)
{
	struct v2v_list overlays CLEANUP_OVERLAYS = { 0 };

	v2v_list_foreach (const struct v2v_disk, disk, &source->disks) {
		struct v2v_overlay *overlay =
			v2v_list_add(&overlays, sizeof *overlay);

		overlay->disk = disk->id;
		overlay->file = v2v_format(
			"%s/overlay-%lld.qcow2", workdir, (long long)disk->id);
		overlay->format = v2v_strdup("qcow2");
		overlay->virtual_size = disk->virtual_size;
	}
	return v2v_overlays_store(&overlays);
}

/* New overlays take the place of those that hold the converted guest; behind
 * v2v-copy nobody reads them. */
static int check_order(const json_t *doc, const struct v2v_source *source,
	struct v2v_error *err)
{
	const json_t *caps = json_object_get(doc, "guestcaps");
	struct v2v_list targets CLEANUP_TARGETS = { 0 };

	if (v2v_targets_load(doc, source, &targets, err) < 0)
		return -1;
	if (v2v_copies_are_made(&targets))
		return v2v_fail(err, "already-copied",
			"the disks are copied already, and overlays over the "
			"source would be lost: v2v-overlay comes before "
			"v2v-copy");
	if (json_is_object(caps) &&
		!json_is_true(json_object_get(caps, "dry_run")) &&
		json_array_size(json_object_get(doc, "overlays")) > 0)
		return v2v_fail(err, "already-converted",
			"the guest is converted on the overlays that are "
			"there, and new ones would lose that: v2v-overlay "
			"comes before v2v-convert");
	return 0;
}

int v2v_overlay(struct v2v *v, json_t *doc,
	const struct v2v_overlay_options *opt, struct v2v_error *err)
{
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_workdir workdir CLEANUP_WORKDIR = { NULL, NULL, false };
	struct v2v_overlay_options known;

	v2v_step_begin(v, "overlay", doc);
	if (v2v_options_read(&known, opt, err) < 0 ||
		v2v_source_load(doc, &source, err) < 0 ||
		v2v_check_cancel(v, err) < 0)
		return -1;
	if (check_order(doc, &source, err) < 0)
		return -1;
	if (source.disks.count == 0)
		return v2v_fail(err, "no-disk", "document: no disk in source");
	if (v2v_workdir_get(v, doc, known.workdir, &workdir, err) < 0)
		return -1;
	if (make_all(v, &source, workdir.dir, err) < 0) {
		v2v_workdir_undo(&workdir);
		return -1;
	}
	v2v_workdir_store(&workdir, doc);
	json_object_set_new(doc, "overlays", as_section(&source, workdir.dir));
	v2v_step_end(v, doc);
	return 0;
}
