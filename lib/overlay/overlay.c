/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step v2v-overlay: a writable layer over every source disk. */
#include "core/doc.h"
#include "core/file.h"
#include "core/workdir.h"
#include "image/image.h"

static int make_one(struct v2v *v, const struct v2v_disk *disk,
	const char *workdir, struct v2v_list *overlays, struct v2v_error *err)
{
	struct v2v_out out CLEANUP_OUT = { NULL, NULL, -1, false };
	CLEANUP_FREE char *file = v2v_format(
		"%s/overlay-%lld.qcow2", workdir, (long long)disk->id);
	struct v2v_overlay *overlay;

	/* An overlay left by an earlier run is of no more use. */
	if (v2v_out_open(&out, file, true, err) < 0 ||
		v2v_image_make_overlay(v, disk, out.temp, err) < 0 ||
		v2v_out_publish(&out, err) < 0)
		return -1;
	overlay = v2v_list_add(overlays, sizeof *overlay);
	overlay->disk = disk->id;
	overlay->file = v2v_take(file);
	overlay->format = v2v_strdup("qcow2");
	overlay->virtual_size = disk->virtual_size;
	return 0;
}

static int make_all(struct v2v *v, const struct v2v_source *source,
	const char *workdir, struct v2v_list *overlays, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_disk, disk, &source->disks) {
		if (make_one(v, disk, workdir, overlays, err) < 0)
			return v2v_fail_prefix(
				err, "disk %lld", (long long)disk->id);
		if (v2v_check_cancel(v, err) < 0)
			return -1;
	}
	return 0;
}

int v2v_overlay(struct v2v *v, json_t *doc,
	const struct v2v_overlay_options *opt, struct v2v_error *err)
{
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_list overlays CLEANUP_OVERLAYS = { 0 };
	CLEANUP_FREE char *workdir = NULL;
	bool made;

	v2v_step_begin(v, "overlay");
	if (v2v_source_load(doc, &source, err) < 0 ||
		v2v_check_cancel(v, err) < 0)
		return -1;
	if (source.disks.count == 0)
		return v2v_fail(err, "no-disk", "document: no disk in source");
	if (v2v_workdir_get(v, doc, opt ? opt->workdir : NULL, &workdir, &made,
		    err) < 0)
		return -1;
	if (make_all(v, &source, workdir, &overlays, err) < 0) {
		v2v_list_foreach (const struct v2v_overlay, overlay, &overlays)
			unlink(overlay->file);
		if (made)
			v2v_workdir_remove(workdir);
		return -1;
	}
	json_object_set_new(doc, "workdir", v2v_json_text(workdir));
	json_object_set_new(doc, "overlays", v2v_overlays_store(&overlays));
	v2v_step_end(v, doc);
	return 0;
}
