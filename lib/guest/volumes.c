/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Block devices of the appliance and what is on them. */
#include "guest/volumes.h"

#include "guest/files.h"
#include "guest/private.h"

static const struct v2v_field volume_fields[] = {
	V2V_FIELD(struct v2v_volume, device, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_volume, type, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_volume, version, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_volume, label, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_volume, uuid, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_volume, partuuid, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_volume, partlabel, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_volume, parttype, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_volume, array_uuid, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_volume, array_name, V2V_STRING),
	V2V_FIELD_END,
};

void v2v_volumes_clear(struct v2v_list *volumes)
{
	v2v_fields_clear_list(
		volume_fields, sizeof(struct v2v_volume), volumes);
}

bool v2v_volume_is_member(const struct v2v_volume *volume)
{
	return v2v_streq(volume->type, "LVM2_member") ||
	       v2v_streq(volume->type, "linux_raid_member") ||
	       v2v_streq(volume->type, "linux_raid_array");
}

bool v2v_volume_is_dynamic(const struct v2v_volume *volume)
{
	/* The MBR's type; the GPT's for data. */
	static const char *const types[] = { "0x42",
		"af9b60a0-1431-4f62-bc68-3311714a69ad" };

	return v2v_is_one_of(volume->parttype, types);
}

bool v2v_is_same_uuid(const char *a, const char *b)
{
	while (a && b && *a && *b) {
		if (strchr(":-", *a))
			a++;
		else if (strchr(":-", *b))
			b++;
		else if (strncasecmp(a++, b++, 1) != 0)
			return false;
	}
	return a && b && !*a && !*b;
}

static bool is_extended(const char *parttype)
{
	return v2v_streq(parttype, "0x5") || v2v_streq(parttype, "0xf") ||
	       v2v_streq(parttype, "0x85");
}

/* What blkid(8) of the appliance does not know yet: the magic of a bcachefs
 * superblock, at 4096 + 24. */
static const char *unknown_type(struct v2v_guest *guest, const char *device)
{
	static const unsigned char bcachefs[16] = { 0xc6, 0x85, 0x73, 0xf6,
		0x66, 0xce, 0x90, 0xa9, 0xd9, 0x6a, 0x60, 0xcf, 0x80, 0x3d,
		0xf7, 0xef };
	unsigned char magic[16];

	if (v2v_guest_read_device(
		    guest, device, magic, sizeof magic, 4096 + 24) &&
		memcmp(magic, bcachefs, sizeof magic) == 0)
		return "bcachefs";
	return NULL;
}

static struct v2v_volume *find(const struct v2v_list *list, const char *device)
{
	v2v_list_foreach (struct v2v_volume, volume, list)
		if (strcmp(volume->device, device) == 0)
			return volume;
	return NULL;
}

/* In sectors of 512 bytes, whatever the disk's are (libblkid/blkid.h). */
static int64_t bytes_of(const struct v2v_list *tags, const char *name)
{
	const char *value = v2v_appliance_tag(tags, name);
	uint64_t sectors = 0;

	if (!value || !v2v_parse_u64(value, &sectors) ||
		sectors > INT64_MAX / 512)
		return 0;
	return (int64_t)sectors * 512;
}

static struct v2v_volume *add_volume(
	struct v2v_guest *guest, const char *device, struct v2v_list *list)
{
	struct v2v_list tags CLEANUP_TAGS = { 0 };
	bool known = v2v_call(guest, devices, tags, device, &tags) == 0;
	const char *type = v2v_appliance_tag(&tags, "TYPE");
	const char *parttype = v2v_appliance_tag(&tags, "PART_ENTRY_TYPE");
	struct v2v_volume *volume;

	if (is_extended(parttype))
		return NULL;
	if (known && !type)
		type = unknown_type(guest, device);
	volume = v2v_list_add(list, sizeof *volume);
	volume->device = v2v_strdup(device);
	volume->type = v2v_strdup(type);
	volume->version = v2v_strdup(v2v_appliance_tag(&tags, "VERSION"));
	volume->label = v2v_strdup(v2v_appliance_tag(&tags, "LABEL"));
	volume->uuid = v2v_strdup(v2v_appliance_tag(&tags, "UUID"));
	volume->partuuid =
		v2v_strdup(v2v_appliance_tag(&tags, "PART_ENTRY_UUID"));
	volume->partlabel =
		v2v_strdup(v2v_appliance_tag(&tags, "PART_ENTRY_NAME"));
	volume->parttype = v2v_strdup(parttype);
	volume->offset = bytes_of(&tags, "PART_ENTRY_OFFSET");
	volume->size = bytes_of(&tags, "PART_ENTRY_SIZE");
	volume->unreadable = !known;
	return volume;
}

char *v2v_guest_uuid(struct v2v_guest *guest, const char *device)
{
	struct v2v_list tags CLEANUP_TAGS = { 0 };

	if (v2v_call(guest, devices, tags, device, &tags) < 0)
		return NULL;
	return v2v_strdup(v2v_appliance_tag(&tags, "UUID"));
}

static bool has_type(const struct v2v_list *list, const char *type)
{
	v2v_list_foreach (const struct v2v_volume, volume, list)
		if (v2v_streq(volume->type, type))
			return true;
	return false;
}

/* Is @device "/dev/sda" or "/dev/md127" of a partition in the list?  More
 * letters are another disk (sdaa1), more digits another array. */
static bool has_partition(const struct v2v_list *partitions, const char *device)
{
	size_t n = strlen(device);

	v2v_list_foreach (char *, partition, partitions) {
		const char *rest = *partition + n;

		if (!v2v_starts_with(*partition, device))
			continue;
		if (*rest == 'p')
			rest++;
		else if (strchr("0123456789", device[n - 1]))
			continue;
		if (*rest && !rest[strspn(rest, "0123456789")])
			return true;
	}
	return false;
}

static void add_whole(struct v2v_guest *guest, const struct v2v_list *devices,
	const struct v2v_list *partitions, struct v2v_list *list)
{
	v2v_list_foreach (char *, device, devices)
		if (!has_partition(partitions, *device))
			add_volume(guest, *device, list);
}

static void count_members(
	struct v2v_guest *guest, const char *device, struct v2v_volume *volume)
{
	struct v2v_appliance_array array = { 0 };

	v2v_call(guest, devices, array, device, &array);
	volume->array_uuid = v2v_take(array.uuid);
	volume->array_name = v2v_take(array.name);
	volume->members = array.members;
	volume->members_present = array.present;
}

/* An array with partitions is of interest by its members only. */
static void add_arrays(struct v2v_guest *guest,
	const struct v2v_list *partitions, struct v2v_list *list)
{
	struct v2v_list arrays CLEANUP_STRINGS = { 0 };

	if (v2v_call(guest, devices, list_arrays, &arrays) < 0)
		v2v_guest_tell_unlisted(guest, "arrays");
	v2v_list_foreach (char *, name, &arrays) {
		struct v2v_volume *array =
			find(list, *name) ? NULL
					  : add_volume(guest, *name, list);

		if (!array)
			continue;
		count_members(guest, *name, array);
		if (has_partition(partitions, *name)) {
			v2v_string_set(&array->type, "linux_raid_array");
		}
	}
}

void v2v_guest_start_arrays(struct v2v_guest *guest)
{
	int started = v2v_call(guest, devices, start_arrays);

	v2v_debug(guest->v, "arrays", "incomplete arrays: %s",
		started < 0 ? v2v_guest_why(guest)
		: started   ? "started"
			    : "none");
	if (started > 0)
		v2v_call(guest, devices, scan_lvm);
}

static bool is_array_missing(const struct v2v_list *list)
{
	v2v_list_foreach (const struct v2v_volume, member, list) {
		bool found = !v2v_streq(member->type, "linux_raid_member");

		v2v_list_foreach (const struct v2v_volume, array, list)
			found |= v2v_is_same_uuid(
				array->array_uuid, member->uuid);
		if (!found)
			return true;
	}
	return false;
}

/* An array that lacks members waits for them, and is not listed. */
static void add_incomplete_arrays(
	struct v2v_guest *guest, struct v2v_list *list)
{
	struct v2v_list partitions CLEANUP_STRINGS = { 0 };

	v2v_guest_start_arrays(guest);
	v2v_call(guest, devices, list_partitions, &partitions);
	v2v_list_foreach (char *, device, &partitions)
		if (!find(list, *device))
			add_volume(guest, *device, list);
	add_arrays(guest, &partitions, list);
}

/* LVM lists what it knows, activated or not; both of two volume groups that
 * have one name. */
static void add_logical(struct v2v_guest *guest, struct v2v_list *list)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	size_t before = list->count;

	if (v2v_call(guest, devices, list_logical, &names) < 0)
		v2v_guest_tell_unlisted(guest, "logical volumes");
	v2v_list_foreach (char *, name, &names) {
		struct v2v_volume *known = find(list, *name);

		if (!known)
			add_volume(guest, *name, list);
		else if (known >= v2v_items(struct v2v_volume, list) + before)
			known->repeated = true;
	}
}

/* LVM in LUKS: nothing said so before. */
static void add_mapped(struct v2v_guest *guest, struct v2v_list *list)
{
	struct v2v_list mapped CLEANUP_STRINGS = { 0 };

	if (v2v_call(guest, devices, list_mapped, &mapped) < 0)
		return;
	v2v_list_foreach (char *, device, &mapped)
		add_volume(guest, *device, list);
	if (has_type(list, "LVM2_member"))
		add_logical(guest, list);
}

int v2v_guest_volumes(struct v2v_guest *guest, struct v2v_list *ret_volumes,
	struct v2v_error *err)
{
	struct v2v_list disks CLEANUP_STRINGS = { 0 };
	struct v2v_list partitions CLEANUP_STRINGS = { 0 };

	/* An appliance that is gone has none; the guest has. */
	if (v2v_call(guest, devices, list_disks, &disks) < 0 ||
		v2v_call(guest, devices, list_partitions, &partitions) < 0)
		return v2v_guest_fail(guest, err, "appliance",
			"the guest's disks cannot be listed");
	add_whole(guest, &disks, &partitions, ret_volumes);
	v2v_list_foreach (char *, device, &partitions)
		add_volume(guest, *device, ret_volumes);
	if (has_type(ret_volumes, "linux_raid_member"))
		add_arrays(guest, &partitions, ret_volumes);
	if (is_array_missing(ret_volumes))
		add_incomplete_arrays(guest, ret_volumes);
	if (has_type(ret_volumes, "LVM2_member"))
		add_logical(guest, ret_volumes);
	if (has_type(ret_volumes, "crypto_LUKS") ||
		has_type(ret_volumes, "BitLocker"))
		add_mapped(guest, ret_volumes);
	return v2v_check_cancel(guest->v, err);
}

/* UEFI specification §5.3.3; the BIOS boot partition of GRUB, and FreeBSD's;
 * MBR types. */
static bool is_esp(const char *type)
{
	return v2v_streq(type, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b") ||
	       v2v_streq(type, "0xef");
}

static bool is_bios_boot(const char *type)
{
	return v2v_streq(type, "21686148-6449-6e6f-744e-656564454649") ||
	       v2v_streq(type, "83bd6b9d-7f41-11dc-be0b-001560b84f0f");
}

static void add_partition(
	const struct v2v_volume *volume, struct v2v_inspect *inspect)
{
	struct v2v_partition *partition;

	if (!volume->size)
		return;
	partition = v2v_list_add(&inspect->partitions, sizeof *partition);
	partition->device = v2v_strdup(volume->device);
	partition->type = v2v_strdup(volume->type);
	partition->offset = volume->offset;
	partition->size = volume->size;
}

void v2v_volumes_describe(
	const struct v2v_list *volumes, struct v2v_inspect *inspect)
{
	bool esp = false, bios_boot = false;

	v2v_list_foreach (const struct v2v_volume, volume, volumes) {
		struct v2v_filesystem *fs;

		esp |= is_esp(volume->parttype);
		bios_boot |= is_bios_boot(volume->parttype);
		add_partition(volume, inspect);
		if (v2v_volume_is_member(volume))
			continue;
		fs = v2v_list_add(&inspect->filesystems, sizeof *fs);
		fs->device = v2v_strdup(volume->device);
		fs->type = v2v_strdup(volume->type ? volume->type : "unknown");
		fs->label = v2v_strdup(volume->label);
		fs->uuid = v2v_strdup(volume->uuid);
		fs->partuuid = v2v_strdup(volume->partuuid);
	}
	inspect->firmware = v2v_strdup(esp && !bios_boot ? "uefi" : "bios");
}
