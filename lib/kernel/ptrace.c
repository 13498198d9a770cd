/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ptrace(2), tried out. */
#include "kernel/ptrace.h"

#include "core/mem.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#ifndef PTRACE_SYSEMU
#define PTRACE_SYSEMU 31
#endif

/* Is the child stopped now? */
static bool is_stopped(pid_t pid, int signal)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	return got == pid && WIFSTOPPED(status) && WSTOPSIG(status) == signal;
}

static _Noreturn void be_traced(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
		_exit(1);
	raise(SIGSTOP);
	_exit(0);
}

bool v2v_ptrace_works(void)
{
	pid_t pid = fork();
	bool works;

	if (pid == 0)
		be_traced();
	if (pid < 0)
		return false;
	/* Its next call is reported instead of made. */
	works = is_stopped(pid, SIGSTOP) &&
		ptrace(PTRACE_SYSEMU, pid, 0, 0) == 0 &&
		is_stopped(pid, SIGTRAP);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return works;
}
