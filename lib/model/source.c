/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `source` to and from JSON. */
#include "model/source.h"

#include "core/doc.h"

#define MAX_DISKS 4096

#define D struct v2v_disk
static const struct v2v_field disk_fields[] = {
	V2V_FIELD(D, id, V2V_INT),
	V2V_FIELD_OR_NULL(D, file, V2V_STRING),
	V2V_FIELD_OR_NULL(D, offset, V2V_INT),
	V2V_FIELD_OR_NULL(D, size, V2V_INT),
	V2V_FIELD_OR_NULL(D, format, V2V_STRING),
	V2V_FIELD_OR_NULL(D, subformat, V2V_STRING),
	V2V_FIELD(D, virtual_size, V2V_INT),
	V2V_FIELD_OR_NULL(D, controller, V2V_STRING),
	V2V_FIELD_OR_NULL(D, controller_model, V2V_STRING),
	V2V_FIELD_OR_NULL(D, unit, V2V_INT),
	V2V_FIELD_OR_NULL(D, backing_chain, V2V_BOOL),
	V2V_FIELD_END,
};

#define R struct v2v_removable
static const struct v2v_field removable_fields[] = {
	V2V_FIELD(R, type, V2V_STRING),
	V2V_FIELD_OR_NULL(R, controller, V2V_STRING),
	V2V_FIELD_OR_NULL(R, slot, V2V_INT),
	V2V_FIELD_END,
};

#define N struct v2v_nic
static const struct v2v_field nic_fields[] = {
	V2V_FIELD(N, id, V2V_INT),
	V2V_FIELD_OR_NULL(N, network, V2V_STRING),
	V2V_FIELD(N, type, V2V_STRING),
	V2V_FIELD_OR_NULL(N, model, V2V_STRING),
	V2V_FIELD_OR_NULL(N, mac, V2V_STRING),
	V2V_FIELD_OR_NULL(N, pci_slot, V2V_INT),
	V2V_FIELD_END,
};

#define T struct v2v_topology
static const struct v2v_field topology_fields[] = {
	V2V_FIELD(T, sockets, V2V_INT),
	V2V_FIELD(T, cores, V2V_INT),
	V2V_FIELD(T, threads, V2V_INT),
	V2V_FIELD_END,
};

#define C struct v2v_cpu
static const struct v2v_field cpu_fields[] = {
	V2V_FIELD_OR_NULL(C, vendor, V2V_STRING),
	V2V_FIELD_OR_NULL(C, model, V2V_STRING),
	V2V_FIELD_OBJECT(C, topology, topology_fields, T),
	V2V_FIELD_OR_NULL(C, features, V2V_STRINGS),
	V2V_FIELD_END,
};

#define S struct v2v_source
static const struct v2v_field source_fields[] = {
	V2V_FIELD(S, name, V2V_STRING),
	V2V_FIELD_OR_NULL(S, hypervisor, V2V_STRING),
	V2V_FIELD_OR_NULL(S, genid, V2V_STRING),
	V2V_FIELD(S, memory, V2V_INT),
	V2V_FIELD(S, vcpus, V2V_INT),
	V2V_FIELD_OBJECT(S, cpu, cpu_fields, C),
	V2V_FIELD_OR_NULL(S, firmware, V2V_STRING),
	V2V_FIELD_OR_NULL(S, secure_boot, V2V_BOOL),
	V2V_FIELD_OR_NULL(S, tpm, V2V_BOOL),
	V2V_FIELD_OR_NULL(S, display, V2V_JSON),
	V2V_FIELD_OR_NULL(S, video, V2V_STRING),
	V2V_FIELD_OR_NULL(S, sound, V2V_STRING),
	V2V_FIELD_OR_NULL(S, os_hint, V2V_JSON),
	V2V_FIELD_LIST(S, disks, disk_fields, D),
	V2V_FIELD_LIST(S, removables, removable_fields, R),
	V2V_FIELD_LIST(S, nics, nic_fields, N),
	V2V_FIELD_END,
};

static int check_disks(const struct v2v_source *source, struct v2v_error *err)
{
	const struct v2v_disk *disks = source->disks.items;

	for (size_t i = 0; i < source->disks.count; i++) {
		if (disks[i].file && !disks[i].format)
			return v2v_fail(err, "document-shape",
				"source.disks[%zu].format: expected a string",
				i);
		if ((disks[i].offset < 0) != (disks[i].size < 0))
			return v2v_fail(err, "document-shape",
				"source.disks[%zu]: offset and size go "
				"together",
				i);
		for (size_t k = 0; k < i; k++)
			if (disks[k].id == disks[i].id)
				return v2v_fail(err, "document-shape",
					"source.disks[%zu].id: %lld is taken",
					i, (long long)disks[i].id);
	}
	return 0;
}

int v2v_source_load(
	const json_t *doc, struct v2v_source *source, struct v2v_error *err)
{
	json_t *section = v2v_doc_section(doc, "source", "v2v-unpack", err);

	if (!section)
		return -1;
	/* Before each of them is read. */
	if (json_array_size(json_object_get(section, "disks")) > MAX_DISKS)
		return v2v_fail(err, "document-shape",
			"source.disks: more than %d", MAX_DISKS);
	if (v2v_fields_load(source_fields, section, "source", source, err) < 0)
		return -1;
	if (check_disks(source, err) == 0)
		return 0;
	v2v_source_clear(source);
	return -1;
}

json_t *v2v_source_store(const struct v2v_source *source)
{
	return v2v_fields_store(source_fields, source);
}

void v2v_source_clear(struct v2v_source *source)
{
	v2v_fields_clear(source_fields, sizeof *source, source);
}
