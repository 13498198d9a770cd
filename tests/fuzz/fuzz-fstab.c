/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's fstab, crypttab, mdadm.conf and os-release, parted by form
 * feeds: mountpoints over a fixed set of volumes. */
#undef NDEBUG
#include "scratch.h"

#include "inspect/roots.h"
#include "linux/distro/release.h"
#include "linux/storage/fstab.h"

#include <assert.h>

static struct v2v_volume volumes[] = {
	{ .device = "/dev/sda1", .type = "ext4", .uuid = "ABCD-1234" },
	{ .device = "/dev/sda2", .type = "crypto_LUKS", .uuid = "5ecc" },
	{ .device = "/dev/mapper/luks-5ecc", .type = "btrfs", .label = "x" },
	{ .device = "/dev/vg-0/root", .type = "xfs", .partuuid = "01-02" },
	{ .device = "/dev/md127",
		.type = "linux_raid_array",
		.array_uuid = "3b6f2f0a:1c2d3e4f:50617283:94a5b6c7",
		.array_name = "host:0" },
	{ .device = "/dev/md127p1", .type = "ext4" },
};

/* What is mounted lies beneath the root, on one of the volumes. */
static void check(const struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect->mountpoints) {
		assert(*mount->path == '/' && !strstr(mount->path, "/../"));
		assert(v2v_starts_with(mount->device, "/dev/") ||
			v2v_starts_with(mount->device, "btrfsvol:/dev/"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *all = v2v_strndup((const char *)data, size);
	char *texts[4] = { all, NULL, NULL, NULL };
	const struct v2v_list list = { volumes, ARRAY_SIZE(volumes) };
	struct v2v_disk disks[2] = { 0 };
	const struct v2v_source source = { .disks = { disks, 2 } };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_list entries CLEANUP_FSTAB = { 0 };

	for (size_t i = 1; i < 4 && texts[i - 1]; i++) {
		texts[i] = strchr(texts[i - 1], '\f');
		if (texts[i])
			*texts[i]++ = '\0';
	}
	v2v_fstab_read(texts[0], &entries);
	v2v_fstab_mountpoints(&entries,
		&(struct v2v_volume_names){
			&list, &source, &inspect, texts[1], texts[2], NULL },
		&inspect);
	check(&inspect);
	if (texts[3])
		v2v_release_apply(texts[3], &inspect);
	free(v2v_root_flags(texts[0]));
	return 0;
}
