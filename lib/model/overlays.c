/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `overlays` to and from JSON. */
#include "model/overlays.h"

#include "core/doc.h"

static const struct v2v_field overlay_fields[] = {
	V2V_FIELD(struct v2v_overlay, disk, V2V_INT),
	V2V_FIELD(struct v2v_overlay, file, V2V_STRING),
	V2V_FIELD(struct v2v_overlay, format, V2V_STRING),
	V2V_FIELD(struct v2v_overlay, virtual_size, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_disk *find_disk(
	const struct v2v_source *source, int64_t id)
{
	v2v_list_foreach (const struct v2v_disk, disk, &source->disks)
		if (disk->id == id)
			return disk;
	return NULL;
}

static int check_one(const struct v2v_source *source,
	const struct v2v_overlay *all, size_t i, struct v2v_error *err)
{
	const struct v2v_disk *disk = find_disk(source, all[i].disk);

	if (!disk)
		return v2v_fail(err, "document-shape",
			"overlays[%zu].disk: unknown disk %lld in source", i,
			(long long)all[i].disk);
	for (size_t k = 0; k < i; k++)
		if (all[k].disk == all[i].disk)
			return v2v_fail(err, "document-shape",
				"overlays[%zu].disk: disk %lld has an overlay "
				"already",
				i, (long long)all[i].disk);
	if (!v2v_streq(all[i].format, "qcow2"))
		return v2v_fail(err, "document-shape",
			"overlays[%zu].format: expected 'qcow2'", i);
	if (all[i].virtual_size != disk->virtual_size)
		return v2v_fail(err, "document-shape",
			"overlays[%zu].virtual_size: %lld, but disk %lld has "
			"%lld bytes",
			i, (long long)all[i].virtual_size, (long long)disk->id,
			(long long)disk->virtual_size);
	return 0;
}

int v2v_overlays_load(const json_t *doc, const struct v2v_source *source,
	struct v2v_list *overlays, struct v2v_error *err)
{
	if (!v2v_doc_has(doc, "overlays"))
		return 0;
	if (v2v_fields_load_list(overlay_fields, sizeof(struct v2v_overlay),
		    json_object_get(doc, "overlays"), "overlays", overlays,
		    err) < 0)
		return -1;
	for (size_t i = 0; i < overlays->count; i++)
		if (check_one(source, overlays->items, i, err) < 0) {
			v2v_overlays_clear(overlays);
			return -1;
		}
	return 0;
}

json_t *v2v_overlays_store(const struct v2v_list *overlays)
{
	return v2v_fields_store_list(
		overlay_fields, sizeof(struct v2v_overlay), overlays);
}

const struct v2v_overlay *v2v_overlays_find(
	const struct v2v_list *overlays, int64_t disk)
{
	v2v_list_foreach (const struct v2v_overlay, overlay, overlays)
		if (overlay->disk == disk)
			return overlay;
	return NULL;
}

void v2v_overlays_clear(struct v2v_list *overlays)
{
	v2v_fields_clear_list(
		overlay_fields, sizeof(struct v2v_overlay), overlays);
}
