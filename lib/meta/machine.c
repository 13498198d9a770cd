/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The new machine as the document's sections together describe it. */
#include "image/image.h"
#include "meta/meta.h"

#include "core/doc.h"
#include "model/assign.h"
#include "model/copies.h"

/* What a guest that nobody converted is given. */
static void default_caps(struct v2v_machine *m)
{
	m->caps.acpi = true;
	m->caps.virtio_1_0 = true;
	m->caps.rtc_utc = !v2v_streq(m->inspect.type, "windows");
}

/* What of the document the machine needs; inspect and guestcaps may lack. */
static int load_sections(
	const json_t *doc, struct v2v_machine *m, struct v2v_error *err)
{
	if (v2v_source_load(doc, &m->source, err) < 0)
		return -1;
	m->inspect.boot_device = -1;
	if (v2v_doc_has(doc, "inspect") &&
		v2v_inspect_load(doc, &m->inspect, err) < 0)
		return -1;
	m->is_converted = v2v_doc_has(doc, "guestcaps");
	if (!m->is_converted)
		default_caps(m);
	else if (v2v_guestcaps_load(doc, &m->caps, err) < 0 ||
		 v2v_guestcaps_check_kept(&m->caps, err) < 0)
		return -1;
	if (v2v_targets_load(doc, &m->source, &m->targets, err) < 0)
		return -1;
	return v2v_removable_slots_load(doc, &m->slots, err);
}

static int check_target(const struct v2v_target *target, struct v2v_error *err)
{
	if (!target->file || !target->format || !target->bus || !target->dev ||
		target->slot < 0)
		return v2v_fail(err, "section-missing",
			"targets: disk %lld has no file or no place; v2v-copy "
			"makes it",
			(long long)target->disk);
	return 0;
}

/* Make the source disks the targets. */
static int stay_in_place(struct v2v_machine *m, struct v2v_error *err)
{
	v2v_list_foreach (struct v2v_disk, disk, &m->source.disks) {
		struct v2v_target *target =
			v2v_targets_find(&m->targets, disk->id);

		if (disk->offset >= 0)
			return v2v_fail(err, "in-place",
				"disk %lld lies inside '%s': no machine can "
				"run from there",
				(long long)disk->id, disk->file);
		if (!disk->file)
			continue;
		target->file = v2v_strdup(disk->file);
		target->format = v2v_strdup(v2v_image_driver(disk->format));
	}
	return 0;
}

static int load_targets(
	const json_t *doc, struct v2v_machine *m, struct v2v_error *err)
{
	if (m->caps.in_place && !v2v_copies_are_made(&m->targets)) {
		v2v_targets_clear(&m->targets);
		v2v_removable_slots_clear(&m->slots);
		if (v2v_assign(&m->source, &m->caps, &m->inspect, &m->targets,
			    &m->slots, err) < 0)
			return -1;
		return stay_in_place(m, err);
	}
	if (!v2v_doc_section(doc, "targets", "v2v-copy", err))
		return -1;
	v2v_list_foreach (struct v2v_target, target, &m->targets)
		if (check_target(target, err) < 0)
			return -1;
	return 0;
}

/* An i386 guest runs on an x86_64 machine. */
static const char *machine_arch(const struct v2v_machine *m)
{
	const char *arch = m->caps.arch ? m->caps.arch : m->inspect.arch;

	if (!arch || (arch[0] == 'i' && v2v_ends_with(arch, "86")))
		return "x86_64";
	return arch;
}

int v2v_machine_load(
	const json_t *doc, struct v2v_machine *m, struct v2v_error *err)
{
	const char *firmware;

	if (load_sections(doc, m, err) < 0)
		return -1;
	firmware = v2v_assign_firmware(&m->source, &m->inspect);
	m->is_uefi = v2v_streq(firmware, "uefi");
	m->arch = machine_arch(m);
	m->type =
		v2v_assign_machine(m->is_converted ? &m->caps : NULL, firmware);
	if (load_targets(doc, m, err) < 0 || v2v_machine_check(m, err) < 0)
		return -1;
	v2v_machine_devices(m);
	return 0;
}

void v2v_machine_clear(struct v2v_machine *m)
{
	v2v_source_clear(&m->source);
	v2v_inspect_clear(&m->inspect);
	v2v_guestcaps_clear(&m->caps);
	v2v_targets_clear(&m->targets);
	v2v_removable_slots_clear(&m->slots);
	v2v_list_foreach (struct v2v_machine_nic, nic, &m->nics)
		free(nic->place);
	free(m->nics.items);
}
