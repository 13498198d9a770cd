/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Room in the guest for what a conversion writes. */
#include "cases.h"

#include "model/space.h"

#define MIB (1LL << 20)

/* A root with @room MiB beside a /boot with @boot_room, an initrd in it that
 * needs 8, grub.cfg on an EFI system partition with @esp_room; -1: no such
 * filesystem of its own. */
static const char *check_room(
	int64_t room, int64_t boot_room, int64_t esp_room, int64_t inodes)
{
	struct v2v_statvfs st[] = {
		{ MIB, 9000, room, room, 5000, inodes },
		{ MIB, 9000, boot_room, boot_room, 0, 0 },
		{ MIB, 9000, esp_room, esp_room, 0, 0 },
	};
	struct v2v_filesystem fs[] = {
		{ .device = "/dev/sda1", .statvfs = &st[0] },
		{ .device = "/dev/sda2", .statvfs = &st[1] },
		{ .device = "/dev/sda3", .statvfs = &st[2] },
	};
	struct v2v_mountpoint mounts[] = {
		{ "/home", "btrfsvol:/dev/sda1/@home", NULL },
		{ "/", "btrfsvol:/dev/sda1/@", NULL },
		{ boot_room < 0 ? "/opt" : "/boot", "/dev/sda2", NULL },
		{ esp_room < 0 ? "/srv" : "/boot/efi", "/dev/sda3", NULL },
	};
	struct v2v_kernel kernel = { .initrd = "/boot/initrd.img",
		.initrd_needs = 8 * MIB };
	struct v2v_bootloader loader = { "grub2",
		"/boot/efi/EFI/debian/grub.cfg" };
	struct v2v_inspect inspect = { .mountpoints = { mounts, 4 },
		.filesystems = { fs, 3 },
		.kernels = { &kernel, 1 },
		.bootloader = &loader };
	struct v2v_error err = { 0 };

	return v2v_space_check(&inspect, &err) < 0 ? err.code : NULL;
}

static void test_space(void)
{
	static const struct {
		int64_t room, boot, esp, inodes;
		const char *code;
	} cases[] = {
		{ 20, 9, 1, 100, NULL },
		{ 19, 9, 1, 100, "guest-no-space" },
		{ 20, 8, 1, 100, "guest-no-space" },
		{ 20, 9, 0, 100, "guest-no-space" },
		{ 20, 9, 1, 99, "guest-no-inodes" },
		/* all on one: the needs are added up */
		{ 29, -1, -1, 100, NULL },
		{ 28, -1, -1, 100, "guest-no-space" },
		{ 28, -1, 1, 100, "guest-no-space" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		same("space",
			check_room(cases[i].room, cases[i].boot, cases[i].esp,
				cases[i].inodes),
			cases[i].code);
}

int main(void)
{
	test_space();
	return 0;
}
