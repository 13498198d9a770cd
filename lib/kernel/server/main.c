/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /init of the small kernel.  As "modprobe" it loads modules; as
 * "v2v-kernel-init --serve FD ROOT TOOLS" it is an ordinary process that serves
 * the directory ROOT by a socket, with programs of TOOLS, for tests.
 */
#include "server.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>

static void loop(struct channel *channel)
{
	/* The data is written in whole blocks. */
	struct reply reply = { .room = V2V_KERNEL_MAX_DATA };
	unsigned char *request;
	size_t size;

	reply.data = aligned_alloc(4096, V2V_KERNEL_MAX_DATA);
	if (!reply.data)
		return;
	while (channel->receive(channel, &request, &size)) {
		int status;

		reply.length = 0;
		reply.is_full = false;
		status = serve_request(request, size, &reply);
		if (!channel->answer(channel, status, &reply))
			break;
	}
	free(reply.data);
}

/* A kernel that tells a program of each device and module makes a process to
 * find that there is none. */
static void drop_helper(void)
{
	text_write("/sys/kernel/uevent_helper", "\n");
}

static void make_ground(void)
{
	static const char *const dirs[] = { "/proc", "/sys", "/dev", "/run",
		"/tmp", "/g", "/tools", "/var", "/etc" };
	static const char *const run_dirs[] = { "/run/lock", "/run/lock/lvm",
		"/run/lvm", "/run/cryptsetup", "/run/mdadm" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		mkdir(dirs[i], 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	drop_helper();
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mount("tmpfs", "/run", "tmpfs", 0, NULL);
	mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(run_dirs); i++)
		mkdir(run_dirs[i], 0700);
	if (symlink("/run", "/var/run") < 0 ||
		symlink("/run/lock", "/var/lock") < 0 ||
		symlink("/proc/self/mounts", "/etc/mtab") < 0)
		perror("cannot make a link");
	/* An empty root for what is mounted. */
	mount("tmpfs", guest_root, "tmpfs", 0, "mode=0755");
}

static int serve_tests(const char *fd, const char *root, const char *tools)
{
	struct channel channel = { .fd = -1 };

	if (strlen(root) >= PATH_MAX || chdir(root) < 0)
		return 2;
	snprintf(guest_root, PATH_MAX, "%s", root);
	tools_use(tools);
	stream_open(&channel, (int)strtol(fd, NULL, 10));
	loop(&channel);
	free(channel.whole);
	return 0;
}

static void boot(void)
{
	static const char *const first[] = { "virtio_pci", "virtio_mmio",
		"virtio_blk" };
	struct channel channel = { .fd = -1 };

	make_ground();
	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		module_load(first[i]);
	if (!mailbox_open(&channel)) {
		printf("v2v-kernel-init: no mailbox: %s\n", strerror(errno));
		return;
	}
	/* Modules are on it. */
	tools_mount();
	loop(&channel);
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');

	umask(0);
	signal(SIGPIPE, SIG_IGN);
	if (strcmp(slash ? slash + 1 : argv[0], "modprobe") == 0)
		return modprobe_main(argc, argv);
	if (argc == 5 && strcmp(argv[1], "--serve") == 0)
		return serve_tests(argv[2], argv[3], argv[4]);
	if (getpid() != 1) {
		fputs("v2v-kernel-init is the first process of a kernel\n",
			stderr);
		return 2;
	}
	boot();
	reboot(RB_POWER_OFF);
	return 1;
}
