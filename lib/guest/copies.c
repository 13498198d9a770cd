/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks that v2v-copy made, for the appliance. */
#include "guest/copies.h"

#include "core/doc.h"
#include "core/file.h"
#include "image/image.h"
#include "model/copies.h"

static int check_apart(const struct v2v_source *source,
	const struct v2v_source *copies, struct v2v_error *err)
{
	const struct v2v_disk *all = copies->disks.items;

	for (size_t i = 0; i < copies->disks.count; i++) {
		v2v_list_foreach (const struct v2v_disk, disk, &source->disks)
			if (disk->file &&
				v2v_image_is_same(all[i].file, disk->file))
				return v2v_fail(err, "not-in-place",
					"targets: '%s' of disk %lld is the "
					"source of disk %lld, no copy",
					all[i].file, (long long)all[i].id,
					(long long)disk->id);
		for (size_t k = 0; k < i; k++)
			if (v2v_image_is_same(all[i].file, all[k].file))
				return v2v_fail(err, "not-in-place",
					"targets: '%s' is that of disk %lld "
					"and of disk %lld",
					all[i].file, (long long)all[k].id,
					(long long)all[i].id);
	}
	return 0;
}

/* Overlays are made over files only. */
static bool can_be_overlaid(const struct v2v_list *targets)
{
	if (!v2v_copies_are_named(targets))
		return false;
	v2v_list_foreach (const struct v2v_target, target, targets)
		if (v2v_is_device(target->file))
			return false;
	return true;
}

/* Copied, and then converted in place, or converted on overlays that are gone:
 * the source is what it was before. */
static bool is_source_stale(const json_t *doc)
{
	const json_t *caps = json_object_get(doc, "guestcaps");

	if (!json_is_object(caps) ||
		json_is_true(json_object_get(caps, "dry_run")))
		return false;
	return json_is_true(json_object_get(caps, "in_place")) ||
	       json_array_size(json_object_get(doc, "overlays")) == 0;
}

int v2v_guest_copies(const struct v2v_guest_request *request,
	struct v2v_source *copies, struct v2v_error *err)
{
	struct v2v_list targets CLEANUP_TARGETS = { 0 };

	if (v2v_targets_load(request->doc, request->source, &targets, err) < 0)
		return -1;
	if (!v2v_copies_are_made(&targets))
		return 0;
	if (!request->in_place && !can_be_overlaid(&targets)) {
		if (!is_source_stale(request->doc))
			return 0;
		return v2v_fail(err, "already-copied",
			"the converted disks lie on a device, in an NBD export "
			"or where a stream went, and cannot be looked at "
			"there");
	}
	if (v2v_copies_load(request->source, &targets, copies, err) < 0 ||
		check_apart(request->source, copies, err) < 0)
		return -1;
	return 1;
}
