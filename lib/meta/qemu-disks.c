/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu's disks, CD-ROM and floppy drives, and what they hang on. */
#include "meta/qemu.h"

static void add_scsi(struct v2v_qemu *q)
{
	static const char *const models[][2] = {
		{ "lsilogic", "lsi53c895a" },
		{ "lsisas1068", "mptsas1068" },
		{ "vmpvscsi", "pvscsi" },
	};
	const struct v2v_machine *m = q->machine;
	int64_t highest = v2v_machine_highest_slot(m, "scsi");
	int64_t base = v2v_machine_scsi_base(m);
	const char *model = models[0][1];

	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		if (v2v_streq(models[i][0], m->scsi))
			model = models[i][1];
	if (base)
		v2v_qemu_pci(q, "virtio-scsi-pci%s,id=scsi0",
			v2v_qemu_transitional(q));
	for (int64_t i = 0; i * V2V_SCSI_UNITS <= highest; i++)
		v2v_qemu_pci(q, "%s,id=scsi%lld", model, (long long)(base + i));
}

/* A q35 has one of its own. */
static int64_t first_ahci(const struct v2v_machine *m)
{
	return v2v_streq(m->type, "q35") ? 1 : 0;
}

static void add_sata(struct v2v_qemu *q)
{
	const struct v2v_machine *m = q->machine;
	int64_t highest = v2v_machine_highest_slot(m, "sata");
	int64_t last = -1;

	if (highest >= 0)
		last = v2v_machine_place(m, "sata", highest).controller;
	for (int64_t i = first_ahci(m); i <= last; i++)
		v2v_qemu_pci(q, "ahci,id=ahci%lld", (long long)i);
}

/* A disk or a drive: @kind is "hd" or "cd", @more what is its own. */
static void add_drive(struct v2v_qemu *q, const char *kind, const char *bus,
	int64_t slot, const char *more)
{
	struct v2v_place at = v2v_machine_place(q->machine, bus, slot);

	if (v2v_streq(bus, "ide"))
		v2v_qemu_add(q, "device", "ide-%s,bus=ide.%lld,unit=%lld%s",
			kind, (long long)at.bus, (long long)at.unit, more);
	else if (!v2v_streq(bus, "sata"))
		v2v_qemu_add(q, "device",
			"scsi-%s,bus=scsi%lld.0,scsi-id=%lld,lun=0%s", kind,
			(long long)at.controller,
			(long long)(at.target + at.unit), more);
	else if (at.controller < first_ahci(q->machine))
		v2v_qemu_add(q, "device", "ide-%s,bus=ide.%lld%s", kind,
			(long long)at.unit, more);
	else
		v2v_qemu_add(q, "device", "ide-%s,bus=ahci%lld.%lld%s", kind,
			(long long)at.controller, (long long)at.unit, more);
}

static void add_disk(struct v2v_qemu *q, size_t index)
{
	const struct v2v_target *target =
		v2v_items(struct v2v_target, &q->machine->targets) + index;
	CLEANUP_FREE char *file = v2v_qemu_value(target->file);
	CLEANUP_FREE char *more = v2v_format(",drive=disk%zu,bootindex=%zu",
		index, v2v_machine_boot_order(q->machine, index));

	v2v_qemu_add(q, "drive", "if=none,id=disk%zu,format=%s,file=%s", index,
		target->format, file);
	if (v2v_streq(target->bus, "virtio-blk"))
		v2v_qemu_pci(q, "virtio-blk-pci%s%s", v2v_qemu_transitional(q),
			more);
	else
		add_drive(q, "hd", target->bus, target->slot, more);
}

void v2v_qemu_disks(struct v2v_qemu *q)
{
	const struct v2v_target *targets = q->machine->targets.items;

	add_scsi(q);
	add_sata(q);
	for (size_t i = 0; i < q->machine->targets.count; i++)
		if (targets[i].file)
			add_disk(q, i);
	v2v_list_foreach (
		const struct v2v_removable_slot, slot, &q->machine->slots)
		if (v2v_streq(slot->type, "floppy"))
			v2v_qemu_add(q, "drive", "if=floppy,index=%lld",
				(long long)slot->slot);
		else
			add_drive(q, "cd", slot->bus, slot->slot, "");
}
