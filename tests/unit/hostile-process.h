/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a hostile process tries in the box, before and after the lock: a line on
 * its standard output for each attempt, with the error. */
#ifndef V2V_TEST_HOSTILE_PROCESS_H
#define V2V_TEST_HOSTILE_PROCESS_H

#include "cases.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

static pid_t outside; /* this user's process, out of the box */
static int local[2];  /* of the hostile process */

static void tell(const char *name, long result)
{
	dprintf(1, "%s %d\n", name, result < 0 ? errno : 0);
}

/* All numbers: the filter looks at nothing else. */
static const char path[] = "/etc/passwd", *const no_strings[] = { NULL };
static const struct attempt {
	const char *name;
	long call, arguments[6];
	int wanted; /* the error after the lock; 0: it works */
} attempts[] = {
#define P(what) ((long)(what))
	{ "open", SYS_open, { P(path) }, EPERM },
	{ "openat", SYS_openat, { AT_FDCWD, P(path) }, EPERM },
	{ "openat2", SYS_openat2, { AT_FDCWD, P(path), P(path), 24 }, EPERM },
	{ "creat", SYS_creat, { P("/tmp/box"), 0600 }, EPERM },
	{ "open_by_handle_at", SYS_open_by_handle_at, { 0 }, EPERM },
	{ "unlink", SYS_unlink, { P("/tmp/box") }, EPERM },
	{ "mkdir", SYS_mkdir, { P("/tmp/box-dir"), 0700 }, EPERM },
	{ "rename", SYS_rename, { P("/tmp/box"), P("/tmp/box2") }, EPERM },
	{ "symlink", SYS_symlink, { P(path), P("/tmp/box") }, EPERM },
	{ "chmod", SYS_chmod, { P("/tmp/box"), 0 }, EPERM },
	{ "stat", SYS_stat, { P(path), 0 }, EPERM },
	{ "readlink", SYS_readlink, { P(path), 0, 0 }, EPERM },
	{ "chdir", SYS_chdir, { P("/") }, EPERM },
	{ "chroot", SYS_chroot, { P("/") }, EPERM },
	{ "mount", SYS_mount, { P("x"), P("/mnt"), P("tmpfs") }, EPERM },
	{ "umount2", SYS_umount2, { P("/proc"), 2 }, EPERM },
	{ "fsopen", SYS_fsopen, { P("tmpfs") }, EPERM },
	{ "open_tree", SYS_open_tree, { AT_FDCWD, P("/"), 1 }, EPERM },
	{ "pivot_root", SYS_pivot_root, { P("/"), P("/") }, EPERM },
	{ "socket", SYS_socket, { AF_UNIX, SOCK_STREAM }, EPERM },
	{ "socket-inet", SYS_socket, { AF_INET, SOCK_STREAM }, EPERM },
	{ "socket-datagram", SYS_socket, { AF_UNIX, SOCK_DGRAM }, EPERM },
	{ "socket-netlink", SYS_socket, { AF_NETLINK, SOCK_RAW }, EPERM },
	{ "socketpair-datagram", SYS_socketpair,
		{ AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, P(local) }, EPERM },
	{ "socketpair-packets", SYS_socketpair,
		{ AF_UNIX, SOCK_SEQPACKET, 0, P(local) }, EPERM },
	{ "connect", SYS_connect, { 1, P(path), 16 }, EPERM },
	{ "bind", SYS_bind, { 1, P(path), 16 }, EPERM },
	{ "accept4", SYS_accept4, { 1 }, EPERM },
	{ "execve", SYS_execve, { P("/bin/true"), P(no_strings), 0 }, EPERM },
	{ "execveat", SYS_execveat, { AT_FDCWD, P("/bin/true"), 0 }, EPERM },
	{ "memfd_create", SYS_memfd_create, { P("x"), 0 }, EPERM },
	{ "vfork", SYS_vfork, { 0 }, EPERM },
	{ "clone3", SYS_clone3, { P(path), 88 }, ENOSYS },
	{ "clone-user", SYS_clone, { CLONE_NEWUSER | SIGCHLD }, EPERM },
	{ "clone-untraced", SYS_clone, { CLONE_UNTRACED | SIGCHLD }, EPERM },
	{ "unshare", SYS_unshare, { CLONE_NEWUSER }, EPERM },
	{ "setns", SYS_setns, { 0, 0 }, EPERM },
	{ "bpf", SYS_bpf, { 0, P(path), 8 }, EPERM },
	{ "io_uring_setup", SYS_io_uring_setup, { 1, P(path) }, EPERM },
	{ "userfaultfd", SYS_userfaultfd, { 0 }, EPERM },
	{ "perf_event_open", SYS_perf_event_open, { P(path) }, EPERM },
	{ "keyctl", SYS_keyctl, { 0, 0, 0 }, EPERM },
	{ "init_module", SYS_init_module, { P(path), 1, P("") }, EPERM },
	{ "seccomp", SYS_seccomp, { 1, 0, 0 }, EPERM },
	{ "prctl", SYS_prctl, { 4, 1 }, EPERM },
	{ "ioctl", SYS_ioctl, { 0, 0x5412, P("x") }, EPERM },
	{ "setuid", SYS_setuid, { 0 }, EPERM },
	{ "setsid", SYS_setsid, { 0 }, EPERM },
	{ "setpgid", SYS_setpgid, { 0, 0 }, EPERM },
	{ "setpriority", SYS_setpriority, { 0, 0, 19 }, EPERM },
	{ "pidfd_open", SYS_pidfd_open, { 1, 0 }, EPERM },
	{ "rt_sigqueueinfo", SYS_rt_sigqueueinfo, { 1, 9, P(path) }, EPERM },
	{ "tkill", SYS_tkill, { 1, SIGKILL }, EPERM },
	{ "shmget", SYS_shmget, { 0, 4096, 0600 }, EPERM },
	{ "personality", SYS_personality, { 0 }, EPERM },
	{ "modify_ldt", SYS_modify_ldt, { 0, P(path), 1 }, ENOSYS },
	{ "x32", 0x40000000 | SYS_getpid, { 0 }, ENOSYS },
	{ "unknown", 1000, { 0 }, EPERM },
	/* What it does need. */
	{ "getpid", SYS_getpid, { 0 }, 0 },
	{ "socketpair", SYS_socketpair,
		{ AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, P(local) }, 0 },
	{ "eventfd2", SYS_eventfd2, { 0, 0 }, 0 },
	{ "pipe2", SYS_pipe2, { P(local), 0 }, 0 },
	{ "kill-own-group", SYS_kill, { 0, 0 }, 0 },
	{ "madvise", SYS_madvise, { 0, 0, 0 }, 0 },
	{ "fcntl", SYS_fcntl, { 1, F_GETFL, 0 }, 0 },
};

static void try_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++) {
		const struct attempt *a = &attempts[i];
		const long *x = a->arguments;

		tell(a->name,
			syscall(a->call, x[0], x[1], x[2], x[3], x[4], x[5]));
	}
}

/* What depends on who is there. */
static void try_others(void)
{
	struct f_owner_ex owner = { F_OWNER_PID, outside };
	pid_t supervisor = getppid();

	tell("kill-outside", kill(outside, SIGKILL));
	tell("kill-supervisor", kill(supervisor, SIGKILL));
	tell("kill-group-outside", kill(-outside, SIGKILL));
	tell("tgkill-outside", syscall(SYS_tgkill, outside, outside, SIGKILL));
	tell("setown-outside", fcntl(0, F_SETOWN, outside));
	tell("setown-ex-outside", fcntl(0, F_SETOWN_EX, &owner));
	tell("attach", ptrace(PTRACE_ATTACH, supervisor, 0, 0));
	tell("seize", ptrace(PTRACE_SEIZE, supervisor, 0, 0));
	tell("attach-outside", ptrace(PTRACE_ATTACH, outside, 0, 0));
	tell("vm-read", syscall(SYS_process_vm_readv, supervisor, 0, 0, 0, 0));
}

/* A child's call that its tracer makes another: what UML does all the time. */
static void try_traced(void)
{
	struct user_regs_struct r;
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		syscall(SYS_getuid + 0);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	waitpid(pid, NULL, 0); /* it asks for its user */
	ptrace(PTRACE_GETREGS, pid, 0, &r);
	r.orig_rax = SYS_open;
	r.rdi = (unsigned long)path;
	r.rsi = r.rdx = 0;
	ptrace(PTRACE_SETREGS, pid, 0, &r);
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	waitpid(pid, NULL, 0);
	memset(&r, 0, sizeof r);
	ptrace(PTRACE_GETREGS, pid, 0, &r);
	errno = (int)-(long)r.rax;
	tell("traced-open", (long)r.rax < 0 ? -1 : 0);
	tell("kill-child", kill(pid, SIGKILL));
	tell("wait-child", waitpid(pid, NULL, 0));
}

/* What the kernel itself would not refuse. */
static void try_child(void)
{
	int status = 0;
	pid_t pid = fork();

	while (pid == 0)
		pause();
	tell("attach-child", ptrace(PTRACE_ATTACH, pid, 0, 0));
	tell("seize-child", ptrace(PTRACE_SEIZE, pid, 0, 0));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	pid = fork();
	if (pid == 0)
		_exit(setsid() < 0 ? errno : 0);
	waitpid(pid, &status, 0);
	errno = WEXITSTATUS(status);
	tell("setsid-child", errno ? -1 : 0);
}

/* A call of i386, whose numbers mean others: the signal that ends it, or 0.  A
 * kernel that does not know such calls has SIGSEGV, in a box or not. */
static int call_i386(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		long result;

		/* A sanitizer's handler would end it with a status. */
		signal(SIGSEGV, SIG_DFL);
		__asm__ volatile("int $0x80" : "=a"(result) : "a"(20));
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void try_i386(void)
{
	errno = call_i386();
	tell("i386", errno ? -1 : 0);
}

static void show_file(const char *name)
{
	char data[4096];
	int fd = open(name, O_RDONLY);
	ssize_t n = read(fd, data, sizeof data);

	for (ssize_t i = 0; i < n; i++)
		if (data[i] == '\0')
			data[i] = '\n';
	if (n < 0 || write(1, data, (size_t)n) != n)
		_exit(1);
	close(fd);
}

/* Well-behaved until here: it may do anything, as UML does. */
static void before(void)
{
	int fd = open("/dev/null", O_RDWR);

	show_file("/proc/self/status");
	show_file("/proc/self/environ");
	for (int i = 0; i < 100; i++)
		if (i != fd && fcntl(i, F_GETFD) >= 0)
			dprintf(1, "has-file %d\n", i);
	close(fd);
	tell("before-open", fd);
	tell("before-stream", socket(AF_UNIX, SOCK_STREAM, 0));
	tell("before-datagram", socket(AF_UNIX, SOCK_DGRAM, 0));
	tell("before-unshare", unshare(CLONE_NEWUSER));
	tell("before-attach", ptrace(PTRACE_ATTACH, getppid(), 0, 0));
	dprintf(1, "number %d\nbefore\n", (int)getpid());
}

static _Noreturn void be_hostile(const char *victim)
{
	outside = (pid_t)strtol(victim, NULL, 10);
	before();
	for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0; usleep(1000))
		close(fd);
	try_all();
	try_others();
	try_traced();
	try_child();
	try_i386();
	dprintf(1, "after\n");
	for (;;)
		pause();
}
#endif
