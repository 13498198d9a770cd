/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `guestcaps` to and from JSON. */
#include "model/guestcaps.h"

#include "core/doc.h"

#define M struct v2v_device_map
static const struct v2v_field map_fields[] = {
	V2V_FIELD(M, from, V2V_STRING),
	V2V_FIELD(M, to, V2V_STRING),
	V2V_FIELD_END,
};

#define N struct v2v_guest_nic
static const struct v2v_field nic_fields[] = {
	V2V_FIELD(N, nic, V2V_INT),
	V2V_FIELD_OR_NULL(N, mac, V2V_STRING),
	V2V_FIELD_OR_NULL(N, name, V2V_STRING),
	V2V_FIELD_END,
};

#define H struct v2v_change
static const struct v2v_field change_fields[] = {
	V2V_FIELD(H, path, V2V_STRING),
	V2V_FIELD(H, what, V2V_STRING),
	V2V_FIELD_END,
};

#define G struct v2v_guestcaps
static const struct v2v_field guestcaps_fields[] = {
	V2V_FIELD(G, block_bus, V2V_STRING),
	V2V_FIELD(G, net_bus, V2V_STRING),
	V2V_FIELD_OR_NULL(G, video, V2V_STRING),
	V2V_FIELD_OR_NULL(G, machine, V2V_STRING),
	V2V_FIELD_OR_NULL(G, arch, V2V_STRING),
	V2V_FIELD_OR_NULL(G, arch_min_version, V2V_INT),
	V2V_FIELD_OR_NULL(G, acpi, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, virtio_1_0, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, virtio_rng, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, virtio_balloon, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, virtio_socket, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, pvpanic, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, guest_agent, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, rtc_utc, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, in_place, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, dry_run, V2V_BOOL),
	V2V_FIELD_OR_NULL(G, kernel, V2V_STRING),
	V2V_FIELD_OR_NULL(G, initrd, V2V_STRING),
	V2V_FIELD_LIST(G, device_map, map_fields, M),
	V2V_FIELD_LIST(G, nics, nic_fields, N),
	V2V_FIELD_LIST(G, changes, change_fields, H),
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
