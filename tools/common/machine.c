/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The section `source` as a text; hostile names have their control bytes
 * masked by wrap_text(). */
#include "common/machine.h"

#include "common/member.h"
#include "common/wrap.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_COLUMNS 10
#define MAX_ROWS      16 /* of disks, cards and drives each */

static json_int_t number_of(const json_t *object, const char *key)
{
	const json_t *number = json_object_get(object, key);

	return json_is_integer(number) ? json_integer_value(number) : -1;
}

static void put_name(FILE *out, const json_t *source)
{
	const char *hypervisor = member_text(source, "hypervisor");
	const char *descriptor = member_text(source, "descriptor");

	fputs(member_text(source, "name"), out);
	if (*hypervisor)
		fprintf(out, ", of %s", hypervisor);
	if (*descriptor)
		fprintf(out, " (read from %s)", descriptor);
}

static void put_hardware(FILE *out, const json_t *source)
{
	const json_t *topology =
		json_object_get(json_object_get(source, "cpu"), "topology");

	json_int_t vcpus = number_of(source, "vcpus");

	fprintf(out, "%lld processor%s", (long long)vcpus,
		vcpus == 1 ? "" : "s");
	if (json_is_object(topology))
		fprintf(out, " (%lld x %lld x %lld)",
			(long long)number_of(topology, "sockets"),
			(long long)number_of(topology, "cores"),
			(long long)number_of(topology, "threads"));
	fputs(", ", out);
	member_put_size(out, number_of(source, "memory"));
	fputs(" of memory", out);
}

static void put_firmware(FILE *out, const json_t *source)
{
	const char *firmware = member_text(source, "firmware");

	fputs(*firmware ? firmware : "not said", out);
	if (json_is_true(json_object_get(source, "secure_boot")))
		fputs(", secure boot", out);
	if (json_is_true(json_object_get(source, "tpm")))
		fputs(", TPM", out);
	if (*member_text(source, "video"))
		fprintf(out, "; video %s", member_text(source, "video"));
	if (*member_text(source, "sound"))
		fprintf(out, "; sound %s", member_text(source, "sound"));
}

static void put_ids(FILE *out, const json_t *source)
{
	const char *uuid = member_text(source, "uuid");
	const char *genid = member_text(source, "genid");

	fputs(*uuid ? uuid : "none", out);
	if (*genid)
		fprintf(out, ", generation %s", genid);
}

/* Whatever the descriptor called it. */
static void put_system(FILE *out, const json_t *source)
{
	const json_t *hint = json_object_get(source, "os_hint"), *value;
	const char *key, *before = "";

	json_object_foreach ((json_t *)hint, key, value) {
		if (json_is_string(value))
			fprintf(out, "%s%s (%s)", before,
				json_string_value(value), key);
		else if (json_is_integer(value))
			fprintf(out, "%s%lld (%s)", before,
				(long long)json_integer_value(value), key);
		else
			continue;
		before = ", ";
	}
	if (!*before)
		fputs("not said", out);
}

static void put_bus(FILE *out, const json_t *item, const char *place)
{
	const char *bus = member_text(item, "controller");
	const char *model = member_text(item, "controller_model");

	fputs(*bus ? bus : "no bus", out);
	if (*model)
		fprintf(out, " (%s)", model);
	if (number_of(item, place) >= 0)
		fprintf(out, " %lld", (long long)number_of(item, place));
}

static void put_disk(FILE *out, const json_t *disk)
{
	json_int_t size = number_of(disk, "virtual_size");
	const char *format = member_text(disk, "format");
	const char *file = member_text(disk, "file");

	put_bus(out, disk, "unit");
	fprintf(out, ": %s", *file ? file : "blank");
	if (*format)
		fprintf(out, ", %s", format);
	if (*member_text(disk, "subformat"))
		fprintf(out, " %s", member_text(disk, "subformat"));
	if (size > 0) {
		fputs(", ", out);
		member_put_size(out, size);
	}
}

static void put_removable(FILE *out, const json_t *removable)
{
	fprintf(out, "%s on ", member_text(removable, "type"));
	if (strcmp(member_text(removable, "type"), "floppy") == 0)
		fputs("its own controller", out);
	else
		put_bus(out, removable, "slot");
}

static void put_nic(FILE *out, const json_t *nic)
{
	const char *model = member_text(nic, "model"),
		   *mac = member_text(nic, "mac");

	fprintf(out, "%s, %s, on '%s'", *model ? model : "any model",
		*mac ? mac : "no address", member_text(nic, "network"));
	if (number_of(nic, "pci_slot") >= 0)
		fprintf(out, ", slot %lld",
			(long long)number_of(nic, "pci_slot"));
}

static void put_warning(FILE *out, const json_t *warning)
{
	fprintf(out, "%s [%s]", member_text(warning, "text"),
		member_text(warning, "code"));
}

static void print_row(const struct wrap *wrap, const char *label,
	void (*put)(FILE *, const json_t *), const json_t *item)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		abort();
	put(memory, item);
	if (fclose(memory) != 0)
		abort();
	fprintf(wrap->out, "%-*s", LABEL_COLUMNS, label);
	wrap_text(wrap, LABEL_COLUMNS, text);
	free(text);
}

static void print_rows(const struct wrap *wrap, const char *label,
	void (*put)(FILE *, const json_t *), const json_t *items)
{
	json_t *item;
	size_t i;

	json_array_foreach (items, i, item) {
		if (i < MAX_ROWS)
			print_row(wrap, label, put, item);
	}
	if (json_array_size(items) > MAX_ROWS)
		fprintf(wrap->out, "%-*sand %zu more\n", LABEL_COLUMNS, label,
			json_array_size(items) - MAX_ROWS);
}

static bool print_machine(FILE *out, const json_t *doc, void *opaque)
{
	const struct wrap wrap = wrap_open(out, WRAP_COLOR_NEVER);
	const json_t *source = json_object_get(doc, "source");

	(void)opaque;
	print_row(&wrap, "Machine", put_name, source);
	print_row(&wrap, "Hardware", put_hardware, source);
	print_row(&wrap, "Firmware", put_firmware, source);
	print_row(&wrap, "UUID", put_ids, source);
	print_row(&wrap, "System", put_system, source);
	print_rows(&wrap, "Disk", put_disk, json_object_get(source, "disks"));
	print_rows(&wrap, "Drive", put_removable,
		json_object_get(source, "removables"));
	print_rows(&wrap, "Card", put_nic, json_object_get(source, "nics"));
	print_rows(&wrap, "Warning", put_warning,
		json_object_get(doc, "warnings"));
	return true;
}

struct tool_printer machine_printer(void)
{
	return (struct tool_printer){ .print = print_machine };
}
