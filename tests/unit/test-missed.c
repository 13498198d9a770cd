/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a backend does not know is not passed over: filesystems on which there
 * may be another system, and images of a root. */
#include "fake-os.h"

#include "guest/mounts.h"
#include "inspect/findings/findings.h"
#include "inspect/storage.h"

static char top[] = "/tmp/test-missed-XXXXXX";
static char nothing[] = "/tmp/test-missed-XXXXXX";
static char dir[] = "/tmp/test-missed-XXXXXX";
static bool is_damaged;

static int mount_some(struct v2v_appliance *a, const char *type,
	const char *options, const char *device, const char *path)
{
	if (strcmp(device, "/dev/sda1") == 0)
		return -1;
	return v2v_libguestfs_ops.mounts->mount(a, type, options, device, path);
}

static int mount_old_image(
	struct v2v_appliance *a, const char *image, const char *path)
{
	(void)a;
	same("path", path, "/boot");
	return strcmp(image, "/boot/1.9/1.9.squashfs") == 0 ? 0 : -1;
}

static void tell_why(
	struct v2v_appliance *a, char **ret_reason, bool *ret_unsupported)
{
	(void)a;
	*ret_reason = v2v_strdup("no driver");
	*ret_unsupported = !is_damaged;
}

static void add_volume(
	struct fake_machine *m, const char *device, const char *type, char *at)
{
	struct fake_volume *volume = v2v_list_add(&m->volumes, sizeof *volume);

	volume->v.device = (char *)(uintptr_t)device;
	volume->v.type = (char *)(uintptr_t)type;
	volume->place = at;
}

/* A guest with @type on /dev/sda1, and its root on /dev/sda2. */
static int find(const char *type, const char *wanted,
	struct v2v_inspect *inspect, struct v2v_storage *storage,
	struct v2v_error *err)
{
	char place[] = "/";
	struct v2v_appliance_ops ops = v2v_libguestfs_ops;
	struct v2v_appliance_mounts mounts = *v2v_libguestfs_ops.mounts;
	struct fake_machine machine = { .top = top,
		.nothing = nothing,
		.arch = "x86_64",
		.firmware = "bios",
		.disks = 1 };
	struct guestfs_h fake = { .machine = &machine };
	struct v2v_source source = { 0 };
	struct v2v_guest guest;
	int status;

	add_volume(&machine, "/dev/sda1", type, NULL);
	add_volume(&machine, "/dev/sda2", "ext4", place);
	fake_guest_open(&guest, &fake, nothing, dir);
	mounts.mount = mount_some;
	mounts.mount_image = mount_old_image;
	mounts.why = tell_why;
	ops.inspection = NULL;
	ops.mounts = &mounts;
	guest.a->ops = &ops;
	status = v2v_storage_find(
		&guest, &source, wanted, inspect, storage, err);
	v2v_guest_forget(&guest);
	json_decref(guest.texts);
	json_decref(guest.told);
	v2v_free(guest.v);
	free(machine.volumes.items);
	free(machine.root);
	return status;
}

static bool any(const void *opaque, const char *type)
{
	(void)opaque;
	(void)type;
	return true;
}

static void test_systems(void)
{
	static const struct {
		const char *type, *wanted;
		bool is_damaged;
		const char *code, *beyond;
	} rows[] = {
		{ "ntfs", NULL, false, NULL, "/dev/sda1: no driver" },
		{ "vfat", NULL, false, NULL, "/dev/sda1: no driver" },
		{ "ext4", NULL, false, NULL, "/dev/sda1: no driver" },
		/* Not found here, it may be found elsewhere. */
		{ "ntfs", "/dev/sda1", false, "root-not-found",
			"/dev/sda1: no driver" },
		{ "ntfs", NULL, true, NULL, NULL },
		/* No system is on it. */
		{ "exfat", NULL, false, NULL, NULL },
		{ "jbd", NULL, false, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
		struct v2v_storage storage CLEANUP_STORAGE = { 0 };
		struct v2v_error err = { 0 };
		CLEANUP_FREE char *beyond = NULL;

		is_damaged = rows[i].is_damaged;
		find(rows[i].type, rows[i].wanted, &inspect, &storage, &err);
		same(rows[i].type, err.code, rows[i].code);
		beyond = v2v_storage_beyond(&storage, any, NULL);
		same(rows[i].type, beyond, rows[i].beyond);
		if (!rows[i].code)
			same("root", inspect.root, "/dev/sda2");
	}
}

/* What may have the kernel of OpenWrt, and does not mount: said once, with the
 * first place where it was tried. */
static void test_kernel_partition(void)
{
	static const char release[] = "ID=openwrt\nPRETTY_NAME=OpenWrt\n";

	fake_put_file(top, "/etc/os-release", release);
	fake_put_file(top, "/boot", NULL);
	fake_put_file(top, "/mnt", NULL);
	for (int i = 0; i < 2; i++) {
		struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
		struct v2v_storage storage CLEANUP_STORAGE = { 0 };
		CLEANUP_FREE char *beyond = NULL;
		size_t notes = 0;

		is_damaged = i == 1;
		assert(find("vfat", NULL, &inspect, &storage, NULL) == 0);
		same("distro", inspect.distro, "openwrt");
		v2v_storage_findings(&storage, &inspect);
		v2v_list_foreach (
			struct v2v_finding, finding, &inspect.findings) {
			if (!v2v_streq(finding->code, "not-mounted"))
				continue;
			notes++;
			same("level", finding->level, "note");
			same("where", finding->where, "/dev/sda1");
			assert(strstr(finding->text, "/boot"));
		}
		assert(notes == 1);
		assert(storage.auto_failed.count == 1);
		beyond = v2v_storage_beyond(&storage, any, NULL);
		same("beyond", beyond,
			is_damaged ? NULL : "/dev/sda1: no driver");
	}
	fake_remove_file(top, "/etc/os-release");
}

/* The newest is tried first; by its number, not by its letters. */
static void test_images(void)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_storage storage CLEANUP_STORAGE = { 0 };
	const struct v2v_mount_failure *failure;
	CLEANUP_FREE char *beyond = NULL;

	fake_put_file(top, "/boot/1.9", NULL);
	fake_put_file(top, "/boot/1.10", NULL);
	fake_put_file(top, "/boot/1.9/1.9.squashfs", "");
	fake_put_file(top, "/boot/1.10/1.10.squashfs", "");
	fake_put_file(top, "/boot/usr", NULL);
	fake_put_file(top, "/boot/usr/lib", NULL);
	fake_put_file(top, "/boot/usr/lib/os-release",
		"ID=vyos\nPRETTY_NAME=\"VyOS 1.9\"\n");
	is_damaged = false;
	assert(find("swap", NULL, &inspect, &storage, NULL) == 0);
	same("product", inspect.product_name, "VyOS 1.9");
	assert(storage.images.is_read && storage.images.failed.count == 1);
	failure = storage.images.failed.items;
	same("image", failure->device, "/boot/1.10/1.10.squashfs");
	assert(failure->unsupported);
	beyond = v2v_storage_beyond(&storage, any, NULL);
	same("beyond", beyond, "/boot/1.10/1.10.squashfs: no driver");
}

int main(void)
{
	assert(mkdtemp(top) && mkdtemp(nothing) && mkdtemp(dir));
	fake_put_file(top, "/etc", NULL);
	fake_put_file(top, "/bin", NULL);
	fake_put_file(top, "/etc/fstab", "/dev/sda2 / ext4 defaults 0 1\n");
	test_systems();
	test_kernel_partition();
	test_images();
	v2v_remove_tree(top);
	v2v_remove_tree(nothing);
	v2v_remove_tree(dir);
	return 0;
}
