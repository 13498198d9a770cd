/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loaded into User-mode Linux before its libc (LD_PRELOAD), alone: its ptrace()
 * mended.  It keeps 2696 bytes of a process' floating-point registers (Linux
 * until 6.12: arch/x86/um/asm/.../ptrace-abi.h, HOST_FP_SIZE), and a kernel
 * takes nothing but all of them (arch/x86/kernel/fpu/regset.c,
 * xstateregs_set()): EFAULT, and init is killed, on every processor that has
 * more, as those with AMX do.  Nothing in there uses what UML does not know: it
 * stays in its initial state.
 *
 * And neither whom it traces nor its helpers (clone() with CLONE_VM) live on
 * without it.
 *
 * Its memory is a file of memory, not one of a folder's that may be small or
 * 'noexec', as a container's /dev/shm is both.
 */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST (64 << 10)

/* One thread traces. */
static struct iovec all;
static char registers[MOST];

/* All that the kernel has, asked for once. */
static size_t full_size(long pid)
{
	if (all.iov_len == 0) {
		all = (struct iovec){ registers, sizeof registers };
		if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, NT_X86_XSTATE,
			    &all) < 0)
			all.iov_len = 0;
	}
	return all.iov_len;
}

static long set_registers(long pid, void *few)
{
	const struct iovec *given = few;

	if (given->iov_len >= full_size(pid))
		return syscall(
			SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, few);
	memset(registers, 0, all.iov_len);
	memcpy(registers, given->iov_base, given->iov_len);
	return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, &all);
}

/* As glibc's: what is peeked at is returned. */
static long peek(int request, long pid, void *address)
{
	long word;

	if (syscall(SYS_ptrace, request, pid, address, &word) < 0)
		return -1;
	errno = 0;
	return word;
}

/* x86 has an old number for it, too (asm/ptrace-abi.h). */
#define OLD_SETOPTIONS 21

static long set_options(long pid, void *data)
{
	return syscall(SYS_ptrace, PTRACE_SETOPTIONS, pid, NULL,
		(unsigned long)data | PTRACE_O_EXITKILL);
}

long v2v_preload_ptrace(int request, ...) __asm__("ptrace");
long v2v_preload_ptrace(int request, ...)
{
	va_list arguments;
	void *address, *data;
	long pid;

	va_start(arguments, request);
	pid = va_arg(arguments, int);
	address = va_arg(arguments, void *);
	data = va_arg(arguments, void *);
	va_end(arguments);
	if (request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE)
		return set_registers(pid, data);
	if (request == PTRACE_SETOPTIONS || request == OLD_SETOPTIONS)
		return set_options(pid, data);
	if (request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA ||
		request == PTRACE_PEEKUSER)
		return peek(request, pid, address);
	return syscall(SYS_ptrace, request, pid, address, data);
}

/* A function to be called in the new process, at the top of its stack. */
struct begin {
	int (*call)(void *argument);
	void *argument;
};

static int begin(void *opaque)
{
	struct begin what = *(struct begin *)opaque;

	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return what.call(what.argument);
}

int v2v_preload_clone(int (*call)(void *argument), void *stack, int flags,
	void *argument, ...) __asm__("clone");
int v2v_preload_clone(int (*call)(void *argument), void *stack, int flags,
	void *argument, ...)
{
	int (*next)(int (*)(void *), void *, int, void *, ...) =
		(__typeof__(next))dlsym(RTLD_NEXT, "clone");
	struct begin *top = (struct begin *)((unsigned long)stack & ~15UL) - 1;

	*top = (struct begin){ call, argument };
	return next(begin, top, flags, top);
}

/* The one file without a name that it opens (arch/um/os-Linux/mem.c,
 * make_tempfile()); -1 where it could not be executed. */
static int open_memory(void)
{
	int fd = (int)syscall(SYS_memfd_create, "uml", MFD_CLOEXEC);
	void *page = MAP_FAILED;

	if (fd < 0)
		return -1;
	if (ftruncate(fd, 4096) == 0)
		page = mmap(
			NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		close(fd);
		return -1;
	}
	munmap(page, 4096);
	return fd;
}

int v2v_preload_open(const char *path, int flags, ...) __asm__("open64");
int v2v_preload_open(const char *path, int flags, ...)
{
	bool is_memory = (flags & O_TMPFILE) == O_TMPFILE;
	int fd = is_memory ? open_memory() : -1;
	va_list arguments;
	int mode = 0;

	if (fd >= 0)
		return fd;
	va_start(arguments, flags);
	if (flags & O_CREAT || is_memory)
		mode = va_arg(arguments, int);
	va_end(arguments);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int v2v_preload_open_short(const char *path, int flags, ...) __asm__("open")
	__attribute__((alias("open64")));
