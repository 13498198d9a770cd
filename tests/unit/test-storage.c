/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From disks to roots and mountpoints: os-release texts (tests/data/release),
 * fstab with crypttab and mdadm.conf over lists of volumes
 * (tests/data/mountpoints), what stands against converting
 * (tests/data/storage), which of several roots is meant, room in the guest.
 */
#include "cases.h"

#include "guest/mounts.h"
#include "guest/order.h"
#include "inspect/auto-mounts.h"
#include "inspect/findings.h"
#include "inspect/fstab.h"
#include "inspect/release.h"
#include "inspect/storage.h"
#include "model/space.h"

#define TEXT(object, key) json_string_value(json_object_get(object, key))

static void differ(const char *path, const json_t *got, const json_t *want)
{
	CLEANUP_FREE char *a = NULL, *b = NULL;

	if (json_equal(got, want))
		return;
	a = json_dumps(got, JSON_INDENT(1) | JSON_SORT_KEYS);
	b = json_dumps(want, JSON_INDENT(1) | JSON_SORT_KEYS);
	same(path, a, b);
}

static json_t *load(const char *path)
{
	json_error_t why;
	json_t *json = json_load_file(path, 0, &why);

	if (!json) {
		fprintf(stderr, "%s:%d: %s\n", path, why.line, why.text);
		abort();
	}
	return json;
}

/* What libguestfs knows: NAME.known; without it nothing. */
static void load_known(const char *path, struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *known = beside(path, ".known");
	json_auto_t *section = NULL, *doc = json_object();
	struct v2v_error err = { 0 };

	inspect->major_version = inspect->minor_version = -1;
	if (access(known, F_OK) < 0)
		return;
	section = load(known);
	json_object_set(doc, "inspect", section);
	if (v2v_inspect_load(doc, inspect, &err) < 0)
		same(known, err.text, "");
}

static void test_release(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expected = beside(path, ".json");
	json_auto_t *want = load(expected), *all = NULL;
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	json_auto_t *got = json_object();
	const char *key;
	json_t *value;

	load_known(path, &inspect);
	v2v_release_apply(text, &inspect);
	all = v2v_inspect_store(&inspect);
	json_object_foreach (want, key, value)
		json_object_set(got, key, json_object_get(all, key));
	differ(path, got, want);
}

/* Folders below EFI. */
static void test_vendors(void)
{
	static const struct {
		const char *distro, *directory;
		bool is_its;
	} cases[] = {
		{ "almalinux", "almalinux", true },
		{ "centos", "CENTOS", true },
		{ "opensuse-leap", "opensuse", true },
		{ "pop", "Pop_OS-0f1e2d3c", true },
		{ "almalinux", "Microsoft", false },
		{ "almalinux", "BOOT", false },
		{ NULL, "BOOT", false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct v2v_inspect inspect = {
			.distro = (char *)(uintptr_t)cases[i].distro
		};

		assert(v2v_release_is_vendor(&inspect, cases[i].directory) ==
			cases[i].is_its);
	}
}

static char *copy(const json_t *object, const char *key)
{
	return v2v_strdup(TEXT(object, key));
}

static void load_volumes(const json_t *array, struct v2v_list *volumes)
{
	size_t i;
	json_t *from;

	json_array_foreach (array, i, from) {
		struct v2v_volume *to = v2v_list_add(volumes, sizeof *to);

		to->device = copy(from, "device");
		to->type = copy(from, "type");
		to->label = copy(from, "label");
		to->uuid = copy(from, "uuid");
		to->partuuid = copy(from, "partuuid");
		to->partlabel = copy(from, "partlabel");
		to->parttype = copy(from, "parttype");
		to->array_uuid = copy(from, "array_uuid");
		to->array_name = copy(from, "array_name");
		to->members = (unsigned)json_integer_value(
			json_object_get(from, "members"));
		to->members_present = (unsigned)json_integer_value(
			json_object_get(from, "members_present"));
		to->unreadable =
			json_is_true(json_object_get(from, "unreadable"));
		to->repeated = json_is_true(json_object_get(from, "repeated"));
	}
}

static void test_mountpoints(const char *path)
{
	json_auto_t *c = load(path), *got = json_object();
	size_t disks = (size_t)json_integer_value(json_object_get(c, "disks"));
	CLEANUP_FREE struct v2v_disk *all =
		v2v_alloc(disks + 1, sizeof(struct v2v_disk));
	struct v2v_source source = { .disks = { all, disks } };
	struct v2v_list volumes CLEANUP_VOLUMES = { 0 };
	struct v2v_list entries CLEANUP_FSTAB = { 0 };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	const struct v2v_names names = { &volumes, &source, &inspect,
		TEXT(c, "crypttab"), TEXT(c, "mdadm_conf"), NULL };

	load_volumes(json_object_get(c, "volumes"), &volumes);
	v2v_volumes_describe(&volumes, &inspect);
	inspect.root = v2v_strdup(TEXT(c, "root"));
	v2v_fstab_read(TEXT(c, "fstab"), &entries);
	v2v_fstab_mountpoints(&entries, &names, &inspect);
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect.mountpoints)
		json_object_set_new(
			got, mount->path, json_string(mount->device));
	differ(path, got, json_object_get(c, "expect"));
}

static void load_failures(const json_t *array, struct v2v_list *failures)
{
	size_t i;
	json_t *from;

	json_array_foreach (array, i, from) {
		struct v2v_mount_failure *to =
			v2v_list_add(failures, sizeof *to);

		to->device = copy(from, "device");
		to->path = copy(from, "path");
		to->reason = copy(from, "reason");
		to->unsupported =
			json_is_true(json_object_get(from, "unsupported"));
		to->no_place = json_is_true(json_object_get(from, "no_place"));
		to->read_only =
			json_is_true(json_object_get(from, "read_only"));
	}
}

/* "blocker encrypted /dev/sda2" for each finding, in order. */
static json_t *summary(const struct v2v_inspect *inspect)
{
	json_t *lines = json_array();

	v2v_list_foreach (
		const struct v2v_finding, finding, &inspect->findings) {
		CLEANUP_FREE char *line = v2v_format("%s %s %s", finding->level,
			finding->code, finding->where ? finding->where : "-");

		/* Each says more than its code. */
		assert(strlen(finding->text) > 20);
		json_array_append_new(lines, json_string(line));
	}
	return lines;
}

/* What is mounted, with its free MiB and inodes: {"/": ["/dev/sda1", 30, 500]}
 */
static void load_room(json_t *room, struct v2v_inspect *inspect)
{
	const char *path;
	json_t *value;

	json_object_foreach (room, path, value) {
		struct v2v_mountpoint *mount =
			v2v_list_add(&inspect->mountpoints, sizeof *mount);
		struct v2v_statvfs *st = v2v_alloc(1, sizeof *st);
		struct v2v_filesystem *fs;
		int mib, inodes;
		const char *device;

		assert(json_unpack(value, "[s, i, i]", &device, &mib,
			       &inodes) == 0);
		*st = (struct v2v_statvfs){ 1 << 20, 1000, mib, mib, 1000,
			inodes };
		mount->path = v2v_strdup(path);
		mount->device = v2v_strdup(device);
		fs = v2v_inspect_filesystem(inspect, device);
		assert(fs);
		fs->statvfs = st;
	}
}

/* A guest as v2v_storage_find() leaves it, and what is found in it. */
static void test_findings(const char *path)
{
	json_auto_t *c = load(path), *got = NULL;
	struct v2v_storage storage CLEANUP_STORAGE = { 0 };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	json_t *root;
	size_t i;

	load_volumes(json_object_get(c, "volumes"), &storage.volumes);
	load_failures(json_object_get(c, "failed"), &storage.roots.failed);
	load_failures(json_object_get(c, "not_mounted"), &storage.not_mounted);
	json_array_foreach (json_object_get(c, "roots"), i, root)
		v2v_roots_add(&storage.roots.roots, &storage.volumes,
			json_string_value(root));
	storage.distro_unknown =
		json_is_true(json_object_get(c, "distro_unknown"));
	assert(v2v_roots_choose(NULL, &storage.roots, NULL) == 0);
	if (storage.roots.roots.count) {
		const struct v2v_root *first = storage.roots.roots.items;

		inspect.root = v2v_strdup(first->device);
		inspect.type = v2v_strdup("linux");
	}
	v2v_volumes_describe(&storage.volumes, &inspect);
	load_room(json_object_get(c, "room"), &inspect);
	v2v_storage_findings(&storage, &inspect);
	got = summary(&inspect);
	differ(path, got, json_object_get(c, "expect"));
}

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

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
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
		/* the snapshot is listed first, and is no system of its own */
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

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
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
		{ "/home", "btrfsvol:/dev/sda1/@home" },
		{ "/", "btrfsvol:/dev/sda1/@" },
		{ boot_room < 0 ? "/opt" : "/boot", "/dev/sda2" },
		{ esp_room < 0 ? "/srv" : "/boot/efi", "/dev/sda3" },
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

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		same("space",
			check_room(cases[i].room, cases[i].boot, cases[i].esp,
				cases[i].inodes),
			cases[i].code);
}

/* Which of the EFI system partitions starts the root. */
static void test_order(void)
{
	static const char listing[] =
		"total 0\n"
		"drwxr-xr-x 2 0 0 140 Nov 26 02:00 .\n"
		"lrwxrwxrwx 1 0 0 9 Nov 26 02:00 pci-0000:00:03.0-scsi-0:0:0:0 -> ../../sdc\n"
		"lrwxrwxrwx 1 0 0 10 Nov 26 02:00 pci-0000:00:03.0-scsi-0:0:0:0-part1 -> ../../sdc1\n"
		"lrwxrwxrwx 1 0 0 9 Nov 26 02:00 pci-0000:00:03.0-scsi-0:0:1:0 -> ../../sda\n"
		"lrwxrwxrwx 1 0 0 10 Nov 26 02:00 pci-0000:00:03.0-scsi-0:0:1:0-part1 -> ../../sda1\n"
		"lrwxrwxrwx 1 0 0 9 Nov 26 02:00 pci-0000:00:03.0-scsi-0:0:27:0 -> ../../sdb\n"
		"lrwxrwxrwx 1 0 0 9 Nov 26 02:00 pci-0000:00:03.0-scsi-0:0:300:0 -> ../../sdd\n";
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

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		CLEANUP_FREE char *got = v2v_order_name(pairs[i][0], listing);

		same(pairs[i][0], got, pairs[i][1]);
	}
}

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

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
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
	test_auto();
	each_case("tests/data/release/*.os-release", 30, test_release);
	test_vendors();
	each_case("tests/data/mountpoints/*.json", 14, test_mountpoints);
	each_case("tests/data/storage/*.json", 12, test_findings);
	test_ranks();
	test_root_flags();
	test_choice();
	test_space();
	return 0;
}
