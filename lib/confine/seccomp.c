/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filter: a line of comparisons, made for one architecture. */
#include "confine/seccomp.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__) && defined(__LP64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCH AUDIT_ARCH_PPC64LE
#endif

#ifdef ARCH

#define X32_BIT 0x40000000U /* asm/unistd.h of x86 */

#define NEW_NAMESPACE                                                          \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |         \
		CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* What the headers of the host do not have its kernel may have; these have one
 * number everywhere. */
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat	  463
#define SYS_removexattrat 466
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif

static const int refused[] = {
/* other processes */
#ifndef __SANITIZE_ADDRESS__ /* LeakSanitizer's way to stop threads */
	SYS_ptrace,
#endif
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_pidfd_getfd,
	SYS_kcmp,
/* files by what Landlock does not look at */
#ifdef SYS_chmod
	SYS_chmod,
	SYS_chown,
	SYS_lchown,
#endif
	SYS_fchmodat,
	SYS_fchmodat2,
	SYS_fchownat,
	SYS_setxattr,
	SYS_lsetxattr,
	SYS_removexattr,
	SYS_lremovexattr,
	SYS_setxattrat,
	SYS_removexattrat,
	SYS_open_by_handle_at,
	/* other views of the file system */
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_open_tree,
	SYS_open_tree_attr,
	SYS_move_mount,
	SYS_fsopen,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fspick,
	SYS_mount_setattr,
	SYS_unshare,
	SYS_setns,
	/* calls that no filter sees */
	SYS_io_uring_setup,
	SYS_io_uring_enter,
	SYS_io_uring_register,
	/* the kernel's own matters, and what is rarely tried */
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
	SYS_reboot,
	SYS_swapon,
	SYS_swapoff,
	SYS_acct,
	SYS_quotactl,
	SYS_syslog,
	SYS_vhangup,
	SYS_personality,
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_adjtimex,
	SYS_clock_adjtime,
	SYS_sethostname,
	SYS_setdomainname,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
	SYS_iopl,
	SYS_ioperm,
#endif
};

#define MAX_CODE (2 * ARRAY_SIZE(refused) + 64)

struct program {
	struct sock_filter code[MAX_CODE];
	unsigned short count;
};

static void add(struct program *p, unsigned short code, uint32_t k,
	unsigned char if_true, unsigned char if_false)
{
	p->code[p->count++] =
		(struct sock_filter){ code, if_true, if_false, k };
}

static void load(struct program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* Little endian: the lower half comes first. */
static void load_argument(struct program *p, unsigned number)
{
	load(p, offsetof(struct seccomp_data, args) +
			number * sizeof(uint64_t));
}

static void answer(struct program *p, uint32_t action)
{
	add(p, BPF_RET | BPF_K, action, 0, 0);
}

static void refuse(struct program *p, int number)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1);
	answer(p, SECCOMP_RET_ERRNO | EPERM);
}

/* Skip so many lines unless it is this call. */
static void unless(struct program *p, int number, unsigned char lines)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, lines);
}

static void check_sockets(struct program *p, enum v2v_sockets sockets)
{
	if (sockets == V2V_SOCKETS_ALL)
		return;
	if (sockets == V2V_SOCKETS_NONE) {
		refuse(p, SYS_socket);
		return;
	}
	unless(p, SYS_socket, 4);
	load_argument(p, 0);
	add(p, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0);
	answer(p, SECCOMP_RET_ERRNO | EPERM);
	answer(p, SECCOMP_RET_ALLOW);
}

/* Text that a terminal takes for typed. */
static void check_terminal(struct program *p)
{
	unless(p, SYS_ioctl, 5);
	load_argument(p, 1);
	add(p, BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 1, 0);
	add(p, BPF_JMP | BPF_JEQ | BPF_K, TIOCLINUX, 0, 1);
	answer(p, SECCOMP_RET_ERRNO | EPERM);
	answer(p, SECCOMP_RET_ALLOW);
}

/* The flags of clone3() are where no filter can look; libc then takes the
 * other. */
static void check_namespaces(struct program *p)
{
	unless(p, SYS_clone3, 1);
	answer(p, SECCOMP_RET_ERRNO | ENOSYS);
	unless(p, SYS_clone, 4);
	load_argument(p, 0);
	add(p, BPF_JMP | BPF_JSET | BPF_K, NEW_NAMESPACE, 0, 1);
	answer(p, SECCOMP_RET_ERRNO | EPERM);
	answer(p, SECCOMP_RET_ALLOW);
}

static void assemble(struct program *p, enum v2v_sockets sockets)
{
	p->count = 0;
	load(p, offsetof(struct seccomp_data, arch));
	add(p, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	answer(p, SECCOMP_RET_KILL_PROCESS);
	load(p, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	add(p, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
	answer(p, SECCOMP_RET_ERRNO | ENOSYS);
#endif
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		refuse(p, refused[i]);
	check_sockets(p, sockets);
	check_terminal(p);
	check_namespaces(p);
	answer(p, SECCOMP_RET_ALLOW);
}

int v2v_seccomp_enforce(enum v2v_sockets sockets, struct v2v_error *err)
{
	struct program program;
	struct sock_fprog all;

	assemble(&program, sockets);
	all = (struct sock_fprog){ program.count, program.code };
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0) == 0)
		return 0;
	/* A kernel without it; a container's own filter. */
	if (errno == EINVAL || errno == ENOSYS || errno == EPERM)
		return 1;
	return v2v_fail_errno(err, "PR_SET_SECCOMP");
}

#else

int v2v_seccomp_enforce(enum v2v_sockets sockets, struct v2v_error *err)
{
	(void)sockets;
	(void)err;
	return 1;
}
#endif
