/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's disks, cdroms, floppies and the controllers they hang on. */
#include "meta/libvirt.h"

#include "model/assign.h"
#include "model/letters.h"

static void write_controllers(struct v2v_xml *xml, const struct v2v_machine *m)
{
	int64_t highest = v2v_machine_highest_slot(m, "scsi");

	if (v2v_machine_scsi_base(m))
		v2v_xml_empty(xml, "controller", "type", "scsi", "index", "0",
			"model",
			m->is_transitional ? v2v_libvirt_virtio(m)
					   : "virtio-scsi");
	for (int64_t i = 0; i * V2V_SCSI_UNITS <= highest; i++) {
		CLEANUP_FREE char *index =
			v2v_format("%lld", (long long)(v2v_machine_scsi_base(m) + i));

		v2v_xml_empty(xml, "controller", "type", "scsi", "index", index,
			"model", m->scsi);
	}
}

/* A virtio-blk is a PCI device of its own: libvirt finds it a place. */
static void write_address(struct v2v_xml *xml, const struct v2v_machine *m,
	const char *bus, int64_t slot)
{
	struct v2v_place place = v2v_machine_place(m, bus, slot);
	CLEANUP_FREE char *controller = NULL, *line = NULL, *target = NULL,
			  *unit = NULL;

	if (v2v_streq(bus, "virtio-blk"))
		return;
	controller = v2v_format("%lld", (long long)place.controller);
	line = v2v_format("%lld", (long long)place.bus);
	target = v2v_format("%lld", (long long)place.target);
	unit = v2v_format("%lld", (long long)place.unit);
	v2v_xml_empty(xml, "address", "type", "drive", "controller", controller,
		"bus", line, "target", target, "unit", unit);
}

static const char *libvirt_bus(const char *bus)
{
	if (v2v_streq(bus, "virtio-blk"))
		return "virtio";
	if (v2v_streq(bus, "virtio-scsi"))
		return "scsi";
	return v2v_streq(bus, "floppy") ? "fdc" : bus;
}

static void write_disk(struct v2v_xml *xml, const struct v2v_machine *m,
	const struct v2v_target *target, size_t boot_order)
{
	bool is_virtio = v2v_streq(target->bus, "virtio-blk");
	bool is_device = v2v_machine_is_device(target);
	CLEANUP_FREE char *order = v2v_format("%zu", boot_order);

	v2v_xml_open(xml, "disk", "type", is_device ? "block" : "file",
		"device", "disk", "model",
		is_virtio && m->is_transitional ? v2v_libvirt_virtio(m) : NULL);
	v2v_xml_empty(xml, "driver", "name", "qemu", "type", target->format);
	v2v_xml_empty(xml, "source", is_device ? "dev" : "file", target->file);
	v2v_xml_empty(xml, "target", "dev", target->dev, "bus",
		libvirt_bus(target->bus));
	v2v_xml_empty(xml, "boot", "order", order);
	write_address(xml, m, target->bus, target->slot);
	v2v_xml_close(xml);
}

static void write_removable(struct v2v_xml *xml, const struct v2v_machine *m,
	const struct v2v_removable_slot *slot, const char *dev)
{
	bool is_cdrom = v2v_streq(slot->type, "cdrom");

	v2v_xml_open(xml, "disk", "type", "file", "device", slot->type);
	v2v_xml_empty(xml, "driver", "name", "qemu", "type", "raw");
	v2v_xml_empty(xml, "target", "dev", dev, "bus", libvirt_bus(slot->bus));
	if (is_cdrom)
		v2v_xml_empty(xml, "readonly");
	write_address(xml, m, slot->bus, slot->slot);
	v2v_xml_close(xml);
}

/* The first name from @index on that no disk has, from now on taken. */
static char *take_name(json_t *taken, const char *prefix, size_t index)
{
	char *name = v2v_assign_name(prefix, index);

	while (json_object_get(taken, name)) {
		free(name);
		name = v2v_assign_name(prefix, ++index);
	}
	json_object_set_new(taken, name, json_true());
	return name;
}

static void write_removables(struct v2v_xml *xml, const struct v2v_machine *m)
{
	json_auto_t *taken = json_object();

	v2v_list_foreach (struct v2v_target, target, &m->targets)
		json_object_set_new(taken, target->dev, json_true());
	v2v_list_foreach (struct v2v_removable_slot, slot, &m->slots) {
		const char *prefix = v2v_assign_prefix(slot->bus);
		bool is_sd = v2v_streq(prefix, "sd");
		CLEANUP_FREE char *dev = take_name(
			taken, prefix, is_sd ? 0 : (size_t)slot->slot);

		write_removable(xml, m, slot, dev);
	}
}

int v2v_libvirt_disks(
	struct v2v_xml *xml, const struct v2v_machine *m, struct v2v_error *err)
{
	const struct v2v_target *targets = m->targets.items;

	write_controllers(xml, m);
	for (size_t i = 0; i < m->targets.count; i++) {
		if (!targets[i].file)
			continue;
		if (!v2v_xml_holds(targets[i].file))
			return v2v_fail(err, "bad-name",
				"XML cannot hold the name '%s'",
				targets[i].file);
		write_disk(xml, m, &targets[i], v2v_machine_boot_order(m, i));
	}
	write_removables(xml, m);
	return 0;
}
