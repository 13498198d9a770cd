/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sections `targets` and `removable_slots` to and from JSON. */
#include "model/targets.h"

#include "core/doc.h"

#define T struct v2v_target
static const struct v2v_field target_fields[] = {
	V2V_FIELD(T, disk, V2V_INT),
	V2V_FIELD_OR_NULL(T, file, V2V_STRING),
	V2V_FIELD_OR_NULL(T, format, V2V_STRING),
	V2V_FIELD(T, virtual_size, V2V_INT),
	V2V_FIELD_OR_NULL(T, estimated_size, V2V_INT),
	V2V_FIELD_OR_NULL(T, actual_size, V2V_INT),
	V2V_FIELD_OR_NULL(T, bus, V2V_STRING),
	V2V_FIELD_OR_NULL(T, slot, V2V_INT),
	V2V_FIELD_OR_NULL(T, dev, V2V_STRING),
	V2V_FIELD_OR_NULL(T, sha256, V2V_STRING),
	V2V_FIELD_END,
};

#define R struct v2v_removable_slot
static const struct v2v_field slot_fields[] = {
	V2V_FIELD(R, type, V2V_STRING),
	V2V_FIELD(R, bus, V2V_STRING),
	V2V_FIELD(R, slot, V2V_INT),
	V2V_FIELD_END,
};

int v2v_targets_load(
	const json_t *doc, struct v2v_list *targets, struct v2v_error *err)
{
	if (!v2v_doc_has(doc, "targets"))
		return 0;
	return v2v_fields_load_list(target_fields, sizeof(T),
		json_object_get(doc, "targets"), "targets", targets, err);
}

json_t *v2v_targets_store(const struct v2v_list *targets)
{
	return v2v_fields_store_list(target_fields, sizeof(T), targets);
}

T *v2v_targets_find(const struct v2v_list *targets, int64_t disk)
{
	v2v_list_foreach (T, target, targets)
		if (target->disk == disk)
			return target;
	return NULL;
}

void v2v_targets_clear(struct v2v_list *targets)
{
	v2v_fields_clear_list(target_fields, sizeof(T), targets);
}

int v2v_removable_slots_load(
	const json_t *doc, struct v2v_list *slots, struct v2v_error *err)
{
	if (!v2v_doc_has(doc, "removable_slots"))
		return 0;
	return v2v_fields_load_list(slot_fields, sizeof(R),
		json_object_get(doc, "removable_slots"), "removable_slots",
		slots, err);
}

json_t *v2v_removable_slots_store(const struct v2v_list *slots)
{
	return v2v_fields_store_list(slot_fields, sizeof(R), slots);
}

void v2v_removable_slots_clear(struct v2v_list *slots)
{
	v2v_fields_clear_list(slot_fields, sizeof(R), slots);
}
