/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines of the tools that make an initramfs. */
#include "cases.h"

#include "convert/linux/rebuild.h"
#include "linux/kernels/initramfs.h"
#include "model/space.h"

static bool is_there(const char *path, void *opaque)
{
	return strstr(opaque, path) != NULL;
}

/* Which tools the guest has, its initrd, and what would be run. */
static const struct {
	const char *tools, *initrd, *name, *command;
} cases[] = {
	{ "", "/boot/initrd.img-6.1", NULL, "" },
	{ "/usr/sbin/update-initramfs", "/boot/initrd.img-6.1",
		"update-initramfs", "/usr/sbin/update-initramfs -u -k 6.1 " },
	/* It writes no other name. */
	{ "/usr/sbin/update-initramfs", "/boot/initramfs.img", NULL, "" },
	{ "/usr/bin/dracut /sbin/mkinitrd", "/boot/initramfs-6.1.img", "dracut",
		"/usr/bin/dracut --force --no-hostonly --add-drivers "
		"[virtio_pci virtio_blk] /boot/initramfs-6.1.img 6.1 " },
	{ "/sbin/dracut /sbin/mkinitrd", "/boot/initramfs-6.1.img", "dracut",
		"/sbin/dracut --force --no-hostonly --add-drivers "
		"[virtio_pci virtio_blk] /boot/initramfs-6.1.img 6.1 " },
	{ "/usr/bin/mkinitcpio /usr/bin/booster",
		"/boot/initramfs-linux-fallback.img", "mkinitcpio",
		"/usr/bin/mkinitcpio -S autodetect -k 6.1 -g "
		"/boot/initramfs-linux-fallback.img " },
	{ "/usr/bin/mkinitcpio /usr/bin/booster", "/boot/booster-linux.img",
		"booster",
		"/usr/bin/booster build --force --universal --kernel-version "
		"6.1 /boot/booster-linux.img " },
	{ "/sbin/mkinitfs", "/boot/initramfs-lts", "mkinitfs",
		"/sbin/mkinitfs -o /boot/initramfs-lts 6.1 " },
	{ "/usr/sbin/make-initrd", "/boot/initrd-6.1.img", "make-initrd",
		"/usr/sbin/make-initrd -k 6.1 " },
	{ "/lib/mkinitrd/scripts/setup-prepare.sh /sbin/mkinitrd",
		"/boot/initrd-6.1", "mkinitrd",
		"/usr/bin/env rootdev=/dev/sda2 /sbin/mkinitrd -m "
		"[virtio_pci virtio_blk] -i /boot/initrd-6.1 -k /boot/vmlinuz "
		"-d /dev/sda2 " },
	{ "/sbin/mkinitrd", "/boot/initrd-6.1.img", "mkinitrd",
		"/sbin/mkinitrd -f --with=virtio_pci --with=virtio_blk "
		"/boot/initrd-6.1.img 6.1 " },
};

#define MIB (1LL << 20)

/* "/boot/initrd-30" has 30 MiB. */
static int64_t size_of(const char *path, void *opaque)
{
	const char *dash = strrchr(path, '-');

	(void)opaque;
	return dash ? strtol(dash + 1, NULL, 10) * MIB : -1;
}

/* Room for two initrds of 10 and 30 MiB, MiB free: on the root, on /boot and on
 * /var; -1: no filesystem of its own. */
static const char *check_room(int64_t root, int64_t boot, int64_t var)
{
	struct v2v_statvfs st[] = {
		{ MIB, 9000, root, root, 0, 0 },
		{ MIB, 9000, boot, boot, 0, 0 },
		{ MIB, 9000, var, var, 0, 0 },
	};
	struct v2v_filesystem fs[] = {
		{ .device = "/dev/sda1", .statvfs = &st[0] },
		{ .device = "/dev/sda2", .statvfs = &st[1] },
		{ .device = "/dev/sda3", .statvfs = &st[2] },
	};
	struct v2v_mountpoint mounts[] = {
		{ "/", "/dev/sda1", NULL },
		{ boot < 0 ? "/opt" : "/boot", "/dev/sda2", NULL },
		{ var < 0 ? "/srv" : "/var", "/dev/sda3", NULL },
	};
	struct v2v_kernel_virtio virtio = { .blk = true };
	struct v2v_kernel kernels[] = {
		{ .initrd = "/boot/initrd-10", .modpath = "/lib/modules/6" },
		{ .initrd = "/boot/initrd-30", .modpath = "/lib/modules/5" },
		/* The same once more; one that cannot be read; none; one of a
		 * kernel without modules. */
		{ .initrd = "/boot/initrd-30", .modpath = "/lib/modules/5" },
		{ .initrd = "/boot/gone", .modpath = "/lib/modules/4" },
		{ .modpath = "/lib/modules/3" },
		{ .initrd = "/boot/initrd-900" },
	};
	struct v2v_inspect inspect = { .mountpoints = { mounts, 3 },
		.filesystems = { fs, 3 },
		.kernels = { kernels, 6 } };
	struct v2v_list needs = { 0 };
	struct v2v_error err = { 0 };
	int status;

	for (size_t i = 0; i < inspect.kernels.count; i++)
		kernels[i].virtio = &virtio;
	v2v_rebuild_needs(&inspect, size_of, NULL, &needs);
	status = v2v_space_check_needs(&inspect, &needs, &err);
	free(needs.items);
	return status < 0 ? err.code : NULL;
}

static void test_room(void)
{
	/* On /boot 10 + 30, and 30 once more; 6 × 30 for what is gathered. */
	assert(!check_room(200, 71, -1));
	same("boot", check_room(200, 70, -1), "guest-no-space");
	same("root", check_room(199, 71, -1), "guest-no-space");
	assert(!check_room(200, 71, 180));
	same("var", check_room(200, 71, 179), "guest-no-space");
	/* All on one. */
	assert(!check_room(271, -1, -1));
	same("one", check_room(270, -1, -1), "guest-no-space");
}

/* What a new initrd has to hold for a bus; "builtin" means modules. */
static void test_lacks(void)
{
	static const struct {
		const char *have[4], *builtin, *bus, *want;
	} lacks[] = {
		{ { "virtio_pci", "virtio_blk" }, "", "virtio-blk", NULL },
		{ { "virtio_pci" }, "", "virtio-blk", "virtio_blk" },
		{ { "virtio_blk" }, "", "virtio-blk", "virtio_pci" },
		{ { "virtio_blk" }, "kernel/drivers/virtio/virtio_pci.ko\n",
			"virtio-blk", NULL },
		{ { "virtio_pci", "virtio_blk", "sd_mod" }, "", "virtio-scsi",
			"virtio_scsi" },
		{ { "virtio_pci", "virtio_scsi" }, "", "virtio-scsi",
			"sd_mod" },
		{ { "sd_mod" }, "", "sata", "ahci" },
		{ { "ahci", "sd_mod" }, "", "sata", NULL },
		{ { NULL }, "", "ide", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lacks); i++) {
		struct v2v_initrd_module list[4] = { { 0 } };
		struct v2v_initrd scan = { .modules = { list, 0 } };
		struct v2v_modules *modules =
			v2v_modules_new(NULL, lacks[i].builtin, NULL);

		for (size_t j = 0; j < 4 && lacks[i].have[j]; j++)
			list[scan.modules.count++].name =
				(char *)lacks[i].have[j];
		same(lacks[i].bus,
			v2v_initramfs_lacks(&scan, modules, lacks[i].bus),
			lacks[i].want);
		v2v_modules_free(modules);
	}
}

int main(void)
{
	char *names[] = { "virtio_pci", "virtio_blk" };
	const struct v2v_list drivers = { names, 2 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct v2v_rebuild rebuild = { "6.1", "/boot/vmlinuz",
			cases[i].initrd, "/dev/sda2", &drivers };
		struct v2v_list argv CLEANUP_STRINGS = { 0 };
		struct v2v_text got CLEANUP_TEXT = { 0 };
		const char *name = v2v_rebuild_command(
			&rebuild, is_there, (void *)cases[i].tools, &argv);

		v2v_text_addf(&got, "%s", "");
		v2v_list_foreach (char *, word, &argv) {
			bool blank = strchr(*word, ' ') != NULL;

			v2v_text_addf(&got, "%s%s%s ", blank ? "[" : "", *word,
				blank ? "]" : "");
		}
		same(cases[i].tools, name, cases[i].name);
		same(cases[i].tools, got.data, cases[i].command);
	}
	test_room();
	test_lacks();
	return 0;
}
