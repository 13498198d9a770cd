/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Block devices of the appliance. */
#include "guest/libguestfs/private.h"

int v2v_libguestfs_take(char **names, struct v2v_list *list)
{
	if (!names)
		return -1;
	for (char **name = names; *name; name++)
		*(char **)v2v_list_add(list, sizeof *name) = *name;
	free(names);
	return 0;
}

char *v2v_libguestfs_shell(struct v2v_appliance *a, const char *command)
{
	char *const words[] = { (char *)command, NULL };

	return guestfs_debug(v2v_guestfs(a), "sh", words);
}

static int list_disks(struct v2v_appliance *a, struct v2v_list *names)
{
	return v2v_libguestfs_take(guestfs_list_devices(v2v_guestfs(a)), names);
}

static int list_partitions(struct v2v_appliance *a, struct v2v_list *names)
{
	return v2v_libguestfs_take(
		guestfs_list_partitions(v2v_guestfs(a)), names);
}

static int list_arrays(struct v2v_appliance *a, struct v2v_list *names)
{
	return v2v_libguestfs_take(
		guestfs_list_md_devices(v2v_guestfs(a)), names);
}

static int list_mapped(struct v2v_appliance *a, struct v2v_list *names)
{
	return v2v_libguestfs_take(
		guestfs_list_dm_devices(v2v_guestfs(a)), names);
}

static int list_logical(struct v2v_appliance *a, struct v2v_list *names)
{
	return v2v_libguestfs_take(guestfs_lvs(v2v_guestfs(a)), names);
}

/* Pairs, in any order. */
static int take_tags(char **found, struct v2v_list *tags)
{
	CLEANUP_STRV char **pairs = found;

	for (char **pair = pairs; pair && pair[0]; pair += 2)
		v2v_appliance_tag_add(tags, pair[0], pair[1]);
	return pairs ? 0 : -1;
}

static int get_tags(
	struct v2v_appliance *a, const char *device, struct v2v_list *tags)
{
	return take_tags(guestfs_blkid(v2v_guestfs(a), device), tags);
}

static char *get_tag(
	struct v2v_appliance *a, const char *device, const char *name)
{
	return strcmp(name, "TYPE") == 0
		       ? guestfs_vfs_type(v2v_guestfs(a), device)
		       : guestfs_vfs_uuid(v2v_guestfs(a), device);
}

/* mdadm --detail --export, its keys without "MD_", in lower case. */
static int get_array(struct v2v_appliance *a, const char *device,
	struct v2v_appliance_array *array)
{
	struct v2v_list detail CLEANUP_TAGS = { 0 };
	struct guestfs_mdstat_list *stat;
	const char *members;
	uint64_t n = 0;
	int status =
		take_tags(guestfs_md_detail(v2v_guestfs(a), device), &detail);

	stat = guestfs_md_stat(v2v_guestfs(a), device);
	members = v2v_appliance_tag(&detail, "devices");
	array->uuid = v2v_strdup(v2v_appliance_tag(&detail, "uuid"));
	array->name = v2v_strdup(v2v_appliance_tag(&detail, "name"));
	if (members && v2v_parse_u64(members, &n) && n < 4096)
		array->members = (unsigned)n;
	for (uint32_t i = 0; stat && i < stat->len; i++)
		if (!strpbrk(stat->val[i].mdstat_flags, "FS"))
			array->present++;
	guestfs_free_mdstat_list(stat);
	return status;
}

/* udev assembles as the members come, and leaves what is not complete.  No
 * call of libguestfs starts it; the command has no name of the guest's. */
static int start_arrays(struct v2v_appliance *a)
{
	CLEANUP_FREE char *said = v2v_libguestfs_shell(a,
		"grep -q inactive /proc/mdstat && mdadm -IRs && "
		"udevadm settle && echo started || true");

	if (!said)
		return -1;
	return strstr(said, "started") != NULL;
}

static int scan_lvm(struct v2v_appliance *a)
{
	return guestfs_lvm_scan(v2v_guestfs(a), 1);
}

static int list_subvolumes(
	struct v2v_appliance *a, const char *device, struct v2v_list *paths)
{
	struct guestfs_btrfssubvolume_list *list =
		guestfs_btrfs_subvolume_list(v2v_guestfs(a), device);

	if (!list)
		return -1;
	for (uint32_t i = 0; i < list->len; i++)
		v2v_list_add_string(paths, list->val[i].btrfssubvolume_path);
	guestfs_free_btrfssubvolume_list(list);
	return 0;
}

static char *canonical(struct v2v_appliance *a, const char *name)
{
	return guestfs_canonical_device_name(v2v_guestfs(a), name);
}

static ssize_t read_device(struct v2v_appliance *a, const char *device,
	uint64_t offset, void *data, size_t size)
{
	size_t got = 0;
	CLEANUP_FREE char *bytes = guestfs_pread_device(
		v2v_guestfs(a), device, (int)size, (int64_t)offset, &got);

	if (!bytes || got > size)
		return -1;
	memcpy(data, bytes, got);
	return (ssize_t)got;
}

static int unlock(struct v2v_appliance *a, const char *device, const char *key,
	const char *name)
{
	return guestfs_cryptsetup_open(v2v_guestfs(a), device, key, name, -1);
}

const struct v2v_appliance_devices v2v_libguestfs_devices = {
	.list_disks = list_disks,
	.list_partitions = list_partitions,
	.list_arrays = list_arrays,
	.list_mapped = list_mapped,
	.list_logical = list_logical,
	.tags = get_tags,
	.tag = get_tag,
	.array = get_array,
	.start_arrays = start_arrays,
	.scan_lvm = scan_lvm,
	.subvolumes = list_subvolumes,
	.canonical = canonical,
	.read = read_device,
	.unlock = unlock,
};
