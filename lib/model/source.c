/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `source` to and from JSON. */
#include "model/source.h"

#include "core/doc.h"

#define MAX_DISKS 4096

static const struct v2v_field extent_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_disk_extent, file, V2V_STRING),
	V2V_FIELD(struct v2v_disk_extent, format, V2V_STRING),
	V2V_FIELD(struct v2v_disk_extent, offset, V2V_INT),
	V2V_FIELD(struct v2v_disk_extent, size, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_field layer_fields[] = {
	V2V_FIELD(struct v2v_disk_layer, file, V2V_STRING),
	V2V_FIELD(struct v2v_disk_layer, format, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_disk_layer, subformat, V2V_STRING),
	V2V_FIELD(struct v2v_disk_layer, virtual_size, V2V_INT),
	V2V_FIELD_LIST(struct v2v_disk_layer, extents, extent_fields,
		struct v2v_disk_extent),
	V2V_FIELD_END,
};

static const struct v2v_field disk_fields[] = {
	V2V_FIELD(struct v2v_disk, id, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_disk, file, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_disk, offset, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_disk, size, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_disk, format, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_disk, subformat, V2V_STRING),
	V2V_FIELD(struct v2v_disk, virtual_size, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_disk, controller, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_disk, controller_model, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_disk, unit, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_disk, backing_chain, V2V_BOOL),
	V2V_FIELD_LIST_IF_ANY(
		struct v2v_disk, layers, layer_fields, struct v2v_disk_layer),
	V2V_FIELD_END,
};

static const struct v2v_field removable_fields[] = {
	V2V_FIELD(struct v2v_removable, type, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_removable, controller, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_removable, slot, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_field nic_fields[] = {
	V2V_FIELD(struct v2v_nic, id, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_nic, network, V2V_STRING),
	V2V_FIELD(struct v2v_nic, type, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_nic, model, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_nic, mac, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_nic, pci_slot, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_field topology_fields[] = {
	V2V_FIELD(struct v2v_topology, sockets, V2V_INT),
	V2V_FIELD(struct v2v_topology, cores, V2V_INT),
	V2V_FIELD(struct v2v_topology, threads, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_field cpu_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_cpu, vendor, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_cpu, model, V2V_STRING),
	V2V_FIELD_OBJECT(
		struct v2v_cpu, topology, topology_fields, struct v2v_topology),
	V2V_FIELD_OR_NULL(struct v2v_cpu, features, V2V_STRINGS),
	V2V_FIELD_END,
};

static const struct v2v_field source_fields[] = {
	V2V_FIELD(struct v2v_source, name, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_source, hypervisor, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_source, descriptor, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_source, uuid, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_source, genid, V2V_STRING),
	V2V_FIELD(struct v2v_source, memory, V2V_INT),
	V2V_FIELD(struct v2v_source, vcpus, V2V_INT),
	V2V_FIELD_OBJECT(struct v2v_source, cpu, cpu_fields, struct v2v_cpu),
	V2V_FIELD_OR_NULL(struct v2v_source, firmware, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_source, secure_boot, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_source, tpm, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_source, display, V2V_JSON),
	V2V_FIELD_OR_NULL(struct v2v_source, video, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_source, sound, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_source, os_hint, V2V_JSON),
	V2V_FIELD_LIST(struct v2v_source, disks, disk_fields, struct v2v_disk),
	V2V_FIELD_LIST(struct v2v_source, removables, removable_fields,
		struct v2v_removable),
	V2V_FIELD_LIST(struct v2v_source, nics, nic_fields, struct v2v_nic),
	V2V_FIELD_END,
};

/* What a chain may be; that it is this one is proven by who reads it
 * (image/chain.h). */
static int check_layers(
	const struct v2v_disk *disk, size_t i, struct v2v_error *err)
{
	const struct v2v_disk_layer *top = disk->layers.items;

	if (!disk->layers.count)
		return 0;
	if (disk->layers.count > V2V_LAYERS_MAX)
		return v2v_fail(err, "document-shape",
			"source.disks[%zu].layers: more than %d", i,
			V2V_LAYERS_MAX);
	if (disk->offset >= 0 || !v2v_streq(disk->file, top->file) ||
		!v2v_streq(disk->format, top->format))
		return v2v_fail(err, "document-shape",
			"source.disks[%zu].layers[0]: not the disk's file", i);
	return 0;
}

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
		if (check_layers(&disks[i], i, err) < 0)
			return -1;
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

static void extent_copy(
	struct v2v_disk_extent *to, const struct v2v_disk_extent *from)
{
	*to = *from;
	to->file = v2v_strdup(from->file);
	to->format = v2v_strdup(from->format);
}

static void layer_copy(
	struct v2v_disk_layer *to, const struct v2v_disk_layer *from)
{
	*to = *from;
	to->file = v2v_strdup(from->file);
	to->format = v2v_strdup(from->format);
	to->subformat = v2v_strdup(from->subformat);
	to->extents = (struct v2v_list){ 0 };
	v2v_list_foreach (const struct v2v_disk_extent, extent, &from->extents)
		extent_copy(v2v_list_add(&to->extents, sizeof *extent), extent);
}

void v2v_disk_copy(struct v2v_disk *to, const struct v2v_disk *from)
{
	*to = *from;
	to->file = v2v_strdup(from->file);
	to->format = v2v_strdup(from->format);
	to->subformat = v2v_strdup(from->subformat);
	to->controller = v2v_strdup(from->controller);
	to->controller_model = v2v_strdup(from->controller_model);
	to->layers = (struct v2v_list){ 0 };
	v2v_list_foreach (const struct v2v_disk_layer, layer, &from->layers)
		layer_copy(v2v_list_add(&to->layers, sizeof *layer), layer);
}

void v2v_disk_clear(struct v2v_disk *disk)
{
	v2v_fields_clear(disk_fields, sizeof *disk, disk);
}

json_t *v2v_layers_store(const struct v2v_list *layers)
{
	return v2v_fields_store_list(
		layer_fields, sizeof(struct v2v_disk_layer), layers);
}

void v2v_layers_clear(struct v2v_list *layers)
{
	v2v_fields_clear_list(
		layer_fields, sizeof(struct v2v_disk_layer), layers);
}
