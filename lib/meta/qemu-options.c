/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of qemu's, into a script or to whoever starts qemu. */
#include "meta/qemu.h"

#include <stdarg.h>

/* Devices beside disks and cards, of which some have a controller: screen, USB,
 * agent, sound, random numbers, balloon. */
#define OTHERS 15

/* Have they no slots of their own?  They share them then, as many in each as
 * there are functions. */
static bool is_crowded(const struct v2v_machine *m)
{
	return m->targets.count + m->nics.count > V2V_QEMU_SLOTS - OTHERS;
}

void v2v_qemu_option(struct v2v_qemu *q, const char *name)
{
	if (q->option) {
		q->option(q->opaque, name, NULL);
		return;
	}
	v2v_text_addf(q->script, " \\\n\t-%s", name);
}

char *v2v_qemu_value(const char *text)
{
	struct v2v_text value = { 0 };

	for (; *text; text++)
		v2v_text_addf(&value, *text == ',' ? ",," : "%c", *text);
	return v2v_text_take(&value);
}

const char *v2v_qemu_family(const struct v2v_machine *m)
{
	if (v2v_streq(m->type, "pc"))
		return "pc-i440fx-";
	return v2v_streq(m->type, "virt") ? "virt-" : "pc-q35-";
}

const char *v2v_qemu_transitional(const struct v2v_qemu *q)
{
	return q->machine->is_transitional ? "-transitional" : "";
}

V2V_PRINTF(1, 0)
static char *format(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		abort();
	return text;
}

void v2v_qemu_add(struct v2v_qemu *q, const char *name, const char *fmt, ...)
{
	CLEANUP_FREE char *value = NULL;
	va_list args;

	va_start(args, fmt);
	value = format(fmt, args);
	va_end(args);
	if (q->option) {
		q->option(q->opaque, name, value);
		return;
	}
	v2v_qemu_option(q, name);
	v2v_shell_add(q->script, "%s", value);
}

void v2v_qemu_pci(struct v2v_qemu *q, const char *fmt, ...)
{
	CLEANUP_FREE char *value = NULL;
	size_t n = q->devices++;
	va_list args;

	va_start(args, fmt);
	value = format(fmt, args);
	va_end(args);
	if (!is_crowded(q->machine))
		v2v_qemu_add(q, "device", "%s", value);
	else
		v2v_qemu_add(q, "device", "%s,addr=0x%zx.%zu,multifunction=on",
			value, V2V_QEMU_FIRST_SLOT + n / V2V_QEMU_FUNCTIONS,
			n % V2V_QEMU_FUNCTIONS);
}
