/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an attacker would try who has taken over a program.  Preloaded, it
 * begins when the program has confined itself; as a program of its own
 * (-DALONE) it shows what is possible without.  A line on standard error for
 * each attempt: "attack NAME: done", or why not.  V2V_ATTACK is a directory
 * that has `secret` and `own`; V2V_PORT the port of a listener; V2V_MAY_WRITE,
 * if set, a directory, V2V_MAY_READ a file.  V2V_CRASH=1: crash instead.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static char place[256];

static const char *in_place(const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", place, name);
	return path;
}

static void tell(const char *name, int result)
{
	dprintf(2, "attack %s: %s\n", name,
		result >= 0 ? "done" : strerror(errno));
}

static int open_and_close(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd < 0 ? -1 : close(fd);
}

static int list(const char *path)
{
	DIR *dir = opendir(path);

	return dir ? closedir(dir) : -1;
}

static int run(const char *program)
{
	int status, ends[2], child_errno = 0;
	pid_t pid;

	if (pipe(ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		execl(program, program, (char *)NULL);
		child_errno = errno;
		_exit(write(ends[1], &child_errno, sizeof child_errno) < 0);
	}
	close(ends[1]);
	waitpid(pid, &status, 0);
	/* With no writer left: 0 bytes where it was started. */
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	if (read(ends[0], &child_errno, sizeof child_errno) <= 0)
		child_errno = 0;
	close(ends[0]);
	errno = child_errno;
	return child_errno ? -1 : 0;
}

static int connect_tcp(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), r;
	const char *port = getenv("V2V_PORT");

	if (fd < 0)
		return -1;
	to.sin_port =
		htons((unsigned short)strtol(port ? port : "0", NULL, 10));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r = connect(fd, (struct sockaddr *)&to, sizeof to);
	close(fd);
	return r;
}

static int connect_abstract(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), r;

	if (fd < 0)
		return -1;
	memcpy(to.sun_path + 1, "v2v-attack", 10);
	r = connect(fd, (struct sockaddr *)&to,
		offsetof(struct sockaddr_un, sun_path) + 11);
	close(fd);
	return r;
}

static int socket_of(int family, int type)
{
	int fd = socket(family, type, 0);

	return fd < 0 ? -1 : close(fd);
}

static int peek(pid_t pid)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { place, 1 };

	return (int)process_vm_readv(pid, &here, 1, &there, 1, 0);
}

static int namespace(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) < 0 ? errno : 0);
	waitpid(pid, &status, 0);
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

static void attack(void)
{
	char environ_of_parent[64];
	pid_t parent = getppid();

	snprintf(environ_of_parent, sizeof environ_of_parent,
		"/proc/%d/environ", (int)parent);
	tell("read", open_and_close(in_place("secret"), O_RDONLY));
	tell("write", open_and_close(in_place("own"), O_WRONLY));
	tell("create", open_and_close(in_place("new"), O_WRONLY | O_CREAT));
	tell("truncate", truncate(in_place("own"), 1));
	tell("mkdir", mkdir(in_place("new-dir"), 0700));
	tell("link", symlink("x", in_place("new-link")));
	tell("list", list(place));
	tell("chmod", chmod(in_place("own"), 0644));
	tell("chown", chown(in_place("own"), geteuid(), getegid()));
	tell("xattr", setxattr(in_place("own"), "user.v2v", "x", 1, 0));
	tell("remove", unlink(in_place("own")));
	tell("run", run("/bin/true"));
	tell("tcp", connect_tcp());
	tell("udp", socket_of(AF_INET, SOCK_DGRAM));
	tell("netlink", socket_of(AF_NETLINK, SOCK_RAW));
	tell("abstract", connect_abstract());
	tell("signal", kill(parent, 0));
	tell("environ", open_and_close(environ_of_parent, O_RDONLY));
	tell("peek", peek(parent));
	tell("namespace", namespace());
	if (getenv("V2V_MAY_READ")) {
		tell("may-read",
			open_and_close(getenv("V2V_MAY_READ"), O_RDONLY));
		tell("may-not-write",
			open_and_close(getenv("V2V_MAY_READ"), O_WRONLY));
	}
	if (getenv("V2V_MAY_WRITE")) {
		snprintf(place, sizeof place, "%s", getenv("V2V_MAY_WRITE"));
		tell("may-write",
			open_and_close(in_place("x"), O_RDWR | O_CREAT));
		tell("may-remove", unlink(in_place("x")));
	}
}

static void begin(void)
{
	snprintf(place, sizeof place, "%s",
		getenv("V2V_ATTACK") ? getenv("V2V_ATTACK") : "/nowhere");
	attack();
}

#ifdef ALONE
int main(void)
{
	begin();
	return 0;
}
#else
/* The filter is the last thing that is set. */
int prctl(int what, ...)
{
	int (*next)(int, ...) = (int (*)(int, ...))dlsym(RTLD_NEXT, "prctl");
	unsigned long a[4];
	va_list args;
	int r;

	va_start(args, what);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(args, unsigned long);
	va_end(args);
	r = next(what, a[0], a[1], a[2], a[3]);
	if (what != PR_SET_SECCOMP)
		return r;
	if (getenv("V2V_CRASH"))
		raise(SIGSEGV);
	begin();
	return r;
}
#endif
