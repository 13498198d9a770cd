/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first program of a small kernel, for test-vehicle: what it does is its
 * name.  Static, without the library. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static int log_fd = -1;

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	char line[256] = "<1>";
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + 3, sizeof line - 3, fmt, args);
	va_end(args);
	if (write(log_fd, line, strlen(line)) < 0)
		_exit(1);
}

static int count_names(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	if (!dir)
		return -errno;
	errno = 0;
	while (readdir(dir))
		n++;
	n = errno ? -errno : n;
	closedir(dir);
	return n;
}

/* The machine's files, by whatever way a mount gives. */
static void try_hostfs(const char *what)
{
	int status = mount("none", "/h", "hostfs", 0, what) < 0 ? -errno : 0;

	if (status == 0) {
		status = count_names("/h");
		umount2("/h", MNT_DETACH);
	}
	say("hostfs '%s': %d\n", what, status);
}

/* Processes are UML's weak side: each is one of the host. */
static void start_children(void)
{
	for (int i = 0; i < 3; i++)
		if (fork() == 0)
			for (;;)
				pause();
}

static void run_child(void)
{
	if (fork() == 0)
		_exit(0);
	wait(NULL);
}

int main(int argc, char **argv)
{
	const char *name = argc > 0 ? argv[0] : "";

	mkdir("/h", 0700);
	mkdir("/dev", 0755);
	mknod("/dev/kmsg", S_IFCHR | 0600, makedev(1, 11));
	log_fd = open("/dev/kmsg", O_WRONLY);
	run_child();
	if (strcmp(name, "/wait") == 0)
		start_children();
	say("ready\n");
	for (int i = 0; strcmp(name, "/hostfs") == 0 && i < 200; i++) {
		try_hostfs("");
		try_hostfs("/etc");
		try_hostfs("../../../../../../../../etc");
		run_child();
		usleep(20000);
	}
	while (strcmp(name, "/wait") == 0)
		pause();
	if (strcmp(name, "/crash") == 0)
		return 3;
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
