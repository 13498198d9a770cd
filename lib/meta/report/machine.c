/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine before and after, member by member. */
#include "meta/report/report.h"

#include "core/doc.h"
#include "model/assign.h"

static bool has_after(const struct v2v_report *r)
{
	return r->machine.type || r->is_converted;
}

/* A row; a member that neither machine has is left out.  What is not the same
 * afterwards stands out. */
static void add_row(struct v2v_text *t, const struct v2v_report *r,
	const char *name, const char *before, const char *after)
{
	if (!before && (!after || !has_after(r)))
		return;
	v2v_html(t, "<tr><th scope=\"row\">%s</th><td>%s</td>", name, before);
	if (has_after(r) && !v2v_streq(before, after))
		v2v_html(t, "<td><strong>%s</strong></td>", after);
	else if (has_after(r))
		v2v_html(t, "<td>%s</td>", after);
	v2v_html(t, "</tr>\n");
}

/* One that stays as it is. */
static void add_same(struct v2v_text *t, const struct v2v_report *r,
	const char *name, const char *value)
{
	add_row(t, r, name, value, value);
}

static void add_processors(struct v2v_text *t, const struct v2v_report *r)
{
	const struct v2v_topology *topology =
		r->source.cpu ? r->source.cpu->topology : NULL;
	CLEANUP_FREE char *count =
		v2v_format("%lld", (long long)r->source.vcpus);
	CLEANUP_FREE char *whole = NULL;

	if (topology)
		whole = v2v_format(
			"%s (sockets \xc3\x97 cores \xc3\x97 threads: "
			"%lld \xc3\x97 %lld \xc3\x97 %lld)",
			count, (long long)topology->sockets,
			(long long)topology->cores,
			(long long)topology->threads);
	add_same(t, r, "Processors", whole ? whole : count);
}

static const char *yes(bool is_there)
{
	return is_there ? "yes" : NULL;
}

static void add_firmware(struct v2v_text *t, const struct v2v_report *r)
{
	const struct v2v_inspect *inspect =
		r->is_inspected ? &r->inspect : NULL;
	bool secure = r->machine.type ? r->machine.secure_boot
				      : r->source.secure_boot;

	add_row(t, r, "Firmware", r->source.firmware,
		v2v_assign_firmware(&r->source, inspect));
	add_row(t, r, "Secure boot", yes(r->source.secure_boot), yes(secure));
	add_row(t, r, "TPM", yes(r->source.tpm),
		r->source.tpm ? "yes, new and empty" : NULL);
}

static void add_disks(struct v2v_text *t, const struct v2v_report *r)
{
	const struct v2v_disk *disk =
		v2v_items(struct v2v_disk, &r->source.disks);
	const struct v2v_target *target =
		v2v_items(struct v2v_target, &r->machine.targets);
	CLEANUP_FREE char *before = NULL;
	const char *model, *after = r->caps.block_bus;

	if (!r->source.disks.count)
		return;
	model = disk->controller_model;
	before = v2v_format("%s%s%s%s",
		disk->controller ? disk->controller : "unknown",
		model ? " (" : "", model ? model : "", model ? ")" : "");
	if (r->machine.targets.count)
		after = target->bus;
	add_row(t, r, "Disks on", before, after);
}

static void add_cards(struct v2v_text *t, const struct v2v_report *r)
{
	const struct v2v_nic *nic = v2v_items(struct v2v_nic, &r->source.nics);
	const struct v2v_machine_nic *new_nic =
		v2v_items(struct v2v_machine_nic, &r->machine.nics);
	const char *after = r->caps.net_bus;

	if (!r->source.nics.count)
		return;
	if (r->machine.nics.count)
		after = new_nic->model;
	add_row(t, r, "Network cards", nic->model ? nic->model : "any", after);
}

/* What the new machine has beside the old one's devices. */
static void add_new(struct v2v_text *t, const struct v2v_report *r)
{
	static const char *const names[] = { "random numbers", "balloon",
		"sockets to the host", "panic device", "QEMU guest agent" };
	const bool is_there[] = { r->caps.virtio_rng, r->caps.virtio_balloon,
		r->caps.virtio_socket, r->caps.pvpanic, r->caps.guest_agent };
	struct v2v_text list CLEANUP_TEXT = { 0 };

	if (!r->is_converted)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is_there[i])
			v2v_text_join(&list, ", ", "%s", names[i]);
	add_row(t, r, "The guest can use", NULL, list.data);
	add_row(t, r, "Clock", NULL,
		r->caps.rtc_utc ? "universal time" : "local time");
}

void v2v_report_add_machine(struct v2v_text *t, const struct v2v_report *r)
{
	static const char *const both[] = { "", "Before", "After", NULL };
	static const char *const one[] = { "", "Now", NULL };
	const char *title =
		has_after(r) ? "The machine before and after" : "The machine";
	CLEANUP_FREE char *memory = v2v_html_size(r->source.memory);
	const struct v2v_machine *m = &r->machine;

	v2v_report_heading(t, r, "machine", title);
	v2v_report_table(t, title, has_after(r) ? both : one);
	add_row(t, r, "Hypervisor",
		r->source.hypervisor ? r->source.hypervisor : "unknown", "KVM");
	add_row(t, r, "Machine", NULL, m->type ? m->type : r->caps.machine);
	add_processors(t, r);
	add_same(t, r, "Memory", memory);
	add_firmware(t, r);
	add_disks(t, r);
	add_cards(t, r);
	add_row(t, r, "Video", r->source.video,
		m->type ? m->video : r->caps.video);
	add_row(t, r, "Sound", r->source.sound,
		m->type ? m->sound : r->source.sound);
	add_new(t, r);
	add_same(t, r, "UUID", r->source.uuid);
	add_same(t, r, "Generation ID", r->source.genid);
	v2v_report_table_end(t);
}
