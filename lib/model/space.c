/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Free space in the guest against what a conversion writes. */
#include "model/space.h"

/* Subvolumes of a btrfs share its room. */
static bool are_one(const struct v2v_inspect *inspect,
	const struct v2v_mountpoint *a, const struct v2v_mountpoint *b)
{
	const struct v2v_filesystem *fs =
		v2v_inspect_filesystem(inspect, a->device);

	return strcmp(a->device, b->device) == 0 ||
	       (fs && fs == v2v_inspect_filesystem(inspect, b->device));
}

/* Add @bytes to what the filesystem of @path needs.  @needs runs alongside the
 * mountpoints; of those of one filesystem the first counts. */
static void need(const struct v2v_inspect *inspect, uint64_t *needs,
	const char *path, uint64_t bytes)
{
	const struct v2v_mountpoint *mount =
		path ? v2v_inspect_mountpoint_of(inspect, path) : NULL;
	const struct v2v_mountpoint *first = inspect->mountpoints.items;

	if (!mount)
		return;
	for (size_t i = 0; i < inspect->mountpoints.count; i++)
		if (are_one(inspect, &first[i], mount)) {
			if (__builtin_add_overflow(needs[i], bytes, &needs[i]))
				needs[i] = UINT64_MAX;
			return;
		}
}

/* Where the bootloader's files are edited: an EFI system partition may hold
 * them, and a full one takes none. */
static void need_for_loader(const struct v2v_inspect *inspect, uint64_t *needs)
{
	const char *config =
		inspect->bootloader ? inspect->bootloader->config : NULL;
	const struct v2v_mountpoint *mount =
		config ? v2v_inspect_mountpoint_of(inspect, config) : NULL;

	if (!mount || are_one(inspect, mount,
			      v2v_inspect_mountpoint_of(inspect, "/boot")))
		return;
	need(inspect, needs, config, V2V_SPACE_BOOT);
}

static int check(const struct v2v_inspect *inspect,
	const struct v2v_mountpoint *mount, uint64_t bytes,
	struct v2v_error *err)
{
	const struct v2v_filesystem *fs =
		v2v_inspect_filesystem(inspect, mount->device);
	int64_t room;

	if (!fs || !fs->statvfs || !bytes ||
		v2v_mountpoint_is_image(inspect, mount))
		return 0;
	if (__builtin_mul_overflow(
		    fs->statvfs->bfree, fs->statvfs->bsize, &room) ||
		room < 0)
		return v2v_fail(err, "document-shape",
			"inspect.filesystems: the sizes of '%s' cannot be",
			fs->device);
	if ((uint64_t)room < bytes)
		return v2v_fail(err, "guest-no-space",
			"no room on '%s' in the guest: %llu bytes are needed, "
			"%lld are free; make room there first",
			mount->path, (unsigned long long)bytes,
			(long long)room);
	if (fs->statvfs->files > 0 && fs->statvfs->ffree < V2V_SPACE_INODES)
		return v2v_fail(err, "guest-no-inodes",
			"no inodes on '%s' in the guest: %d are needed, %lld "
			"are free; remove files there first",
			mount->path, V2V_SPACE_INODES,
			(long long)fs->statvfs->ffree);
	return 0;
}

int v2v_space_check_needs(const struct v2v_inspect *inspect,
	const struct v2v_list *needs, struct v2v_error *err)
{
	const struct v2v_mountpoint *mounts = inspect->mountpoints.items;
	size_t count = inspect->mountpoints.count;
	CLEANUP_FREE uint64_t *bytes = v2v_alloc(count + 1, sizeof *bytes);

	need(inspect, bytes, "/", V2V_SPACE_ROOT);
	need(inspect, bytes, "/boot", V2V_SPACE_BOOT);
	need_for_loader(inspect, bytes);
	v2v_list_foreach (const struct v2v_space_need, one, needs)
		need(inspect, bytes, one->path, one->bytes);
	for (size_t i = 0; i < count; i++)
		if (check(inspect, &mounts[i], bytes[i], err) < 0)
			return -1;
	return 0;
}

int v2v_space_check(const struct v2v_inspect *inspect, struct v2v_error *err)
{
	struct v2v_list needs = { 0 };
	int status;

	v2v_list_foreach (const struct v2v_kernel, kernel, &inspect->kernels)
		if (kernel->initrd_needs > 0)
			*(struct v2v_space_need *)v2v_list_add(
				&needs, sizeof(struct v2v_space_need)) =
				(struct v2v_space_need){ kernel->initrd,
					(uint64_t)kernel->initrd_needs };
	status = v2v_space_check_needs(inspect, &needs, err);
	free(needs.items);
	return status;
}
