/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks and removables to buses and slots. */
#include "model/assign.h"

#include "model/devices.h"
#include "model/targets.h"

static const struct bus {
	const char *name, *prefix;
	size_t slots;
} buses[] = {
	{ "virtio-blk", "vd", V2V_MAX_SLOTS },
	{ "virtio-scsi", "sd", V2V_MAX_SLOTS },
	{ "scsi", "sd", V2V_MAX_SLOTS },
	{ "sata", "sd", V2V_MAX_SLOTS },
	{ "ide", "hd", 4 },
	{ "floppy", "fd", 2 },
};
#define BUSES ARRAY_SIZE(buses)

struct assignment {
	const char *machine, *firmware;
	bool is_converted;
	bool taken[BUSES][V2V_MAX_SLOTS];
};

const char *v2v_assign_firmware(
	const struct v2v_source *source, const struct v2v_inspect *inspect)
{
	if (source->firmware)
		return source->firmware;
	return inspect && inspect->firmware ? inspect->firmware : "bios";
}

const char *v2v_assign_machine(
	const struct v2v_guestcaps *caps, const char *firmware)
{
	if (caps && caps->machine)
		return caps->machine;
	return v2v_streq(firmware, "uefi") ? "q35" : "pc";
}

static size_t bus_index(const char *name)
{
	size_t i = 0;

	while (i < BUSES && !v2v_streq(buses[i].name, name))
		i++;
	return i;
}

const char *v2v_assign_prefix(const char *bus)
{
	size_t i = bus_index(bus);

	return i < BUSES ? buses[i].prefix : "sd";
}

size_t v2v_assign_slots(const char *bus)
{
	size_t i = bus_index(bus);

	return i < BUSES ? buses[i].slots : 0;
}

/* The bus of this machine that replaces @bus. */
static const char *fit_machine(const struct assignment *a, const char *bus)
{
	bool is_ide = v2v_streq(bus, "ide");

	if (v2v_streq(a->machine, "virt") && (is_ide || v2v_streq(bus, "sata")))
		return "virtio-scsi";
	return is_ide && v2v_streq(a->machine, "q35") ? "sata" : bus;
}

/* The bus for what had this controller in the old machine. */
static const char *kept_bus(const struct assignment *a, const char *controller)
{
	if (!controller)
		return v2v_streq(a->firmware, "uefi") ? "sata" : "ide";
	if (v2v_streq(controller, "nvme"))
		return "sata";
	if (v2v_streq(controller, "virtio"))
		return "virtio-blk";
	return controller;
}

/* Take the slot @wish of @bus if it is free, else the first that is; on an ide
 * that is full one of sata.  *@ret_bus is a literal. */
static int take_slot(struct assignment *a, const char *bus, int64_t wish,
	const char **ret_bus, int64_t *ret_slot, struct v2v_error *err)
{
	size_t i = bus_index(bus), slot = 0;

	if (i == BUSES)
		return v2v_fail(
			err, "document-shape", "unknown disk bus '%s'", bus);
	while (slot < buses[i].slots && a->taken[i][slot])
		slot++;
	if (wish >= 0 && (size_t)wish < buses[i].slots && !a->taken[i][wish])
		slot = (size_t)wish;
	if (slot == buses[i].slots && v2v_streq(bus, "ide"))
		return take_slot(a, "sata", -1, ret_bus, ret_slot, err);
	if (slot == buses[i].slots)
		return v2v_fail(err, "too-many-devices",
			"the bus '%s' has no room for more than %zu devices",
			bus, buses[i].slots);
	a->taken[i][slot] = true;
	*ret_bus = buses[i].name;
	*ret_slot = (int64_t)slot;
	return 0;
}

static struct v2v_target *target_of(
	struct v2v_list *targets, const struct v2v_disk *disk)
{
	struct v2v_target *target = v2v_targets_find(targets, disk->id);

	if (target)
		return target;
	target = v2v_list_add(targets, sizeof *target);
	target->disk = disk->id;
	target->virtual_size = disk->virtual_size;
	target->estimated_size = target->actual_size = -1;
	return target;
}

static int assign_disks(struct assignment *a, const struct v2v_source *source,
	const char *block_bus, struct v2v_list *targets, struct v2v_error *err)
{
	struct {
		const char *prefix;
		size_t used;
	} names[] = { { "vd", 0 }, { "sd", 0 }, { "hd", 0 } };

	v2v_list_foreach (struct v2v_disk, disk, &source->disks) {
		struct v2v_target *target = target_of(targets, disk);
		const char *wanted =
			block_bus ? block_bus : kept_bus(a, disk->controller);
		const char *bus, *prefix;
		size_t i = 0;

		if (v2v_streq(wanted, "floppy"))
			return v2v_fail(err, "document-shape",
				"a disk cannot be on the bus 'floppy'");
		if (take_slot(a, fit_machine(a, wanted), -1, &bus,
			    &target->slot, err) < 0)
			return -1;
		prefix = v2v_assign_prefix(bus);
		while (!v2v_streq(names[i].prefix, prefix))
			i++;
		free(target->bus);
		free(target->dev);
		target->bus = v2v_strdup(bus);
		target->dev = v2v_assign_name(prefix, names[i].used++);
	}
	return 0;
}

static const char *removable_bus(
	const struct assignment *a, const struct v2v_removable *removable)
{
	if (v2v_streq(removable->type, "floppy"))
		return v2v_streq(a->machine, "virt") ? NULL : "floppy";
	if (a->is_converted)
		return fit_machine(a, "ide");
	/* A virtio-blk device cannot be a CD-ROM drive. */
	if (v2v_streq(removable->controller, "virtio"))
		return "sata";
	return fit_machine(a, kept_bus(a, removable->controller));
}

/* Give places to those removables that do (@wishing) or do not wish a slot. */
static int assign_removables(struct assignment *a,
	const struct v2v_source *source, bool wishing,
	struct v2v_removable_slot *places, struct v2v_error *err)
{
	const struct v2v_removable *all = source->removables.items;

	for (size_t i = 0; i < source->removables.count; i++) {
		const char *bus = removable_bus(a, &all[i]);

		if (!bus || (all[i].slot >= 0) != wishing)
			continue;
		if (take_slot(a, bus, all[i].slot, &bus, &places[i].slot, err) <
			0)
			return -1;
		places[i].bus = (char *)bus;
	}
	return 0;
}

/* Every BSD has a driver for AHCI.  One that names its disks by their driver
 * only starts with the controller that it had. */
static bool is_for_sata(const struct v2v_inspect *inspect)
{
	if (!inspect || !v2v_inspect_is_bsd(inspect))
		return false;
	v2v_list_foreach (const struct v2v_finding, finding, &inspect->findings)
		if (v2v_streq(finding->code, "bsd-disk-name"))
			return false;
	return true;
}

int v2v_assign(const struct v2v_source *source,
	const struct v2v_guestcaps *caps, const struct v2v_inspect *inspect,
	struct v2v_list *targets, struct v2v_list *slots, struct v2v_error *err)
{
	const char *firmware = v2v_assign_firmware(source, inspect);
	const char *block_bus = caps		       ? caps->block_bus
				: is_for_sata(inspect) ? "sata"
						       : NULL;
	struct assignment a = { v2v_assign_machine(caps, firmware), firmware,
		caps != NULL, { { false } } };
	const struct v2v_removable *all = source->removables.items;
	CLEANUP_FREE struct v2v_removable_slot *places =
		v2v_alloc(source->removables.count + 1, sizeof *places);

	if (assign_disks(&a, source, block_bus, targets, err) < 0 ||
		assign_removables(&a, source, true, places, err) < 0 ||
		assign_removables(&a, source, false, places, err) < 0)
		return -1;
	for (size_t i = 0; i < source->removables.count; i++) {
		struct v2v_removable_slot *slot;

		if (!places[i].bus)
			continue;
		slot = v2v_list_add(slots, sizeof *slot);
		slot->type = v2v_strdup(all[i].type);
		slot->bus = v2v_strdup(places[i].bus);
		slot->slot = places[i].slot;
	}
	return 0;
}
