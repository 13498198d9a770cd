/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a machine can be: what a writer spells out is one of the words that
 * target hypervisors know, in its range, and twice nowhere. */
#include "meta/meta.h"

#include "model/assign.h"

#define MAX_DEV 8 /* of "sdaa", bytes */

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static char *joined(const char *const *words)
{
	struct v2v_text text = { 0 };

	for (; *words; words++)
		v2v_text_join(&text, ", ", "%s", *words);
	return v2v_text_take(&text);
}

/* @word is one of @words, or NULL where @nullable. */
static int check_word(const char *word, bool nullable, const char *const *words,
	const char *member, struct v2v_error *err)
{
	CLEANUP_FREE char *known = NULL;

	if (!word && nullable)
		return 0;
	for (size_t i = 0; word && words[i]; i++)
		if (strcmp(word, words[i]) == 0)
			return 0;
	known = joined(words);
	return v2v_fail(err, "document-shape",
		"%s: unknown '%s' (supported: %s)", member,
		word ? word : "null", known);
}

static int check_numbers(const struct v2v_source *source, struct v2v_error *err)
{
	if (source->memory < (int64_t)V2V_MEMORY_MIN ||
		source->memory > (int64_t)V2V_MEMORY_MAX)
		return v2v_fail(err, "document-shape",
			"source.memory: %lld bytes: out of range (supported: "
			"from 1 MiB to 64 TiB)",
			(long long)source->memory);
	if (source->vcpus < 1 || source->vcpus > V2V_VCPUS_MAX)
		return v2v_fail(err, "document-shape",
			"source.vcpus: %lld virtual CPUs: out of range "
			"(supported: "
			"from 1 to %d)",
			(long long)source->vcpus, V2V_VCPUS_MAX);
	return 0;
}

static int check_caps(const struct v2v_machine *m, struct v2v_error *err)
{
	const struct v2v_guestcaps *caps = &m->caps;

	if (check_word(m->arch, false,
		    WORDS("x86_64", "aarch64", "armv7l", "ppc64", "ppc64le",
			    "riscv64", "s390x"),
		    caps->arch ? "guestcaps.arch" : "inspect.arch", err) < 0)
		return -1;
	if (check_word(caps->machine, true, WORDS("q35", "pc", "virt"),
		    "guestcaps.machine", err) < 0)
		return -1;
	if (check_word(caps->video, true, WORDS("vga", "qxl", "virtio"),
		    "guestcaps.video", err) < 0)
		return -1;
	return check_word(caps->net_bus, true,
		WORDS("virtio-net", "e1000e", "e1000", "rtl8139"),
		"guestcaps.net_bus", err);
}

static int check_dev(const char *dev, const char *member, struct v2v_error *err)
{
	size_t n = strlen(dev);

	if (n > 2 && n <= MAX_DEV &&
		(v2v_starts_with(dev, "vd") || v2v_starts_with(dev, "sd") ||
			v2v_starts_with(dev, "hd")) &&
		strspn(dev + 2, "abcdefghijklmnopqrstuvwxyz") == n - 2)
		return 0;
	return v2v_fail(err, "document-shape",
		"%s: '%s' is not a disk's name (such as vda, sdb, hdc)", member,
		dev);
}

static int check_target(
	const struct v2v_target *target, size_t index, struct v2v_error *err)
{
	CLEANUP_FREE char *bus = v2v_format("targets[%zu].bus", index);
	CLEANUP_FREE char *dev = v2v_format("targets[%zu].dev", index);
	CLEANUP_FREE char *format = v2v_format("targets[%zu].format", index);

	if (check_word(target->bus, false,
		    WORDS("virtio-blk", "virtio-scsi", "scsi", "sata", "ide"),
		    bus, err) < 0 ||
		check_dev(target->dev, dev, err) < 0)
		return -1;
	/* A blank disk, in place, is left out. */
	if (!target->file)
		return 0;
	if (target->file[0] != '/')
		return v2v_fail(err, "document-shape",
			"targets[%zu].file: '%s' is not an absolute path",
			index, target->file);
	return check_word(target->format, false,
		WORDS("qcow2", "raw", "vmdk", "vpc", "vhdx", "vdi"), format,
		err);
}

static int check_removable(const struct v2v_removable_slot *slot, size_t index,
	struct v2v_error *err)
{
	CLEANUP_FREE char *type =
		v2v_format("removable_slots[%zu].type", index);
	CLEANUP_FREE char *bus = v2v_format("removable_slots[%zu].bus", index);

	if (check_word(slot->type, false, WORDS("cdrom", "floppy"), type, err) <
		0)
		return -1;
	if (strcmp(slot->type, "floppy") == 0)
		return check_word(slot->bus, false, WORDS("floppy"), bus, err);
	return check_word(slot->bus, false,
		WORDS("ide", "sata", "scsi", "virtio-scsi"), bus, err);
}

/* A place or name that was taken before, as "ide:0" or "hda". */
static int take(json_t *taken, const char *what, const char *member,
	size_t index, struct v2v_error *err)
{
	if (json_object_get(taken, what))
		return v2v_fail(err, "document-shape", "%s[%zu]: '%s' is taken",
			member, index, what);
	json_object_set_new(taken, what, json_true());
	return 0;
}

static int take_place(json_t *taken, const char *bus, int64_t slot,
	const char *member, size_t index, struct v2v_error *err)
{
	CLEANUP_FREE char *place = v2v_format("%s:%lld", bus, (long long)slot);

	if (slot < 0 || slot >= (int64_t)v2v_assign_slots(bus))
		return v2v_fail(err, "document-shape",
			"%s[%zu].slot: the bus '%s' has no slot %lld", member,
			index, bus, (long long)slot);
	return take(taken, place, member, index, err);
}

int v2v_machine_check(const struct v2v_machine *m, struct v2v_error *err)
{
	const struct v2v_target *targets = m->targets.items;
	const struct v2v_removable_slot *slots = m->slots.items;
	json_auto_t *taken = json_object();

	if (check_numbers(&m->source, err) < 0 || check_caps(m, err) < 0)
		return -1;
	for (size_t i = 0; i < m->targets.count; i++)
		if (check_target(&targets[i], i, err) < 0 ||
			take(taken, targets[i].dev, "targets", i, err) < 0 ||
			take_place(taken, targets[i].bus, targets[i].slot,
				"targets", i, err) < 0)
			return -1;
	for (size_t i = 0; i < m->slots.count; i++)
		if (check_removable(&slots[i], i, err) < 0 ||
			take_place(taken, slots[i].bus, slots[i].slot,
				"removable_slots", i, err) < 0)
			return -1;
	return 0;
}
