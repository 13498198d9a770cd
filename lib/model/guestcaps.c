/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `guestcaps` to and from JSON. */
#include "model/guestcaps.h"

#include "core/doc.h"

static const struct v2v_field map_fields[] = {
	V2V_FIELD(struct v2v_device_map, from, V2V_STRING),
	V2V_FIELD(struct v2v_device_map, to, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field nic_fields[] = {
	V2V_FIELD(struct v2v_guest_nic, nic, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_guest_nic, mac, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_guest_nic, name, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field change_fields[] = {
	V2V_FIELD(struct v2v_change, path, V2V_STRING),
	/* Older documents have neither. */
	V2V_FIELD_OR_NULL(struct v2v_change, code, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_change, where, V2V_STRING),
	V2V_FIELD(struct v2v_change, what, V2V_STRING),
	V2V_FIELD_END,
};

void v2v_changes_clear(struct v2v_list *changes)
{
	v2v_fields_clear_list(
		change_fields, sizeof(struct v2v_change), changes);
}

static const struct v2v_field guestcaps_fields[] = {
	V2V_FIELD(struct v2v_guestcaps, block_bus, V2V_STRING),
	V2V_FIELD(struct v2v_guestcaps, net_bus, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, video, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, machine, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, arch, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, arch_min_version, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, acpi, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, virtio_1_0, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, virtio_rng, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, virtio_balloon, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, virtio_socket, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, pvpanic, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, guest_agent, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, rtc_utc, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, in_place, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, dry_run, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, kernel, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_guestcaps, initrd, V2V_STRING),
	V2V_FIELD_LIST(struct v2v_guestcaps, device_map, map_fields,
		struct v2v_device_map),
	V2V_FIELD_LIST(
		struct v2v_guestcaps, nics, nic_fields, struct v2v_guest_nic),
	V2V_FIELD_LIST(struct v2v_guestcaps, changes, change_fields,
		struct v2v_change),
	V2V_FIELD_END,
};

int v2v_guestcaps_load(
	const json_t *doc, struct v2v_guestcaps *caps, struct v2v_error *err)
{
	json_t *section = v2v_doc_section(doc, "guestcaps", "v2v-convert", err);

	if (!section)
		return -1;
	return v2v_fields_load(
		guestcaps_fields, section, "guestcaps", caps, err);
}

int v2v_guestcaps_check_kept(
	const struct v2v_guestcaps *caps, struct v2v_error *err)
{
	if (!caps->dry_run)
		return 0;
	return v2v_fail(err, "dry-run",
		"the conversion was a dry run, the disks are not converted: "
		"v2v-convert without --dry-run does it");
}

json_t *v2v_guestcaps_store(const struct v2v_guestcaps *caps)
{
	return v2v_fields_store(guestcaps_fields, caps);
}

void v2v_guestcaps_clear(struct v2v_guestcaps *caps)
{
	v2v_fields_clear(guestcaps_fields, sizeof *caps, caps);
}
