/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer of a script that starts the machine with qemu alone. */
#include "meta/qemu.h"

#define MAX_PCI (V2V_QEMU_SLOTS * V2V_QEMU_FUNCTIONS)

static void add_machine(struct v2v_qemu *q)
{
	const struct v2v_machine *m = q->machine;
	struct v2v_text type CLEANUP_TEXT = { 0 };

	v2v_text_addf(&type, "%s,accel=$accel", m->type);
	if (m->secure_boot)
		v2v_text_addf(&type, ",smm=on");
	if (!m->caps.acpi && v2v_streq(m->arch, "x86_64"))
		v2v_text_addf(&type, ",acpi=off");
	if (m->windows_timers)
		v2v_text_addf(&type, ",hpet=off");
	v2v_qemu_option(q, "machine");
	v2v_text_addf(q->script, " \"%s\"", type.data);
	v2v_qemu_option(q, "cpu");
	v2v_text_addf(q->script, " \"$cpu\"");
	if (m->secure_boot)
		v2v_qemu_add(q, "global",
			"driver=cfi.pflash01,property=secure,value=on");
}

static void add_resources(struct v2v_qemu *q)
{
	const struct v2v_machine *m = q->machine;
	const struct v2v_topology *t = v2v_machine_topology(m);
	struct v2v_text smp CLEANUP_TEXT = { 0 };

	v2v_text_addf(&smp, "%lld", (long long)m->source.vcpus);
	if (t)
		v2v_text_addf(&smp, ",sockets=%lld,cores=%lld,threads=%lld",
			(long long)t->sockets, (long long)t->cores,
			(long long)t->threads);
	v2v_qemu_add(q, "smp", "%s", smp.data);
	v2v_qemu_add(
		q, "m", "size=%lldk", (long long)(m->source.memory / 1024));
	v2v_qemu_add(q, "rtc", "base=%s%s",
		m->is_local_time ? "localtime" : "utc",
		m->windows_timers ? ",driftfix=slew" : "");
	v2v_qemu_add(q, "boot", "strict=on");
}

static void add_identity(struct v2v *v, struct v2v_qemu *q)
{
	CLEANUP_FREE char *name = v2v_qemu_value(q->machine->source.name);
	const char *genid = v2v_machine_genid(v, q->machine);

	v2v_qemu_add(q, "name", "guest=%s", name);
	if (genid)
		v2v_qemu_add(q, "device", "vmgenid,guid=%s", genid);
}

/* Programs are called by qemu's names of processors. */
static const char *program(const struct v2v_machine *m)
{
	if (v2v_streq(m->arch, "armv7l"))
		return "arm";
	return v2v_streq(m->arch, "ppc64le") ? "ppc64" : m->arch;
}

static int write_script(struct v2v *v, const struct v2v_machine *m,
	const struct v2v_meta_place *place, struct v2v_list *files,
	struct v2v_error *err)
{
	struct v2v_text script CLEANUP_TEXT = { 0 };
	struct v2v_qemu q = { .machine = m, .script = &script };

	(void)place;
	v2v_shell_begin(&script);
	v2v_qemu_prepare(m, &script);
	v2v_text_addf(&script,
		"\nexec qemu-system-%s -nodefaults -no-user-config",
		program(m));
	add_identity(v, &q);
	add_machine(&q);
	add_resources(&q);
	v2v_qemu_disks(&q);
	v2v_qemu_devices(v, &q);
	v2v_text_addf(&script, " \\\n\t\"$@\"\n");
	if (q.devices > MAX_PCI)
		return v2v_fail(err, "too-many-devices",
			"%zu devices: a PCI bus has room for %d", q.devices,
			MAX_PCI);
	v2v_meta_file_add(files, ".sh", v2v_text_take(&script), true);
	return 0;
}

const struct v2v_meta_writer v2v_meta_qemu = {
	.write = write_script,
};
