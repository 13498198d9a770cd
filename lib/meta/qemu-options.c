/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of qemu's, into a script or to whoever starts qemu. */
#include "meta/qemu.h"

#include <stdarg.h>

/* Slots 2 to 28 are free on a pc and on a q35, each with 8 functions; with more
 * devices than these fit into slots of their own they share them. */
#define FIRST_SLOT 2
#define FUNCTIONS  8

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
	if (!q->is_crowded)
		v2v_qemu_add(q, "device", "%s", value);
	else
		v2v_qemu_add(q, "device", "%s,addr=0x%zx.%zu,multifunction=on",
			value, FIRST_SLOT + n / FUNCTIONS, n % FUNCTIONS);
}
