/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our side of the supervisor. */
#include "kernel/supervisor-private.h"

#include "core/open.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* It only has to be scheduled. */
#define LOCK_MS 10000
#define END_MS	5000

struct v2v_supervisor {
	pid_t pid; /* the supervisor's; -1: waited for */
	int control;
	bool is_locked, is_alone;
	struct v2v_supervisor_news *news; /* shared */
	uint64_t console_read;
};

/* None of the caller's handlers runs in the copy. */
static pid_t clone_quietly(
	unsigned long flags, const struct v2v_supervisor_plan *plan)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		v2v_supervise(plan);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

#define APART (CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET)

/* As far apart as this machine allows: by a user namespace, as root, not. */
static int start(struct v2v_supervisor *s, struct v2v_supervisor_plan *plan,
	struct v2v_error *err)
{
	static const unsigned long flags[] = {
		CLONE_NEWUSER | APART,
		CLONE_NEWUSER | CLONE_NEWPID,
		CLONE_NEWPID,
		0,
	};
	size_t i = plan->what->no_namespaces ? ARRAY_SIZE(flags) - 1 : 0;

	for (; s->pid < 0 && i < ARRAY_SIZE(flags); i++) {
		plan->is_alone = flags[i] & CLONE_NEWPID;
		s->pid = clone_quietly(flags[i], plan);
	}
	s->is_alone = plan->is_alone;
	if (s->pid < 0)
		return v2v_fail_errno(err, "cannot start a process");
	return 0;
}

int v2v_supervisor_start(const struct v2v_supervised *what,
	struct v2v_supervisor **ret_supervisor, struct v2v_error *err)
{
	struct v2v_supervisor *s = v2v_alloc(1, sizeof *s);
	struct v2v_supervisor_plan plan = { .what = what };
	int pair[2], status;

	s->pid = -1;
	s->control = -1;
	s->news = mmap(NULL, sizeof *s->news, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->news == MAP_FAILED || v2v_socketpair(pair) < 0) {
		if (s->news != MAP_FAILED)
			munmap(s->news, sizeof *s->news);
		free(s);
		return v2v_fail_errno(err, "cannot start a process");
	}
	plan.news = s->news;
	plan.control = pair[1];
	s->control = pair[0];
	status = start(s, &plan, err);
	close(pair[1]);
	if (status < 0) {
		v2v_supervisor_free(s);
		return -1;
	}
	*ret_supervisor = s;
	return 0;
}

int v2v_supervisor_lock(struct v2v_supervisor *s, struct v2v_error *err)
{
	char byte = V2V_SUPERVISOR_LOCK;
	struct pollfd fd = { s->control, POLLIN, 0 };
	int n;

	if (s->is_locked)
		return 0;
	if (send(s->control, &byte, 1, MSG_NOSIGNAL) != 1)
		return v2v_fail(err, "kernel-ended", "it has ended");
	do
		n = poll(&fd, 1, LOCK_MS);
	while (n < 0 && errno == EINTR);
	if (n != 1 || read(s->control, &byte, 1) != 1)
		return v2v_fail(err, "kernel-ended",
			"its process cannot be confined: no answer");
	s->is_locked = true;
	return 0;
}

/* Of the supervisor: when that is gone, all is. */
static bool has_ended(struct v2v_supervisor *s, int options)
{
	pid_t pid;

	if (s->pid < 0)
		return true;
	do
		pid = waitpid(s->pid, NULL, options);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return false;
	s->pid = -1;
	return true;
}

bool v2v_supervisor_is_alive(struct v2v_supervisor *s)
{
	return !__atomic_load_n(&s->news->is_ended, __ATOMIC_ACQUIRE) &&
	       !has_ended(s, WNOHANG);
}

int v2v_supervisor_status(struct v2v_supervisor *s)
{
	if (v2v_supervisor_is_alive(s))
		return 0;
	return __atomic_load_n(&s->news->is_ended, __ATOMIC_ACQUIRE)
		       ? s->news->status
		       : SIGKILL;
}

pid_t v2v_supervisor_pid(const struct v2v_supervisor *s)
{
	CLEANUP_FREE char *name = v2v_format(
		"/proc/%d/task/%d/children", (int)s->pid, (int)s->pid);
	CLEANUP_FCLOSE FILE *file = s->pid > 0 ? v2v_fopen(name) : NULL;
	int pid = 0;

	return file && fscanf(file, "%d", &pid) == 1 ? pid : 0;
}

char *v2v_supervisor_console(struct v2v_supervisor *s)
{
	const size_t room = V2V_SUPERVISOR_CONSOLE;
	struct v2v_text text CLEANUP_TEXT = { 0 };
	uint64_t end =
		__atomic_load_n(&s->news->console_length, __ATOMIC_ACQUIRE);
	uint64_t at = s->console_read;

	if (end - at > room)
		at = end - room;
	for (; at < end; at++) {
		const char c = s->news->console[at % room];

		if (c)
			v2v_text_add(&text, &c, 1);
	}
	s->console_read = end;
	return v2v_text_take(&text);
}

/* In a PID namespace the supervisor's end is everybody's, and is not over
 * before; else it needs the time to end the others. */
void v2v_supervisor_free(struct v2v_supervisor *s)
{
	if (!s)
		return;
	v2v_cleanup_close(&s->control);
	if (s->pid > 0 && s->is_alone)
		kill(s->pid, SIGKILL);
	for (int i = 0; !s->is_alone && !has_ended(s, WNOHANG); i++) {
		if (i == END_MS)
			kill(s->pid, SIGKILL);
		usleep(1000);
	}
	has_ended(s, 0);
	munmap(s->news, sizeof *s->news);
	free(s);
}
