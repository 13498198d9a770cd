/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Systems whose root is an image. */
#include "cases.h"

#include "guest/images.h"
#include "inspect/findings/find-private.h"
#include "model/space.h"

static void add(struct v2v_inspect *inspect, const char *path,
	const char *device, const char *type)
{
	struct v2v_mountpoint *mount =
		v2v_list_add(&inspect->mountpoints, sizeof *mount);
	struct v2v_filesystem *fs =
		v2v_list_add(&inspect->filesystems, sizeof *fs);

	mount->path = v2v_strdup(path);
	mount->device = v2v_strdup(device);
	fs->device = v2v_strdup(device);
	fs->type = v2v_strdup(type);
	/* As the kernel gives it of a squashfs: full. */
	fs->statvfs = v2v_alloc(1, sizeof *fs->statvfs);
	*fs->statvfs = (struct v2v_statvfs){
		.bsize = 131072, .blocks = 100, .files = 500
	};
}

/* What is found beside @change (NULL: no change): "level code where;" */
static char *found(const char *type, const char *change)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };

	inspect.root = v2v_strdup("/dev/sda3");
	add(&inspect, "/", "/dev/sda3", type);
	add(&inspect, "/boot", "/dev/sda1", "vfat");
	if (change)
		v2v_finding_add(&inspect, V2V_CHANGE, "device-name", change,
			"sda1 is vda1");
	v2v_find_image(&inspect);
	v2v_text_addf(&got, "%s", "");
	v2v_list_foreach (const struct v2v_finding, f, &inspect.findings)
		if (strcmp(f->level, V2V_CHANGE) != 0)
			v2v_text_addf(
				&got, "%s %s %s;", f->level, f->code, f->where);
	return v2v_text_take(&got);
}

static void test_findings(void)
{
	static const struct {
		const char *type, *change, *want;
	} cases[] = {
		{ "ext4", NULL, "" },
		{ "ext4", "/etc/fstab:1", "" },
		{ "squashfs", NULL, "note root-image /dev/sda3;" },
		{ "erofs", "/boot/grub/grub.cfg:4",
			"note root-image /dev/sda3;" },
		{ "squashfs", "/etc/fstab:1",
			"note root-image /dev/sda3;"
			"blocker guest-read-only /etc/fstab:1;" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *got = found(cases[i].type, cases[i].change);

		same(cases[i].type, got, cases[i].want);
	}
}

/* An image is full, and nothing is written to it. */
static void test_space(void)
{
	static const char *const types[] = { "squashfs", "ext4" };

	for (size_t i = 0; i < 2; i++) {
		struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
		struct v2v_error err = { 0 };

		add(&inspect, "/", "/dev/sda3", types[i]);
		v2v_space_check(&inspect, &err);
		same(types[i], err.code, i ? "guest-no-space" : NULL);
	}
}

static void test_behind(void)
{
	static const struct {
		uint64_t used, want;
	} cases[] = {
		{ 1, 65536 },
		{ 65536, 65536 },
		{ 65537, 131072 },
		{ 0x123456789aULL, 0x1234570000ULL },
		{ UINT64_MAX, 0 },
		{ INT64_MAX, 0 },
		{ 0, 0 },
	};
	unsigned char head[V2V_SQUASHFS_HEAD] = "hsqs";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (unsigned k = 0; k < 8; k++)
			head[40 + k] = (unsigned char)(cases[i].used >> 8 * k);
		assert(v2v_squashfs_behind(head, sizeof head) == cases[i].want);
		assert(v2v_squashfs_behind(head, 47) == 0);
	}
	head[40] = 1;
	head[0] = 'x';
	assert(v2v_squashfs_behind(head, sizeof head) == 0);
}

int main(void)
{
	test_findings();
	test_space();
	test_behind();
	return 0;
}
