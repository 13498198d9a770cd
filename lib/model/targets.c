/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sections `targets` and `removable_slots` to and from JSON. */
#include "model/targets.h"
#include "model/letters.h"

#include "core/doc.h"
#include "core/file.h"

static const struct v2v_field target_fields[] = {
	V2V_FIELD(struct v2v_target, disk, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_target, file, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_target, format, V2V_STRING),
	V2V_FIELD(struct v2v_target, virtual_size, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_target, estimated_size, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_target, actual_size, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_target, bus, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_target, slot, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_target, dev, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_target, sha256, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field slot_fields[] = {
	V2V_FIELD(struct v2v_removable_slot, type, V2V_STRING),
	V2V_FIELD(struct v2v_removable_slot, bus, V2V_STRING),
	V2V_FIELD(struct v2v_removable_slot, slot, V2V_INT),
	V2V_FIELD_END,
};

static bool has_disk(const struct v2v_source *source, int64_t id)
{
	v2v_list_foreach (const struct v2v_disk, disk, &source->disks)
		if (disk->id == id)
			return true;
	return false;
}

static int check_disks(const struct v2v_list *targets,
	const struct v2v_source *source, struct v2v_error *err)
{
	const struct v2v_target *all = targets->items;

	for (size_t i = 0; i < targets->count; i++) {
		if (!has_disk(source, all[i].disk))
			return v2v_fail(err, "document-shape",
				"targets[%zu].disk: unknown disk %lld in "
				"source",
				i, (long long)all[i].disk);
		if (v2v_targets_find(targets, all[i].disk) != &all[i])
			return v2v_fail(err, "document-shape",
				"targets[%zu].disk: %lld is taken", i,
				(long long)all[i].disk);
	}
	return 0;
}

int v2v_targets_load(const json_t *doc, const struct v2v_source *source,
	struct v2v_list *targets, struct v2v_error *err)
{
	if (!v2v_doc_has(doc, "targets"))
		return 0;
	if (v2v_fields_load_list(target_fields, sizeof(struct v2v_target),
		    json_object_get(doc, "targets"), "targets", targets,
		    err) < 0)
		return -1;
	if (check_disks(targets, source, err) == 0)
		return 0;
	v2v_targets_clear(targets);
	return -1;
}

json_t *v2v_targets_store(const struct v2v_list *targets)
{
	return v2v_fields_store_list(
		target_fields, sizeof(struct v2v_target), targets);
}

struct v2v_target *v2v_targets_find(
	const struct v2v_list *targets, int64_t disk)
{
	v2v_list_foreach (struct v2v_target, target, targets)
		if (target->disk == disk)
			return target;
	return NULL;
}

char *v2v_targets_path(const char *dir, const struct v2v_source *source,
	size_t index, const char *format)
{
	CLEANUP_FREE char *name = v2v_safe_name(source->name);
	CLEANUP_FREE char *dev = v2v_assign_name("sd", index);

	return v2v_format("%s/%s-%s%s", dir, name, dev,
		v2v_streq(format, "qcow2") ? ".qcow2" : "");
}

void v2v_targets_clear(struct v2v_list *targets)
{
	v2v_fields_clear_list(
		target_fields, sizeof(struct v2v_target), targets);
}

int v2v_removable_slots_load(
	const json_t *doc, struct v2v_list *slots, struct v2v_error *err)
{
	if (!v2v_doc_has(doc, "removable_slots"))
		return 0;
	return v2v_fields_load_list(slot_fields,
		sizeof(struct v2v_removable_slot),
		json_object_get(doc, "removable_slots"), "removable_slots",
		slots, err);
}

json_t *v2v_removable_slots_store(const struct v2v_list *slots)
{
	return v2v_fields_store_list(
		slot_fields, sizeof(struct v2v_removable_slot), slots);
}

void v2v_removable_slots_clear(struct v2v_list *slots)
{
	v2v_fields_clear_list(
		slot_fields, sizeof(struct v2v_removable_slot), slots);
}
