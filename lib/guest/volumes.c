/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Block devices of the appliance and what is on them. */
#include "guest/volumes.h"

#include "guest/files.h"
#include "guest/private.h"

#define F struct v2v_volume
static const struct v2v_field volume_fields[] = {
	V2V_FIELD(F, device, V2V_STRING),
	V2V_FIELD_OR_NULL(F, type, V2V_STRING),
	V2V_FIELD_OR_NULL(F, version, V2V_STRING),
	V2V_FIELD_OR_NULL(F, label, V2V_STRING),
	V2V_FIELD_OR_NULL(F, uuid, V2V_STRING),
	V2V_FIELD_OR_NULL(F, partuuid, V2V_STRING),
	V2V_FIELD_OR_NULL(F, partlabel, V2V_STRING),
	V2V_FIELD_OR_NULL(F, parttype, V2V_STRING),
	V2V_FIELD_OR_NULL(F, array_uuid, V2V_STRING),
	V2V_FIELD_OR_NULL(F, array_name, V2V_STRING),
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

/* What blkid(8) says of a device: pairs, in any order. */
static const char *tag(char **tags, const char *name)
{
	for (; tags && tags[0]; tags += 2)
		if (strcmp(tags[0], name) == 0)
			return tags[1];
	return NULL;
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

static struct v2v_volume *add_volume(
	struct v2v_guest *guest, const char *device, struct v2v_list *list)
{
	CLEANUP_STRV char **tags = guestfs_blkid(guest->g, device);
	const char *type = tag(tags, "TYPE");
	struct v2v_volume *volume;

	if (is_extended(tag(tags, "PART_ENTRY_TYPE")))
		return NULL;
	if (tags && !type)
		type = unknown_type(guest, device);
	volume = v2v_list_add(list, sizeof *volume);
	volume->device = v2v_strdup(device);
	volume->type = v2v_strdup(type);
	volume->version = v2v_strdup(tag(tags, "VERSION"));
	volume->label = v2v_strdup(tag(tags, "LABEL"));
	volume->uuid = v2v_strdup(tag(tags, "UUID"));
	volume->partuuid = v2v_strdup(tag(tags, "PART_ENTRY_UUID"));
	volume->partlabel = v2v_strdup(tag(tags, "PART_ENTRY_NAME"));
	volume->parttype = v2v_strdup(tag(tags, "PART_ENTRY_TYPE"));
	volume->unreadable = !tags;
	return volume;
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
static bool has_partition(char **partitions, const char *device)
{
	size_t n = strlen(device);

	for (; partitions && *partitions; partitions++) {
		const char *rest = *partitions + n;

		if (!v2v_starts_with(*partitions, device))
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

static void add_whole(struct v2v_guest *guest, char **devices,
	char **partitions, struct v2v_list *list)
{
	for (; devices && *devices; devices++)
		if (!has_partition(partitions, *devices))
			add_volume(guest, *devices, list);
}

static void count_members(
	struct v2v_guest *guest, const char *device, struct v2v_volume *array)
{
	CLEANUP_STRV char **detail = guestfs_md_detail(guest->g, device);
	struct guestfs_mdstat_list *stat = guestfs_md_stat(guest->g, device);
	const char *members = tag(detail, "devices");
	uint64_t n = 0;

	/* mdadm --detail --export, its keys without "MD_", in lower case. */
	array->array_uuid = v2v_strdup(tag(detail, "uuid"));
	array->array_name = v2v_strdup(tag(detail, "name"));
	if (members && v2v_parse_u64(members, &n) && n < 4096)
		array->members = (unsigned)n;
	for (uint32_t i = 0; stat && i < stat->len; i++)
		if (!strpbrk(stat->val[i].mdstat_flags, "FS"))
			array->members_present++;
	guestfs_free_mdstat_list(stat);
}

/* An array with partitions is of interest by its members only. */
static void add_arrays(
	struct v2v_guest *guest, char **partitions, struct v2v_list *list)
{
	CLEANUP_STRV char **arrays = guestfs_list_md_devices(guest->g);

	for (char **name = arrays; name && *name; name++) {
		struct v2v_volume *array =
			find(list, *name) ? NULL
					  : add_volume(guest, *name, list);

		if (!array)
			continue;
		count_members(guest, *name, array);
		if (has_partition(partitions, *name)) {
			free(array->type);
			array->type = v2v_strdup("linux_raid_array");
		}
	}
}

/* udev assembles as the members come, and leaves what is not complete.  No
 * call of libguestfs starts it; the command has no name of the guest's. */
void v2v_guest_start_arrays(struct v2v_guest *guest)
{
	static char line[] = "grep -q inactive /proc/mdstat && mdadm -IRs && "
			     "udevadm settle && echo started || true";
	char *const command[] = { line, NULL };
	CLEANUP_FREE char *said = guestfs_debug(guest->g, "sh", command);

	v2v_debug(guest->v, "arrays", "incomplete arrays: %s",
		said ? said : guestfs_last_error(guest->g));
	if (said && strstr(said, "started"))
		guestfs_lvm_scan(guest->g, 1);
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

/* An array that lacks members waits for them; libguestfs does not list it. */
static void add_incomplete_arrays(
	struct v2v_guest *guest, struct v2v_list *list)
{
	CLEANUP_STRV char **partitions = NULL;

	v2v_guest_start_arrays(guest);
	partitions = guestfs_list_partitions(guest->g);
	for (char **device = partitions; device && *device; device++)
		if (!find(list, *device))
			add_volume(guest, *device, list);
	add_arrays(guest, partitions, list);
}

/* LVM lists what it knows, activated or not; both of two volume groups that
 * have one name. */
static void add_logical(struct v2v_guest *guest, struct v2v_list *list)
{
	CLEANUP_STRV char **names = guestfs_lvs(guest->g);
	size_t before = list->count;

	for (char **name = names; name && *name; name++) {
		struct v2v_volume *known = find(list, *name);

		if (!known)
			add_volume(guest, *name, list);
		else if (known >= v2v_items(struct v2v_volume, list) + before)
			known->repeated = true;
	}
}

/* Faster than guestfs_list_filesystems(), which starts ldmtool and others. */
int v2v_guest_volumes(struct v2v_guest *guest, struct v2v_list *ret_volumes,
	struct v2v_error *err)
{
	CLEANUP_STRV char **disks = guestfs_list_devices(guest->g);
	CLEANUP_STRV char **partitions = guestfs_list_partitions(guest->g);
	CLEANUP_STRV char **mapped = NULL;

	/* An appliance that is gone has none; the guest has. */
	if (!disks || !partitions)
		return v2v_guest_fail(guest, err, "appliance",
			"the guest's disks cannot be listed");
	add_whole(guest, disks, partitions, ret_volumes);
	for (char **device = partitions; device && *device; device++)
		add_volume(guest, *device, ret_volumes);
	if (has_type(ret_volumes, "linux_raid_member"))
		add_arrays(guest, partitions, ret_volumes);
	if (is_array_missing(ret_volumes))
		add_incomplete_arrays(guest, ret_volumes);
	if (has_type(ret_volumes, "LVM2_member"))
		add_logical(guest, ret_volumes);
	if (has_type(ret_volumes, "crypto_LUKS") ||
		has_type(ret_volumes, "BitLocker"))
		mapped = guestfs_list_dm_devices(guest->g);
	for (char **device = mapped; device && *device; device++)
		add_volume(guest, *device, ret_volumes);
	/* LVM in LUKS: nothing said so before. */
	if (mapped && has_type(ret_volumes, "LVM2_member"))
		add_logical(guest, ret_volumes);
	return v2v_check_cancel(guest->v, err);
}

/* UEFI specification §5.3.3; the BIOS boot partition of GRUB; MBR types. */
static bool is_esp(const char *type)
{
	return v2v_streq(type, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b") ||
	       v2v_streq(type, "0xef");
}

static bool is_bios_boot(const char *type)
{
	return v2v_streq(type, "21686148-6449-6e6f-744e-656564454649");
}

void v2v_volumes_describe(
	const struct v2v_list *volumes, struct v2v_inspect *inspect)
{
	bool esp = false, bios_boot = false;

	v2v_list_foreach (const struct v2v_volume, volume, volumes) {
		struct v2v_filesystem *fs;

		esp |= is_esp(volume->parttype);
		bios_boot |= is_bios_boot(volume->parttype);
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
