/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks and drives of a machine of Proxmox VE, which has a few places on each
 * bus. */
#include "meta/proxmox.h"

enum bus { VIRTIO, SCSI, SATA, IDE, BUSES };

/* qm(1): virtio0-15, scsi0-30, sata0-5, ide0-3. */
static const struct {
	const char *name;
	size_t slots;
} buses[BUSES] = {
	[VIRTIO] = { "virtio", 16 },
	[SCSI] = { "scsi", 31 },
	[SATA] = { "sata", 6 },
	[IDE] = { "ide", 4 },
};

/* A bus for which there is no controller becomes sata, which nearly every guest
 * can use. */
static enum bus bus_of(const struct v2v_machine *m, const char *bus)
{
	if (v2v_streq(bus, "virtio-blk"))
		return VIRTIO;
	if (v2v_streq(bus, "virtio-scsi"))
		return SCSI;
	if (v2v_streq(bus, "scsi"))
		return v2v_streq(m->scsi, "lsisas1068") ? SATA : SCSI;
	return v2v_streq(bus, "ide") ? IDE : SATA;
}

/* OVMF has no driver for the parallel LSI there. */
static const char *scsi_controller(
	struct v2v *v, const struct v2v_machine *m, bool has_scsi)
{
	if (!has_scsi)
		return "virtio-scsi-single";
	if (v2v_streq(m->scsi, "vmpvscsi"))
		return "pvscsi";
	if (!m->is_uefi)
		return "lsi";
	v2v_warn(v, "bus-changed",
		"UEFI cannot boot from an LSI there: the controller is "
		"'pvscsi'");
	return "pvscsi";
}

static void tell_bus(
	struct v2v *v, const struct v2v_target *target, const char *key)
{
	v2v_warn(v, "bus-changed",
		"disk %lld: the bus '%s' has no free place there: it is '%s'",
		(long long)target->disk, target->bus, key);
}

/* The first free slot on @bus from @wish on; -1: it is full. */
static int take(struct v2v_pve *p, enum bus bus, size_t wish)
{
	for (size_t i = 0; i < buses[bus].slots; i++) {
		size_t slot = (wish + i) % buses[bus].slots;

		if (p->used[bus] >> slot & 1)
			continue;
		p->used[bus] |= (size_t)1 << slot;
		return (int)slot;
	}
	return -1;
}

/* "sata3", the caller's; on another bus where that is full.  NULL: all are. */
static char *find_place(struct v2v_pve *p, enum bus *bus, size_t wish)
{
	static const enum bus others[] = { SCSI, VIRTIO, SATA, IDE };
	int slot = take(p, *bus, wish);

	for (size_t i = 0; slot < 0 && i < ARRAY_SIZE(others); i++) {
		*bus = others[i];
		slot = take(p, *bus, wish);
	}
	return slot < 0 ? NULL : v2v_format("%s%d", buses[*bus].name, slot);
}

/* Where it is in the document, the caller's; NULL: there is no such place, or
 * another disk has it. */
static char *keep_place(struct v2v_pve *p, const struct v2v_target *target)
{
	const enum bus bus = bus_of(p->machine, target->bus);
	const size_t slot = (size_t)target->slot;

	if (slot >= buses[bus].slots || p->used[bus] >> slot & 1)
		return NULL;
	p->used[bus] |= (size_t)1 << slot;
	return v2v_format("%s%zu", buses[bus].name, slot);
}

/* The first that is free, the caller's; NULL: none is. */
static char *other_place(
	struct v2v *v, struct v2v_pve *p, const struct v2v_target *target)
{
	const enum bus wanted = bus_of(p->machine, target->bus);
	enum bus bus = wanted;
	char *key = find_place(p, &bus, 0);

	if (!key)
		v2v_warn(v, "disk-left-out",
			"disk %lld: the machine has no room for it there",
			(long long)target->disk);
	else if (bus != wanted)
		tell_bus(v, target, key);
	return key;
}

static void add_disk(
	struct v2v_pve *p, const struct v2v_target *target, const char *key)
{
	struct v2v_pve_key *line = v2v_pve_add(p, key, "%s", "");

	line->is_volume = true;
	line->import = target->file;
	line->format = target->format;
	line->size = target->virtual_size;
	v2v_text_join(&p->boot, ";", "%s", key);
}

/* Those that have a place keep it; the others follow in the guest's order,
 * whichever of them boots. */
static void place_disks(struct v2v *v, struct v2v_pve *p, char **keys)
{
	const struct v2v_list *targets = &p->machine->targets;
	const struct v2v_target *target = targets->items;

	for (size_t i = 0; i < targets->count; i++)
		if (target[i].file)
			keys[i] = keep_place(p, &target[i]);
	for (size_t i = 0; i < targets->count; i++)
		if (target[i].file && !keys[i])
			keys[i] = other_place(v, p, &target[i]);
		else if (target[i].file && v2v_streq(target[i].bus, "scsi") &&
			 bus_of(p->machine, target[i].bus) == SATA)
			tell_bus(v, &target[i], keys[i]);
}

/* In the order in which they boot. */
static void add_disks(struct v2v *v, struct v2v_pve *p)
{
	const struct v2v_list *targets = &p->machine->targets;
	const struct v2v_target *target = targets->items;
	CLEANUP_FREE char **keys = v2v_alloc(targets->count + 1, sizeof *keys);

	place_disks(v, p, keys);
	for (size_t order = 1; order <= targets->count; order++)
		for (size_t i = 0; i < targets->count; i++)
			if (keys[i] &&
				v2v_machine_boot_order(p->machine, i) == order)
				add_disk(p, &target[i], keys[i]);
	for (size_t i = 0; i < targets->count; i++)
		free(keys[i]);
}

static void add_drive(
	struct v2v *v, struct v2v_pve *p, const struct v2v_removable_slot *slot)
{
	enum bus bus = v2v_streq(slot->bus, "sata") ? SATA : IDE;
	CLEANUP_FREE char *key =
		v2v_streq(slot->type, "cdrom")
			? find_place(p, &bus, (size_t)slot->slot)
			: NULL;

	if (key)
		v2v_pve_add(p, key, "none,media=cdrom");
	else
		v2v_machine_tell_drive(v, slot);
}

void v2v_pve_disks(struct v2v *v, struct v2v_pve *p)
{
	const struct v2v_machine *m = p->machine;
	bool has_scsi = v2v_machine_highest_slot(m, "scsi") >= 0;

	v2v_pve_add(p, "scsihw", "%s",
		scsi_controller(
			v, m, has_scsi && !v2v_streq(m->scsi, "lsisas1068")));
	add_disks(v, p);
	v2v_list_foreach (const struct v2v_removable_slot, slot, &m->slots)
		add_drive(v, p, slot);
	if (p->boot.length)
		v2v_pve_add(p, "boot", "order=%s", p->boot.data);
}
