/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `overlays` to and from JSON. */
#include "model/overlays.h"

#include "core/doc.h"

#define O struct v2v_overlay
static const struct v2v_field overlay_fields[] = {
	V2V_FIELD(O, disk, V2V_INT),
	V2V_FIELD(O, file, V2V_STRING),
	V2V_FIELD(O, format, V2V_STRING),
	V2V_FIELD(O, virtual_size, V2V_INT),
	V2V_FIELD_END,
};

int v2v_overlays_load(
	const json_t *doc, struct v2v_list *overlays, struct v2v_error *err)
{
	if (!v2v_doc_has(doc, "overlays"))
		return 0;
	return v2v_fields_load_list(overlay_fields, sizeof(O),
		json_object_get(doc, "overlays"), "overlays", overlays, err);
}

json_t *v2v_overlays_store(const struct v2v_list *overlays)
{
	return v2v_fields_store_list(overlay_fields, sizeof(O), overlays);
}

const O *v2v_overlays_find(const struct v2v_list *overlays, int64_t disk)
{
	v2v_list_foreach (const O, overlay, overlays)
		if (overlay->disk == disk)
			return overlay;
	return NULL;
}

void v2v_overlays_clear(struct v2v_list *overlays)
{
	v2v_fields_clear_list(overlay_fields, sizeof(O), overlays);
}
