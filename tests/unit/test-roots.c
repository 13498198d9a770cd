/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of several roots is meant, how their devices are named, and which EFI
 * system partition belongs to one. */
#include "cases.h"

#include "guest/libguestfs/order.h"
#include "inspect/layouts/auto-mounts.h"
#include "inspect/storage.h"

static void test_ranks(void)
{
	/* The bootloader's word, then the default subvolume, then fstab's. */
	assert(v2v_root_rank("@", "@", "@") == 3);
	assert(v2v_root_rank("root", NULL, "root") == 3);
	assert(v2v_root_rank(NULL, NULL, NULL) == 2);
	assert(v2v_root_rank(NULL, "@", "@") == 2);
	assert(v2v_root_rank("root", "root", NULL) == 1);
	assert(v2v_root_rank("@/.snapshots/1/snapshot", "@", "@") == 0);
	assert(v2v_root_rank("x", NULL, NULL) == 0);
}

static void test_root_flags(void)
{
	static const struct {
		const char *text, *subvolume;
	} cases[] = {
		{ "linux /@/boot/vmlinuz root=UUID=1 ro rootflags=subvol=@ "
		  "quiet",
			"@" },
		{ "options root=UUID=1 ro rootflags=subvol=root\n", "root" },
		{ "GRUB_CMDLINE_LINUX=\"rootflags=subvol=/a/b\"", "a/b" },
		{ "rootflags=compress=zstd,subvol=@,ssd x", "@" },
		{ "rootflags=data=journal\nrootflags=subvol=@", "@" },
		{ "rootflags=", NULL },
		{ "root=UUID=1 ro", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *got = v2v_root_flags(cases[i].text);

		same(cases[i].text, got, cases[i].subvolume);
	}
}

/* Roots with their ranks; the chosen one, or the error's code. */
static void test_choice(void)
{
	static const struct {
		const char *roots[6];
		int ranks[6];
		const char *wanted, *chosen;
	} cases[] = {
		{ { NULL }, { 0 }, NULL, NULL },
		{ { NULL }, { 0 }, "single", NULL },
		{ { "/dev/sda1", "/dev/sdb1" }, { 0 }, NULL, "/dev/sda1" },
		{ { "/dev/sda1", "/dev/sdb1" }, { 0 }, "2", "/dev/sdb1" },
		{ { "/dev/sda1", "/dev/sdb1" }, { 0 }, "3", "root-not-found" },
		{ { "/dev/sda1", "/dev/sdb1" }, { 0 }, "0", "root-not-found" },
		{ { "/dev/sda1", "/dev/sdb1" }, { 0 }, "single",
			"several-roots" },
		{ { "/dev/sda1", "/dev/sdb1" }, { 0 }, "/dev/sdb1",
			"/dev/sdb1" },
		{ { "/dev/sda1" }, { 0 }, "/dev/sdc1", "root-not-found" },
		/* the snapshot is listed first, and is not a system of its own
		 */
		{ { "btrfsvol:/dev/sda1/.snapshots/1/snapshot",
			  "btrfsvol:/dev/sda1/@" },
			{ 0, 3 }, "single", "btrfsvol:/dev/sda1/@" },
		{ { "/dev/sda1", "btrfsvol:/dev/sda1/s" }, { 2, 0 }, NULL,
			"/dev/sda1" },
		{ { "/dev/sda1", "btrfsvol:/dev/sda1/@" }, { 2, 3 }, "first",
			"btrfsvol:/dev/sda1/@" },
		{ { "btrfsvol:/dev/sda1/longer", "btrfsvol:/dev/sda1/b",
			  "btrfsvol:/dev/sda1/a" },
			{ 0 }, NULL, "btrfsvol:/dev/sda1/a" },
		{ { "btrfsvol:/dev/sda1/s", "/dev/sdb1",
			  "btrfsvol:/dev/sda1/@" },
			{ 0, 0, 1 }, NULL, "btrfsvol:/dev/sda1/@" },
		{ { "btrfsvol:/dev/sda1/s", "/dev/sdb1",
			  "btrfsvol:/dev/sda1/@" },
			{ 0, 0, 1 }, "btrfsvol:/dev/sda1/s",
			"btrfsvol:/dev/sda1/s" },
	};
	struct v2v_volume volumes[] = { { .device = "/dev/sda1" },
		{ .device = "/dev/sdb1" } };
	const struct v2v_list list = { volumes, 2 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct v2v_roots roots CLEANUP_ROOTS = { 0 };
		struct v2v_error err = { 0 };
		const struct v2v_root *items;
		int status;

		for (size_t k = 0; cases[i].roots[k]; k++) {
			v2v_roots_add(&roots.roots, &list, cases[i].roots[k]);
			v2v_items(struct v2v_root, &roots.roots)[k].rank =
				cases[i].ranks[k];
		}
		status = v2v_roots_choose(cases[i].wanted, &roots, &err);
		items = roots.roots.items;
		same(cases[i].wanted ? cases[i].wanted : "first",
			status < 0 ? err.code
			: roots.chosen < roots.roots.count
				? items[roots.chosen].device
				: NULL,
			cases[i].chosen);
	}
}

/* libguestfs names a disk as the appliance found it, not as it was added. */
static void test_order(void)
{
	static const char listing[] =
		"total 0\n"
		"drwxr-xr-x 2 0 0 140 Nov 26 02:00 .\n"
		"lrwxrwxrwx 1 0 0 9 Nov 26 02:00 pci-0000:00:03.0-scsi-0:0:0:0 "
		"-> ../../sdc\n"
		"lrwxrwxrwx 1 0 0 10 Nov 26 02:00 "
		"pci-0000:00:03.0-scsi-0:0:0:0-part1 -> ../../sdc1\n"
		"lrwxrwxrwx 1 0 0 9 Nov 26 02:00 pci-0000:00:03.0-scsi-0:0:1:0 "
		"-> ../../sda\n"
		"lrwxrwxrwx 1 0 0 10 Nov 26 02:00 "
		"pci-0000:00:03.0-scsi-0:0:1:0-part1 -> ../../sda1\n"
		"lrwxrwxrwx 1 0 0 9 Nov 26 02:00 "
		"pci-0000:00:03.0-scsi-0:0:27:0 -> ../../sdb\n"
		"lrwxrwxrwx 1 0 0 9 Nov 26 02:00 "
		"pci-0000:00:03.0-scsi-0:0:300:0 -> ../../sdd\n";
	static const char *const pairs[][2] = {
		{ "btrfsvol:/dev/sda1/@", "btrfsvol:/dev/sdb1/@" },
		{ "btrfsvol:/dev/sda/a/b", "btrfsvol:/dev/sdb/a/b" },
		{ "btrfsvol:/dev/sdc12/@home", "btrfsvol:/dev/sda12/@home" },
		{ "btrfsvol:/dev/sdb2/@", "btrfsvol:/dev/sdab2/@" },
		{ "btrfsvol:/dev/sdd2/@", "btrfsvol:/dev/sdd2/@" },
		{ "btrfsvol:/dev/sd/@", "btrfsvol:/dev/sd/@" },
		{ "btrfsvol:/dev/vg/sda1", "btrfsvol:/dev/vg/sda1" },
		{ "btrfsvol:/dev/", "btrfsvol:/dev/" },
		{ "/dev/sda1", "/dev/sda1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		CLEANUP_FREE char *got = v2v_order_name(pairs[i][0], listing);

		same(pairs[i][0], got, pairs[i][1]);
	}
}

static void test_order_added(void)
{
	static const struct {
		const char *name;
		size_t disks;
		bool added;
	} cases[] = {
		{ "btrfsvol:/dev/sda1/@", 1, true },
		{ "btrfsvol:/dev/sdb1/@", 2, true },
		{ "btrfsvol:/dev/sdc1/@", 2, false },
		{ "btrfsvol:/dev/sdaa1/@", 26, false },
		{ "btrfsvol:/dev/sdaa/@", 27, true },
		{ "btrfsvol:/dev/vg/root/@", 1, true },
		{ "/dev/sdc1", 1, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		same(cases[i].name,
			v2v_order_is_added(cases[i].name, cases[i].disks)
				? "added"
				: "not added",
			cases[i].added ? "added" : "not added");
}

/* Which of the EFI system partitions starts the root. */
static void test_auto(void)
{
	static const char esp[] = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
	static const struct {
		const char *root, *devices[3], *mounted, *found;
	} cases[] = {
		{ "/dev/sda2", { "/dev/sda1" }, NULL, "/dev/sda1" },
		/* the only one, wherever the root is */
		{ "/dev/vg/root", { "/dev/sda1" }, NULL, "/dev/sda1" },
		{ "/dev/sdb2", { "/dev/sda1" }, NULL, "/dev/sda1" },
		/* beside the root, whatever comes first */
		{ "/dev/sdb2", { "/dev/sda1", "/dev/sdb1" }, NULL,
			"/dev/sdb1" },
		{ "/dev/sda2", { "/dev/sda1", "/dev/sdb1" }, NULL,
			"/dev/sda1" },
		/* neither is */
		{ "/dev/vg/root", { "/dev/sda1", "/dev/sdb1" }, NULL, NULL },
		{ "/dev/sda2", { "/dev/sda1" }, "/dev/sda1", NULL },
		{ "/dev/sda2", { NULL }, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct v2v_list volumes CLEANUP_VOLUMES = { 0 };
		struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
		struct v2v_mountpoint *mount;

		inspect.root = v2v_strdup(cases[i].root);
		for (size_t k = 0; k < 3 && cases[i].devices[k]; k++) {
			struct v2v_volume *volume =
				v2v_list_add(&volumes, sizeof *volume);

			volume->device = v2v_strdup(cases[i].devices[k]);
			volume->type = v2v_strdup("vfat");
			volume->parttype = v2v_strdup(esp);
		}
		if (cases[i].mounted) {
			mount = v2v_list_add(
				&inspect.mountpoints, sizeof *mount);
			mount->path = v2v_strdup("/boot");
			mount->device = v2v_strdup(cases[i].mounted);
		}
		same("auto", v2v_auto_device(V2V_AUTO_ESP, &volumes, &inspect),
			cases[i].found);
		same("auto",
			v2v_auto_device(V2V_AUTO_XBOOTLDR, &volumes, &inspect),
			NULL);
	}
}

int main(void)
{
	test_order();
	test_order_added();
	test_auto();
	test_ranks();
	test_root_flags();
	test_choice();
	return 0;
}
