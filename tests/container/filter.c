/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a container's usual seccomp profile refuses to who has no capability
 * for it, then the program: filter [-p] PROGRAM [ARGUMENT...]; -p: ptrace(),
 * too, as before Linux 4.8. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NAMESPACES 0x7e020000U
#define X32	   0x40000000U

static const unsigned refused[] = { SYS_acct, SYS_add_key, SYS_bpf, SYS_chroot,
	SYS_clock_adjtime, SYS_clock_settime, SYS_delete_module,
	SYS_fanotify_init, SYS_finit_module, SYS_fsconfig, SYS_fsmount,
	SYS_fsopen, SYS_fspick, SYS_init_module, SYS_io_uring_enter,
	SYS_io_uring_register, SYS_io_uring_setup, SYS_ioperm, SYS_iopl,
	SYS_kcmp, SYS_kexec_file_load, SYS_kexec_load, SYS_keyctl,
	SYS_lookup_dcookie, SYS_mbind, SYS_migrate_pages, SYS_mount,
	SYS_mount_setattr, SYS_move_mount, SYS_move_pages,
	SYS_open_by_handle_at, SYS_open_tree, SYS_perf_event_open,
	SYS_pivot_root, SYS_quotactl, SYS_reboot, SYS_request_key,
	SYS_setdomainname, SYS_sethostname, SYS_set_mempolicy, SYS_setns,
	SYS_settimeofday, SYS_swapoff, SYS_swapon, SYS_syslog, SYS_umount2,
	SYS_unshare, SYS_userfaultfd, SYS_ustat, SYS_vhangup };

static const unsigned personalities[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };

static struct sock_filter code[256];
static unsigned short count;

static void emit(unsigned what, unsigned k)
{
	code[count++] = (struct sock_filter)BPF_STMT(what, k);
}

static void jump(unsigned how, unsigned k, unsigned char yes, unsigned char no)
{
	code[count++] =
		(struct sock_filter)BPF_JUMP(BPF_JMP | how | BPF_K, k, yes, no);
}

static void load(size_t at)
{
	emit(BPF_LD | BPF_W | BPF_ABS, (unsigned)at);
}

static void refuse(unsigned call, int error)
{
	jump(BPF_JEQ, call, 0, 1);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error);
}

static void add_personality(void)
{
	const unsigned n = sizeof personalities / sizeof *personalities;

	jump(BPF_JEQ, SYS_personality, 0, (unsigned char)(n + 3));
	load(offsetof(struct seccomp_data, args));
	for (unsigned i = 0; i < n; i++)
		jump(BPF_JEQ, personalities[i], (unsigned char)(n - i), 0);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}

static void add_arguments(void)
{
	jump(BPF_JEQ, SYS_clone, 0, 4);
	load(offsetof(struct seccomp_data, args));
	jump(BPF_JSET, NAMESPACES, 0, 1);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	jump(BPF_JEQ, SYS_socket, 0, 4);
	load(offsetof(struct seccomp_data, args));
	jump(BPF_JEQ, AF_VSOCK, 0, 1);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}

static void build(int no_ptrace)
{
	load(offsetof(struct seccomp_data, arch));
	jump(BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0);
	emit(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	load(offsetof(struct seccomp_data, nr));
	jump(BPF_JGE, X32, 0, 1);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		refuse(refused[i], EPERM);
	if (no_ptrace)
		refuse(SYS_ptrace, EPERM);
	/* Its flags lie in memory. */
	refuse(SYS_clone3, ENOSYS);
	add_personality();
	add_arguments();
	emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}

int main(int argc, char **argv)
{
	int no_ptrace = argc > 1 && strcmp(argv[1], "-p") == 0;
	struct sock_fprog program = { 0, code };

	build(no_ptrace);
	program.len = count;
	if (argc < 2 + no_ptrace ||
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		perror("filter");
	else if (execvp(argv[1 + no_ptrace], argv + 1 + no_ptrace) < 0)
		perror(argv[1 + no_ptrace]);
	return 126;
}
