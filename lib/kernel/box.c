/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filter as a program of BPF, and the answers to what it asks. */
#include "kernel/box.h"

#include "core/mem.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE 0
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#define X32 0x40000000U

#ifdef __x86_64__
/* Reads, memory, signals and time of its own; what is open already. */
static const int allowed[] = { SYS_read, SYS_write, SYS_readv, SYS_writev,
	SYS_pread64, SYS_pwrite64, SYS_close, SYS_mmap, SYS_munmap,
	SYS_mprotect, SYS_brk, SYS_rt_sigaction, SYS_rt_sigprocmask,
	SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_madvise, SYS_lseek, SYS_getpid,
	SYS_gettid, SYS_getppid, SYS_wait4, SYS_timer_create, SYS_timer_settime,
	SYS_timer_gettime, SYS_timer_getoverrun, SYS_timer_delete,
	SYS_clock_gettime, SYS_clock_nanosleep, SYS_nanosleep, SYS_epoll_ctl,
	SYS_epoll_wait, SYS_epoll_pwait, SYS_eventfd2, SYS_pipe2, SYS_sendmsg,
	SYS_recvmsg, SYS_sendto, SYS_recvfrom, SYS_exit, SYS_exit_group,
	SYS_futex, SYS_getrandom, SYS_sigaltstack, SYS_set_robust_list,
	SYS_rseq, SYS_fsync, SYS_poll, SYS_ppoll, SYS_fstat, SYS_sched_yield,
	SYS_restart_syscall, SYS_arch_prctl, SYS_set_tid_address };

/* Never; what asks for them does without. */
static const struct {
	int call, error;
} refused[] = {
	{ SYS_clone3, ENOSYS }, /* its flags lie in memory; clone() serves */
	{ SYS_modify_ldt, ENOSYS },
	{ SYS_bind, EPERM },
	{ SYS_listen, EPERM },
	{ SYS_unshare, EPERM },
	{ SYS_setns, EPERM },
	{ SYS_process_vm_readv, EPERM },
	{ SYS_process_vm_writev, EPERM },
};

/* Whom a signal goes to is a number: no memory that could change behind us. */
static const int signals[] = { SYS_kill, SYS_tgkill };
#else
static const int allowed[] = { SYS_exit };
static const struct {
	int call, error;
} refused[] = { { SYS_clone3, ENOSYS } };
static const int signals[] = { SYS_kill };
#endif

/* Of clone(): no namespace.  CLONE_PARENT is how User-mode Linux makes the
 * process of a program that forks (copy_context_skas0()). */
#define CLONE_USED                                                             \
	(0xffU | CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |           \
		CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_VFORK |    \
		CLONE_PARENT | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID |    \
		CLONE_CHILD_SETTID)

struct program {
	struct sock_filter code[256];
	unsigned short count;
};

static void emit(struct program *p, unsigned code, unsigned k)
{
	p->code[p->count++] = (struct sock_filter)BPF_STMT(code, k);
}

/* Pass over so many instructions where it is so, or where it is not. */
static void test(struct program *p, unsigned how, unsigned k, unsigned char yes,
	unsigned char no)
{
	p->code[p->count++] =
		(struct sock_filter)BPF_JUMP(BPF_JMP | how | BPF_K, k, yes, no);
}

static void give(struct program *p, unsigned what)
{
	emit(p, BPF_RET | BPF_K, what);
}

static void fail_with(struct program *p, unsigned error)
{
	give(p, SECCOMP_RET_ERRNO | error);
}

/* The low half; what looks at it ignores the high one, as the kernel does. */
static void load_argument(struct program *p, unsigned i)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS,
		(unsigned)(offsetof(struct seccomp_data, args) + 8 * i));
}

/* Another machine's numbers mean other calls. */
static void add_machine(struct program *p)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	test(p, BPF_JEQ, ARCHITECTURE, 1, 0);
	give(p, SECCOMP_RET_KILL_PROCESS);
	emit(p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	test(p, BPF_JGE, X32, 0, 1);
	fail_with(p, ENOSYS);
}

static void add_lists(struct program *p, bool alone)
{
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		test(p, BPF_JEQ, (unsigned)allowed[i], 0, 1);
		give(p, SECCOMP_RET_ALLOW);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		test(p, BPF_JEQ, (unsigned)refused[i].call, 0, 1);
		fail_with(p, (unsigned)refused[i].error);
	}
	for (size_t i = 0; alone && i < ARRAY_SIZE(signals); i++) {
		test(p, BPF_JEQ, (unsigned)signals[i], 0, 1);
		give(p, SECCOMP_RET_ALLOW);
	}
}

/* Children, who ask for it themselves (PTRACE_TRACEME), alone. */
static void add_ptrace(struct program *p)
{
	test(p, BPF_JEQ, SYS_ptrace, 0, 5);
	load_argument(p, 0);
	test(p, BPF_JEQ, PTRACE_ATTACH, 2, 0);
	test(p, BPF_JEQ, PTRACE_SEIZE, 1, 0);
	give(p, SECCOMP_RET_ALLOW);
	fail_with(p, EPERM);
}

/* A signal for itself at its parent's end. */
static void add_prctl(struct program *p)
{
	test(p, BPF_JEQ, SYS_prctl, 0, 4);
	load_argument(p, 0);
	test(p, BPF_JEQ, PR_SET_PDEATHSIG, 0, 1);
	give(p, SECCOMP_RET_ALLOW);
	give(p, SECCOMP_RET_USER_NOTIF);
}

static void add_clone(struct program *p)
{
	test(p, BPF_JEQ, SYS_clone, 0, 4);
	load_argument(p, 0);
	test(p, BPF_JSET, ~CLONE_USED, 1, 0);
	give(p, SECCOMP_RET_ALLOW);
	fail_with(p, EPERM);
}

/* A stream of this machine, which sends to its other end and nowhere else. */
static void add_sockets(struct program *p)
{
	const unsigned calls[] = { SYS_socketpair, SYS_socket };

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		test(p, BPF_JEQ, calls[i], 0, 7);
		load_argument(p, 0);
		test(p, BPF_JEQ, AF_UNIX, 0, 4);
		load_argument(p, 1);
		emit(p, BPF_ALU | BPF_AND | BPF_K, 0xf);
		test(p, BPF_JEQ, SOCK_STREAM, 0, 1);
		give(p, i == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_USER_NOTIF);
		fail_with(p, EPERM);
	}
}

/* Choosing who is signalled when a file has data is equivalent to kill(). */
static void add_fcntl(struct program *p, bool alone)
{
	test(p, BPF_JEQ, SYS_fcntl, 0, alone ? 1 : 5);
	if (alone) {
		give(p, SECCOMP_RET_ALLOW);
		return;
	}
	load_argument(p, 1);
	test(p, BPF_JEQ, F_SETOWN, 2, 0);
	test(p, BPF_JEQ, F_SETOWN_EX, 1, 0);
	give(p, SECCOMP_RET_ALLOW);
	give(p, SECCOMP_RET_USER_NOTIF);
}

static void build(struct program *p, bool alone)
{
	p->count = 0;
	add_machine(p);
	add_lists(p, alone);
	add_ptrace(p);
	/* What follows loads the argument in the place of the call only where
	 * it returns. */
	add_prctl(p);
	add_clone(p);
	add_sockets(p);
	add_fcntl(p, alone);
	give(p, SECCOMP_RET_USER_NOTIF);
}

static int set_filter(const struct sock_fprog *program, unsigned long flags)
{
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		flags | SECCOMP_FILTER_FLAG_NEW_LISTENER, program);
}

int v2v_box_enter(bool alone)
{
	struct program p;
	struct sock_fprog program = { 0 };
	int listener;

	build(&p, alone);
	program = (struct sock_fprog){ p.count, p.code };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	/* Timers need not restart a call that has been taken already: since
	 * Linux 5.19. */
	listener = set_filter(&program, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	if (listener < 0 && errno == EINVAL)
		listener = set_filter(&program, 0);
	return listener;
}

/* The kernel's structs may be longer than ours: so long at most. */
#define MAX_STRUCT 512

bool v2v_box_is_supported(void)
{
	const unsigned action = SECCOMP_RET_USER_NOTIF;
	struct seccomp_notif_sizes sizes = { 0 };

	return ARCHITECTURE &&
	       syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) ==
		       0 &&
	       syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 &&
	       sizes.seccomp_notif <= MAX_STRUCT &&
	       sizes.seccomp_notif_resp <= MAX_STRUCT;
}

/* A process of the box's own group, or all of that. */
static bool is_own(const struct v2v_box *box, int pid)
{
	if (pid == 0 || pid == -box->group)
		return true;
	return pid > 0 && getpgid(pid) == box->group;
}

static bool may_go_on(const struct v2v_box *box, const struct seccomp_data *d)
{
	if (!box->is_locked)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (d->nr == signals[i])
			return is_own(box, (int)d->args[0]);
	return d->nr == SYS_fcntl && (int)d->args[1] == F_SETOWN &&
	       is_own(box, (int)d->args[2]);
}

bool v2v_box_answer(struct v2v_box *box)
{
	union {
		struct seccomp_notif is;
		char room[MAX_STRUCT];
	} call;
	union {
		struct seccomp_notif_resp is;
		char room[MAX_STRUCT];
	} answer;

	memset(&call, 0, sizeof call);
	memset(&answer, 0, sizeof answer);
	/* ENOENT: who called is gone, or was interrupted and calls again. */
	if (ioctl(box->listener, SECCOMP_IOCTL_NOTIF_RECV, &call.is) < 0)
		return errno == EINTR || errno == ENOENT;
	answer.is.id = call.is.id;
	if (may_go_on(box, &call.is.data)) {
		answer.is.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	} else {
		answer.is.error = -EPERM;
		box->refused = call.is.data.nr;
	}
	ioctl(box->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer.is);
	return true;
}
