/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was read of a guest is kept for who asks again, until it may be another:
 * something is written, or mounted. */
#include "plan-guest.h"

#include "guest/files.h"
#include "guest/mounts.h"

#define ROOT  "btrfsvol:/dev/sda1/root"
#define OTHER "btrfsvol:/dev/sda1/other"

static char root[] = "/tmp/test-kept-XXXXXX", dir[] = "/tmp/test-kept-XXXXXX";
static bool refuses; /* to mount */

static int mount_any(struct v2v_appliance *a, const char *type,
	const char *options, const char *device, const char *path)
{
	(void)a, (void)type, (void)device, (void)path;
	same("options", options, "ro");
	return refuses ? -1 : 0;
}

static int bind_any(struct v2v_appliance *a, const char *directory)
{
	(void)a, (void)directory;
	return 0;
}

static int unmount_any(struct v2v_appliance *a, const char *path)
{
	(void)a, (void)path;
	return 0;
}

static int unmount_all(struct v2v_appliance *a)
{
	(void)a;
	return 0;
}

static int stats; /* that were asked of the appliance */
static int (*real_stat)(struct v2v_appliance *a, const char *path,
	struct v2v_appliance_stat *ret_stat);

static int count_stat(struct v2v_appliance *a, const char *path,
	struct v2v_appliance_stat *ret_stat)
{
	stats++;
	return real_stat(a, path, ret_stat);
}

/* A guest whose mounts all are the same folder, so that what is read of it
 * shows whether it was read again. */
struct machine {
	struct plan_guest m;
	struct v2v_appliance_ops ops;
	struct v2v_appliance_mounts mounts;
	struct v2v_appliance_files files;
};

static void machine_open(struct machine *k)
{
	const struct v2v_appliance_ops *ops;

	v2v_remove_tree(root);
	assert(mkdir(root, 0755) == 0);
	plan_guest_make(root);
	plan_guest_open(&k->m, root, dir);
	k->m.guest.facts = json_object();
	ops = k->m.guest.a->ops;
	k->ops = *ops;
	k->mounts = *ops->mounts;
	k->files = *ops->files;
	k->ops.mounts = &k->mounts;
	k->ops.files = &k->files;
	k->mounts.mount = mount_any;
	k->mounts.bind_root = bind_any;
	k->mounts.unmount = unmount_any;
	k->mounts.unmount_all = unmount_all;
	real_stat = k->files.stat;
	k->files.stat = count_stat;
	k->m.guest.a->ops = &k->ops;
	stats = 0;
}

/* The guest's /etc/fstab is another from now on, which nobody is told. */
static void change(const char *text)
{
	CLEANUP_FREE char *name = v2v_format("%s/etc/fstab", root);
	CLEANUP_CLOSE int fd = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void check_text(struct machine *k, const char *what, const char *wanted)
{
	CLEANUP_FREE char *text = v2v_tree_text(&k->m.tree, "/etc/fstab");

	same(what, text, wanted);
}

static void mount_guest(
	struct machine *k, const char *device, const char *directory)
{
	struct v2v_mountpoint mount = { .path = (char *)(uintptr_t) "/",
		.device = (char *)(uintptr_t)device,
		.directory = (char *)(uintptr_t)directory };
	const struct v2v_inspect inspect = { .mountpoints = { &mount, 1 } };
	struct v2v_list failures CLEANUP_MOUNT_FAILURES = { 0 };
	struct v2v_error err = { 0 };

	v2v_guest_mount(&k->m.guest, &inspect, &failures, &err);
	same("mount", err.text, "");
}

/* Looked at by itself, then mounted for the inspection: the same filesystem,
 * unless it is another device or not all of it. */
static void test_mounted_again(
	const char *device, const char *directory, bool is_kept)
{
	struct machine k;

	machine_open(&k);
	assert(v2v_guest_mount_root(&k.m.guest, ROOT, NULL));
	change("first");
	check_text(&k, "looked at", "first");
	change("second");
	v2v_guest_umount(&k.m.guest);
	mount_guest(&k, device, directory);
	check_text(&k, device, is_kept ? "first" : "second");
	change("third");
	/* Now more may have been mounted over it. */
	mount_guest(&k, ROOT, NULL);
	check_text(&k, "again", "third");
	plan_guest_close(&k.m);
}

/* What may have changed the texts between both. */
static void test_between(const char *what)
{
	const struct v2v_inspect none = { 0 };
	const struct v2v_mountpoint boot = {
		.path = (char *)(uintptr_t) "/boot",
		.device = (char *)(uintptr_t)OTHER
	};
	struct v2v_list failures CLEANUP_MOUNT_FAILURES = { 0 };
	struct machine k;

	machine_open(&k);
	assert(v2v_guest_mount_root(&k.m.guest, ROOT, NULL));
	change("first");
	check_text(&k, what, "first");
	if (strcmp(what, "another root") == 0)
		v2v_guest_mount_root(&k.m.guest, OTHER, NULL);
	else if (strcmp(what, "a mount over it") == 0)
		v2v_guest_try_mount(&k.m.guest, &none, &boot, &failures);
	else if (strcmp(what, "unmounted at") == 0)
		v2v_guest_umount_at(&k.m.guest, "/boot");
	else if (strcmp(what, "a write") == 0)
		v2v_guest_write(&k.m.guest, "/etc/new", "new", NULL);
	else {
		refuses = true;
		assert(!v2v_guest_mount_root(&k.m.guest, ROOT, NULL));
		refuses = false;
	}
	change("second");
	mount_guest(&k, ROOT, NULL);
	check_text(&k, what, "second");
	plan_guest_close(&k.m);
}

/* A file that is fetched is asked for once, until something is written. */
static void test_fetched(void)
{
	struct v2v_error err = { 0 };
	uint64_t size = 0;
	struct machine k;
	int fd;

	machine_open(&k);
	for (int i = 0; i < 2; i++) {
		fd = v2v_tree_fetch(&k.m.tree, "/boot/cfg", &size, &err);
		assert(fd >= 0 && size == 29 && stats == 1);
		close(fd);
	}
	assert(v2v_guest_write(&k.m.guest, "/boot/cfg", "new", &err) == 0);
	fd = v2v_tree_fetch(&k.m.tree, "/boot/cfg", &size, &err);
	assert(fd >= 0 && size == 3);
	close(fd);
	assert(v2v_tree_fetch(&k.m.tree, "/boot/efi", &size, &err) < 0);
	same("directory", err.code, "guest-read");
	plan_guest_close(&k.m);
}

int main(void)
{
	static const char *const changes[] = { "another root",
		"a mount over it", "unmounted at", "a write", "a failure" };

	assert(mkdtemp(root) && mkdtemp(dir));
	test_mounted_again(ROOT, NULL, true);
	test_mounted_again(OTHER, NULL, false);
	test_mounted_again(ROOT, "/ostree/deploy/x", false);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		test_between(changes[i]);
	test_fetched();
	v2v_remove_tree(root);
	v2v_remove_tree(dir);
	return 0;
}
