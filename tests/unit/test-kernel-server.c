/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib/kernel/server: what only a real filesystem or device shows.  The host's
 * kernel has them, for root. */
#include "kernel-server.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#define CAP_SYS_ADMIN 21 /* linux/capability.h */

static char image[] = "/tmp/v2v-test-image-XXXXXX";

/* What is mounted ends with this process. */
static bool can_mount(void)
{
	static const char *const programs[] = { "/sbin/mkfs.btrfs",
		"/usr/sbin/mkfs.btrfs" };

	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	return access(programs[0], X_OK) == 0 || access(programs[1], X_OK) == 0;
}

static void run(const char *script)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		setenv("image", image, 1);
		setenv("root", root, 1);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		/* By name: more may be mounted there by now. */
		if (chdir(root) < 0)
			_exit(127);
		execl("/bin/sh", "sh", "-ec", script, (char *)NULL);
		_exit(127);
	}
	assert(child > 0 && waitpid(child, &status, 0) == child);
	if (status)
		fprintf(stderr, "failed: %s\n", script);
	assert(status == 0);
}

/* In the order of their ids. */
static char *subvolumes(void)
{
	struct v2v_text text = { 0 };
	struct v2v_list found = { 0 };
	struct v2v_error err = { 0 };

	if (v2v_kernel_btrfs_subvolumes(&kernel, "/", &found, &err) < 0)
		v2v_text_addf(&text, "%s", err.text);
	v2v_list_foreach (const struct v2v_kernel_subvolume, one, &found)
		v2v_text_addf(&text, "%s\n", one->path);
	v2v_kernel_subvolumes_clear(&found);
	return v2v_text_take(&text);
}

/* Ids are never used again: with a missing one, what lies between is found,
 * which is of other types. */
static void test_subvolumes(const char *argv0)
{
	CLEANUP_FREE char *before = NULL, *after = NULL;

	run("truncate -s 256M $image; mkfs.btrfs -q $image;"
	    "mount -o loop $image $root; cd $root;"
	    "btrfs subvolume create @; btrfs subvolume create gone;"
	    "mkdir -p @/var/lib; btrfs subvolume create @/var/lib/inner;"
	    "btrfs subvolume create old; btrfs subvolume create @/last");
	start_server(argv0, NULL);
	before = subvolumes();
	same("all", before, "@\ngone\n@/var/lib/inner\nold\n@/last\n");
	run("btrfs subvolume delete -c gone; btrfs subvolume delete -c old;"
	    "btrfs subvolume sync .");
	after = subvolumes();
	same("past a missing id", after, "@\n@/var/lib/inner\n@/last\n");
	stop_server();
	run("cd /; umount $root");
}

/* An error is not the end of the list. */
static void test_no_btrfs(const char *argv0)
{
	struct v2v_list found = { 0 };

	start_server(argv0, NULL);
	want_error(v2v_kernel_btrfs_subvolumes(&kernel, "/", &found, NULL),
		ENOTTY);
	stop_server();
}

static void give_up_mounting(void)
{
	prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN);
}

/* No ntfs-3g here: what the kernel said counts. */
static void test_ntfs(const char *argv0)
{
	struct v2v_kernel_mount mount = { .type = "ntfs", .directory = "/" };
	char device[64] = "";
	FILE *f;

	run("losetup --show -f $image >$root/device");
	f = fopen("device", "r");
	assert(f && fscanf(f, "%63s", device) == 1);
	fclose(f);
	mount.device = device;
	start_server(argv0, give_up_mounting);
	want_error(v2v_kernel_mount(&kernel, &mount, NULL), EPERM);
	stop_server();
	run("losetup -d $(cat device)");
}

int main(int argc, char **argv)
{
	CLEANUP_FREE char *program = realpath(argv[0], NULL);
	int fd;

	(void)argc;
	if (!can_mount()) {
		printf("skipped: mounts need root and mkfs.btrfs\n");
		return 0;
	}
	assert(program && mkdtemp(root) && chdir(root) == 0);
	fd = mkstemp(image);
	assert(fd >= 0);
	close(fd);
	test_subvolumes(program);
	test_no_btrfs(program);
	test_ntfs(program);
	assert(chdir("/") == 0);
	unlink(image);
	v2v_remove_tree(root);
	return 0;
}
