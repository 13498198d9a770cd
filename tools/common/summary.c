/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document in some ten lines, control bytes of hostile names masked. */
#include "common/summary.h"

#include "common/array.h"
#include "common/findings.h"
#include "common/member.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_COLUMNS 10
#define MAX_ROWS      8 /* of disks, which are told one by one */

struct row {
	const json_t *doc;
	const json_t *item; /* of an array; NULL: none */
	double seconds;
};

static void put_count(FILE *out, size_t n, const char *one)
{
	fprintf(out, "%zu %s%s", n, one, n == 1 ? "" : "s");
}

static void put_machine(FILE *out, const struct row *row)
{
	const json_t *source = json_object_get(row->doc, "source");
	const char *firmware = member_text(source, "firmware");

	fprintf(out, "%s: ", member_text(source, "name"));
	put_count(out,
		(size_t)json_integer_value(json_object_get(source, "vcpus")),
		"processor");
	fputs(", ", out);
	member_put_size(
		out, json_integer_value(json_object_get(source, "memory")));
	fputs(", ", out);
	put_count(
		out, json_array_size(json_object_get(source, "disks")), "disk");
	fputs(", ", out);
	put_count(
		out, json_array_size(json_object_get(source, "nics")), "card");
	if (*firmware)
		fprintf(out, ", %s", firmware);
}

static void put_system(FILE *out, const struct row *row)
{
	const json_t *inspect = json_object_get(row->doc, "inspect");
	const char *arch = member_text(inspect, "arch");

	fputs(findings_system(row->doc), out);
	if (*arch)
		fprintf(out, ", %s", arch);
	fprintf(out, "; ");
	findings_put_counts(out, row->doc);
}

/* Each file once. */
static size_t count_files(const json_t *changes)
{
	json_auto_t *paths = json_object();
	json_t *change;
	size_t i;

	json_array_foreach (changes, i, change) {
		json_object_set_new(
			paths, member_text(change, "path"), json_true());
	}
	return json_object_size(paths);
}

static void put_conversion(FILE *out, const struct row *row)
{
	const json_t *caps = json_object_get(row->doc, "guestcaps");
	const json_t *changes = json_object_get(caps, "changes");
	bool is_dry = json_is_true(json_object_get(caps, "dry_run"));

	put_count(out, json_array_size(changes), "change");
	fputs(" in ", out);
	put_count(out, count_files(changes), "file");
	fprintf(out, "%s; disks on %s, cards %s", is_dry ? ", not kept" : "",
		member_text(caps, "block_bus"), member_text(caps, "net_bus"));
}

/* "/vm/x-sda.qcow2: qcow2, 512 MiB for a disk of 3.0 GiB" */
static void put_target(FILE *out, const struct row *row)
{
	const json_t *actual = json_object_get(row->item, "actual_size");
	const json_t *estimated = json_object_get(row->item, "estimated_size");
	const char *file = member_text(row->item, "file");

	fprintf(out, "%s%s%s, ", file, *file ? ": " : "",
		member_text(row->item, "format"));
	if (json_is_integer(actual)) {
		member_put_size(out, json_integer_value(actual));
	} else if (json_is_integer(estimated)) {
		fputs("to be copied, at most ", out);
		member_put_size(out, json_integer_value(estimated));
	} else {
		fputs("to be copied", out);
	}
	fputs(" for a disk of ", out);
	member_put_size(out,
		json_integer_value(json_object_get(row->item, "virtual_size")));
}

static void put_metadata(FILE *out, const struct row *row)
{
	const json_t *metadata = json_object_get(row->doc, "metadata");

	fprintf(out, "%s: %s", member_text(metadata, "file"),
		member_text(metadata, "type"));
}

/* "boot-login after 25.3 s, with KVM" */
static void put_boot(FILE *out, const struct row *row)
{
	const json_t *boot = json_object_get(row->doc, "boot");

	fprintf(out, "%s%s after %.1f s, %s",
		json_is_true(json_object_get(boot, "up"))
			? ""
			: "it did not come up: ",
		member_text(boot, "verdict"),
		json_number_value(json_object_get(boot, "seconds")),
		strcmp(member_text(boot, "accelerator"), "kvm") == 0
			? "with KVM"
			: "emulated");
}

static void put_warning(FILE *out, const struct row *row)
{
	fprintf(out, "%s [%s]", member_text(row->item, "text"),
		member_text(row->item, "code"));
}

static void put_workdir(FILE *out, const struct row *row)
{
	fprintf(out, "%s, which v2v-unpack --clean removes",
		member_text(row->doc, "workdir"));
}

static void put_time(FILE *out, const struct row *row)
{
	fprintf(out, "%.1f s", row->seconds);
}

static bool is_copied(const json_t *doc)
{
	const json_t *target =
		json_array_get(json_object_get(doc, "targets"), 0);

	return json_is_integer(json_object_get(target, "actual_size"));
}

/* A name that a shell would not take as it is stands in quotes. */
static void put_quoted(FILE *out, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "%+,-./:=@_";

	if (*name && name[strspn(name, plain)] == '\0') {
		fputs(name, out);
		return;
	}
	fputc('\'', out);
	for (; *name; name++)
		if (*name == '\'')
			fputs("'\\''", out);
		else
			fputc(*name, out);
	fputc('\'', out);
}

/* How each target takes the file that v2v-meta wrote. */
static const struct command {
	const char *type, *before, *behind;
} commands[] = {
	{ "libvirt", "virsh define ", "" },
	{ "qemu", "sh ", "" },
	{ "kubevirt", "kubectl create -f ", "" },
	{ "proxmox", "sh ", " VMID" },
	{ "openstack", "sh ", " FLAVOR" },
	{ "opennebula", "onetemplate create ", "" },
};

/* NULL: none does, as of a page for people. */
static const struct command *command_of(const json_t *metadata)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(member_text(metadata, "type"), commands[i].type) ==
			0)
			return &commands[i];
	return NULL;
}

/* Which command takes the machine on from here. */
static void put_next(FILE *out, const struct row *row)
{
	const json_t *metadata = json_object_get(row->doc, "metadata");
	const json_t *caps = json_object_get(row->doc, "guestcaps");
	const struct command *command = command_of(metadata);

	if (json_is_false(
		    json_object_get(json_object_get(row->doc, "boot"), "up"))) {
		fputs("the same with --json: .boot.console is what it said",
			out);
	} else if (command) {
		fputs(command->before, out);
		put_quoted(out, member_text(metadata, "file"));
		fputs(command->behind, out);
	} else if (is_copied(row->doc)) {
		fputs("... | v2v-meta", out);
	} else if (json_is_true(json_object_get(caps, "dry_run"))) {
		fputs("the same without --dry-run", out);
	} else if (caps) {
		fputs("... | v2v-copy -o DIR | v2v-meta", out);
	} else if (json_object_get(row->doc, "inspect")) {
		fputs("... | v2v-convert | v2v-copy -o DIR | v2v-meta", out);
	} else {
		fputs("... | v2v-inspect --check", out);
	}
}

static void print_row(const struct wrap *wrap, const char *label,
	void (*put)(FILE *, const struct row *), const struct row *row)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		abort();
	put(memory, row);
	if (fclose(memory) != 0)
		abort();
	fprintf(wrap->out, "%-*s", LABEL_COLUMNS, label);
	wrap_text(wrap, LABEL_COLUMNS, text);
	free(text);
}

static void print_items(const struct wrap *wrap, const char *label,
	void (*put)(FILE *, const struct row *), const json_t *items)
{
	json_t *item;
	size_t i;

	json_array_foreach (items, i, item) {
		struct row row = { .item = item };

		if (i < MAX_ROWS)
			print_row(wrap, label, put, &row);
	}
	if (json_array_size(items) > MAX_ROWS)
		fprintf(wrap->out, "%-*sand %zu more\n", LABEL_COLUMNS, label,
			json_array_size(items) - MAX_ROWS);
}

void summary_print(FILE *out, const json_t *doc, double seconds)
{
	const struct wrap wrap = wrap_open(out, WRAP_COLOR_NEVER);
	const struct row row = { .doc = doc, .seconds = seconds };

	print_row(&wrap, "Machine", put_machine, &row);
	if (json_object_get(doc, "inspect"))
		print_row(&wrap, "System", put_system, &row);
	if (json_object_get(doc, "guestcaps"))
		print_row(&wrap, "Converted", put_conversion, &row);
	print_items(&wrap, "Disk", put_target, json_object_get(doc, "targets"));
	if (*member_text(json_object_get(doc, "metadata"), "file"))
		print_row(&wrap, "Metadata", put_metadata, &row);
	if (json_object_get(doc, "boot"))
		print_row(&wrap, "Booted", put_boot, &row);
	print_items(&wrap, "Warning", put_warning,
		json_object_get(doc, "warnings"));
	if (*member_text(doc, "workdir"))
		print_row(&wrap, "Work dir", put_workdir, &row);
	print_row(&wrap, "Time", put_time, &row);
	print_row(&wrap, "Next", put_next, &row);
}
