/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drives and cards of a machine, from any descriptor. */
#include "unpack/drives.h"

#include <ctype.h>

struct v2v_drive *v2v_drives_add(struct v2v_list *drives, struct v2v_error *err)
{
	struct v2v_drive *drive;

	if (drives->count >= V2V_DRIVES_MAX) {
		v2v_fail(err, "descriptor-limit", "more than %d drives",
			V2V_DRIVES_MAX);
		return NULL;
	}
	drive = v2v_list_add(drives, sizeof *drive);
	drive->unit = -1;
	drive->order = drives->count;
	return drive;
}

void v2v_drives_clear(struct v2v_list *drives)
{
	v2v_list_foreach (struct v2v_drive, drive, drives)
		free(drive->href);
	free(drives->items);
	*drives = (struct v2v_list){ NULL, 0 };
}

/* The order in which a BIOS and Linux meet the buses, as for OVF. */
static int rank_of(const struct v2v_drive *drive)
{
	static const char *const order[] = { "ide", "scsi", "sata", "nvme",
		"virtio" };

	for (size_t i = 0; drive->bus && i < ARRAY_SIZE(order); i++)
		if (strcmp(drive->bus, order[i]) == 0)
			return (int)i;
	return ARRAY_SIZE(order);
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
	const struct v2v_drive *x = a, *y = b;
	int order = compare(rank_of(x), rank_of(y));

	if (!order)
		order = compare(x->controller, y->controller);
	if (!order)
		order = compare(x->unit, y->unit);
	return order ? order : compare((int64_t)x->order, (int64_t)y->order);
}

static void add_disk(
	struct v2v_drive *drive, struct v2v_descriptor_machine *machine)
{
	struct v2v_list *disks = &machine->source.disks;
	struct v2v_disk *disk = v2v_list_add(disks, sizeof *disk);
	struct v2v_descriptor_disk *more =
		v2v_list_add(&machine->disks, sizeof *more);

	disk->id = (int64_t)disks->count - 1;
	disk->offset = disk->size = -1;
	disk->controller = v2v_strdup(drive->bus);
	disk->controller_model = v2v_strdup(drive->model);
	disk->unit = drive->unit;
	more->capacity = more->file_size = -1;
	more->href = v2v_take(drive->href);
	if (drive->bus)
		more->node = v2v_format("%s%lld:%lld", drive->bus,
			(long long)drive->controller, (long long)drive->unit);
	more->format = drive->format;
	more->foreign = drive->foreign;
}

/* IDE counts through its channels, each of two places. */
static void add_removable(
	const struct v2v_drive *drive, struct v2v_source *source)
{
	struct v2v_removable *removable =
		v2v_list_add(&source->removables, sizeof *removable);
	bool floppy = drive->type == V2V_DRIVE_FLOPPY;

	removable->type = v2v_strdup(floppy ? "floppy" : "cdrom");
	removable->slot = drive->unit;
	if (floppy)
		return;
	removable->controller = v2v_strdup(drive->bus);
	if (v2v_streq(drive->bus, "ide") && drive->unit >= 0)
		removable->slot += 2 * drive->controller;
}

void v2v_drives_take(
	struct v2v_list *drives, struct v2v_descriptor_machine *machine)
{
	if (drives->count)
		qsort(drives->items, drives->count, sizeof(struct v2v_drive),
			by_place);
	v2v_list_foreach (struct v2v_drive, drive, drives)
		if (drive->type == V2V_DRIVE_DISK)
			add_disk(drive, machine);
		else
			add_removable(drive, &machine->source);
	v2v_drives_clear(drives);
}

static bool has_letter(const char *file)
{
	return ((*file | 0x20) >= 'a' && (*file | 0x20) <= 'z') &&
	       file[1] == ':' && (file[2] == '\\' || file[2] == '/');
}

char *v2v_drive_file(const char *file, bool *ret_foreign)
{
	const char *end = *file == '[' ? strchr(file, ']') : NULL;
	bool windows =
		has_letter(file) || (strchr(file, '\\') && !strchr(file, '/'));
	char *clean;

	if (end)
		file = end + 1 + strspn(end + 1, " ");
	clean = v2v_strdup(file);
	for (char *s = clean; windows && *s; s++)
		*s = *s == '\\' ? '/' : *s;
	*ret_foreign = end || *clean == '/' || has_letter(clean);
	return clean;
}

struct v2v_nic *v2v_nics_add(struct v2v_source *source, struct v2v_error *err)
{
	struct v2v_nic *nic;

	if (source->nics.count >= V2V_NICS_MAX) {
		v2v_fail(err, "descriptor-limit", "more than %d network cards",
			V2V_NICS_MAX);
		return NULL;
	}
	nic = v2v_list_add(&source->nics, sizeof *nic);
	nic->id = (int64_t)source->nics.count - 1;
	nic->pci_slot = -1;
	return nic;
}

char *v2v_mac_clean(const char *text)
{
	struct v2v_text mac CLEANUP_TEXT = { 0 };
	size_t digits = 0;

	for (; text && *text; text++) {
		if (*text == ':' || *text == '-')
			continue;
		if (!isxdigit((unsigned char)*text) || digits == 12)
			return NULL;
		v2v_text_addf(&mac, "%s%c",
			digits && digits % 2 == 0 ? ":" : "",
			tolower((unsigned char)*text));
		digits++;
	}
	return digits == 12 ? v2v_text_take(&mac) : NULL;
}

void v2v_source_set_topology(struct v2v_source *source, uint64_t sockets,
	uint64_t cores, uint64_t threads)
{
	if (!sockets || !cores || !threads)
		return;
	source->cpu->topology = v2v_alloc(1, sizeof *source->cpu->topology);
	*source->cpu->topology = (struct v2v_topology){ (int64_t)sockets,
		(int64_t)cores, (int64_t)threads };
}

int v2v_source_set_memory(struct v2v_source *source, const char *what,
	uint64_t n, uint64_t unit, struct v2v_error *err)
{
	if (__builtin_mul_overflow(n, unit, &n) || n < V2V_MEMORY_MIN ||
		n > V2V_MEMORY_MAX)
		return v2v_fail(err, "descriptor-number",
			"%s: the memory is out of range", what);
	source->memory = (int64_t)n;
	return 0;
}

int v2v_source_set_vcpus(struct v2v_source *source, const char *what,
	uint64_t n, struct v2v_error *err)
{
	if (n < 1 || n > V2V_VCPUS_MAX)
		return v2v_fail(err, "descriptor-number",
			"%s: %llu is not a number of processors", what,
			(unsigned long long)n);
	source->vcpus = (int64_t)n;
	return 0;
}
