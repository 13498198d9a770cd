/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the new machine's disks are: controllers, places on them, which boots
 * first. */
#include "meta/meta.h"

#define SATA_PORTS 6

const char *v2v_machine_scsi(const struct v2v_source *source)
{
	/* The controllers that qemu has of those that VMware has: a guest that
	 * nobody converted finds the one it has a driver for, but for the
	 * Buslogic and the parallel LSI, whose nearest relative is the 53C895A.
	 */
	static const struct {
		const char *vmware, *libvirt;
	} models[] = {
		{ "lsilogicsas", "lsisas1068" },
		{ "pvscsi", "vmpvscsi" },
		{ "virtualscsi", "vmpvscsi" },
	};

	v2v_list_foreach (const struct v2v_disk, disk, &source->disks) {
		if (!v2v_streq(disk->controller, "scsi"))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(models); i++)
			if (v2v_streq(disk->controller_model, models[i].vmware))
				return models[i].libvirt;
		return "lsilogic";
	}
	return "lsilogic";
}

int64_t v2v_machine_highest_slot(const struct v2v_machine *m, const char *bus)
{
	int64_t highest = -1;

	v2v_list_foreach (struct v2v_target, target, &m->targets)
		if (v2v_streq(target->bus, bus) && target->slot > highest)
			highest = target->slot;
	v2v_list_foreach (struct v2v_removable_slot, slot, &m->slots)
		if (v2v_streq(slot->bus, bus) && slot->slot > highest)
			highest = slot->slot;
	return highest;
}

int64_t v2v_machine_scsi_base(const struct v2v_machine *m)
{
	return v2v_machine_highest_slot(m, "virtio-scsi") >= 0 ? 1 : 0;
}

static struct v2v_place scsi_place(const struct v2v_machine *m, int64_t slot)
{
	struct v2v_place place = {
		.controller = v2v_machine_scsi_base(m) + slot / V2V_SCSI_UNITS,
	};

	if (v2v_streq(m->scsi, "lsilogic"))
		place.unit = slot % V2V_SCSI_UNITS;
	else
		place.target = slot % V2V_SCSI_UNITS;
	return place;
}

struct v2v_place v2v_machine_place(
	const struct v2v_machine *m, const char *bus, int64_t slot)
{
	if (v2v_streq(bus, "virtio-scsi"))
		return (struct v2v_place){ .target = slot };
	if (v2v_streq(bus, "scsi"))
		return scsi_place(m, slot);
	if (v2v_streq(bus, "sata"))
		return (struct v2v_place){ .controller = slot / SATA_PORTS,
			.unit = slot % SATA_PORTS };
	if (v2v_streq(bus, "ide"))
		return (struct v2v_place){ .bus = slot / 2, .unit = slot % 2 };
	return (struct v2v_place){ .unit = slot };
}

size_t v2v_machine_boot_order(const struct v2v_machine *m, size_t index)
{
	const struct v2v_target *targets = m->targets.items;

	for (size_t i = 0; i < m->targets.count; i++) {
		if (targets[i].disk != m->inspect.boot_device)
			continue;
		if (i == index)
			return 1;
		return index < i ? index + 2 : index + 1;
	}
	return index + 1;
}

const struct v2v_target *v2v_machine_boot_disk(const struct v2v_machine *m)
{
	const struct v2v_target *targets = m->targets.items, *first = NULL;
	size_t order = SIZE_MAX;

	for (size_t i = 0; i < m->targets.count; i++)
		if (targets[i].file && v2v_machine_boot_order(m, i) < order) {
			order = v2v_machine_boot_order(m, i);
			first = &targets[i];
		}
	return first;
}

bool v2v_machine_is_device(const struct v2v_target *target)
{
	return v2v_starts_with(target->file, "/dev/") &&
	       !v2v_starts_with(target->file, "/dev/shm/");
}
