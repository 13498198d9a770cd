/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The supervisor's process.  Async-signal-safe calls only: the threads that the
 * caller may have had are not here, but the locks that they held are. */
#include "kernel/supervisor-private.h"

#include "confine/landlock.h"
#include "kernel/box.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { CONTROL, CONSOLE, SOCKET, LISTENER, COUNT };

struct watch {
	const struct v2v_supervisor_plan *plan;
	struct v2v_box box;
	int control, console, socket; /* -1: closed */
	int file;
	pid_t child;
	bool is_over;
};

/* Whoever reads the length first learns how the memory is written. */
static void keep(struct v2v_supervisor_news *news, const char *data, size_t n)
{
	uint64_t at = news->console_length;

	for (size_t i = 0; i < n; i++)
		news->console[(at + i) % V2V_SUPERVISOR_CONSOLE] = data[i];
	__atomic_store_n(&news->console_length, at + n, __ATOMIC_RELEASE);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void take_console(struct watch *w)
{
	char data[4096];
	ssize_t n = read(w->console, data, sizeof data);

	if (n > 0)
		keep(w->plan->news, data, (size_t)n);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		close_fd(&w->console);
}

/* The box's listener comes once, from the child, before it is anything else. */
static void take_listener(struct watch *w)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr is;
	} control = { 0 };
	char byte;
	struct iovec io = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room,
	};
	ssize_t n = recvmsg(w->socket, &message, MSG_CMSG_CLOEXEC);
	const struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (n < 0 && errno == EINTR)
		return;
	if (n == 1 && header && header->cmsg_type == SCM_RIGHTS &&
		header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&w->box.listener, CMSG_DATA(header), sizeof(int));
	close_fd(&w->socket);
}

/* Nothing is left to do for us when the other end is gone. */
static void take_request(struct watch *w)
{
	char request;
	ssize_t n = read(w->control, &request, 1);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n != 1 || request != V2V_SUPERVISOR_LOCK) {
		w->is_over = true;
		return;
	}
	w->box.is_locked = true;
	if (write(w->control, &request, 1) != 1)
		w->is_over = true;
}

/* As what orphans are handed to, too. */
static void reap(struct watch *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != w->child || WIFSTOPPED(status))
			continue;
		w->plan->news->status = status;
		w->child = -1;
		w->is_over = true;
	}
}

/* For whoever wonders why it ended; not with printf(), as always here. */
static void tell_refused(struct v2v_supervisor_news *news, int call)
{
	char line[] = "\nrefused system call 0000\n";

	for (size_t i = sizeof line - 3; call > 0 && line[i] == '0'; i--) {
		line[i] = (char)('0' + call % 10);
		call /= 10;
	}
	keep(news, line, sizeof line - 1);
}

static void answer(struct watch *w)
{
	w->box.refused = -1;
	if (!v2v_box_answer(&w->box))
		close_fd(&w->box.listener);
	if (w->box.refused >= 0)
		tell_refused(w->plan->news, w->box.refused);
}

static void attend(struct watch *w, const sigset_t *awake)
{
	struct pollfd fds[COUNT] = {
		[CONTROL] = { w->control, POLLIN, 0 },
		[CONSOLE] = { w->console, POLLIN, 0 },
		[SOCKET] = { w->socket, POLLIN, 0 },
		[LISTENER] = { w->box.listener, POLLIN, 0 },
	};

	if (ppoll(fds, COUNT, NULL, awake) < 0) {
		w->is_over = errno != EINTR;
		return;
	}
	if (fds[LISTENER].revents & POLLIN)
		answer(w);
	else if (fds[LISTENER].revents)
		close_fd(&w->box.listener);
	if (fds[SOCKET].revents)
		take_listener(w);
	if (fds[CONSOLE].revents)
		take_console(w);
	if (fds[CONTROL].revents)
		take_request(w);
}

/* Whoever is of the child's session, and whoever that left to us. */
static void end_all(const struct watch *w, pid_t group)
{
	int status;
	pid_t pid;

	if (w->plan->is_alone)
		kill(-1, SIGKILL);
	if (w->child > 0)
		kill(w->child, SIGKILL);
	do {
		/* Again and again: it may have had children until now. */
		kill(-group, SIGKILL);
		pid = waitpid(-1, &status, 0);
		if (pid > 0 && pid == w->child && !WIFSTOPPED(status))
			w->plan->news->status = status;
	} while (pid > 0 || errno == EINTR);
}

/* What it said last is what matters. */
static void drain(struct watch *w)
{
	if (w->console >= 0)
		fcntl(w->console, F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 64 && w->console >= 0; i++) {
		struct pollfd fd = { w->console, POLLIN, 0 };

		if (poll(&fd, 1, 0) <= 0)
			return;
		take_console(w);
	}
}

static void on_child(int number)
{
	(void)number;
}

/* Signals are blocked since before we were; handlers are the caller's. */
static void calm(sigset_t *ret_awake)
{
	struct sigaction handle = { .sa_handler = on_child };
	sigset_t blocked;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGCHLD, &handle, NULL);
	sigemptyset(ret_awake);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static _Noreturn void fail(
	const struct v2v_supervisor_plan *plan, const char *why)
{
	keep(plan->news, why, strlen(why));
	__atomic_store_n(&plan->news->is_ended, 1, __ATOMIC_RELEASE);
	_exit(1);
}

/* Not with fork(): it would wait for locks of threads that are not here. */
static void start_child(struct watch *w)
{
	int pipe_of[2], pair[2];

	if (pipe2(pipe_of, O_CLOEXEC) < 0 ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		fail(w->plan, "cannot make its pipes\n");
	w->child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (w->child == 0)
		v2v_supervised_become(w->plan, pipe_of[1], pair[1], w->file);
	close(pipe_of[1]);
	close(pair[1]);
	if (w->child < 0)
		fail(w->plan, "cannot start its process\n");
	w->console = pipe_of[0];
	w->socket = pair[0];
	w->box.group = w->child;
}

/* Numbers that are not standard, nor those that the child is given. */
enum { CONTROL_AT = 10, FILE_AT };

/* What is asked for, and nothing else that the caller had. */
static bool keep_files(struct watch *w)
{
	int file = w->plan->what->file;
	/* Away from where the other one goes. */
	int control = fcntl(w->plan->control, F_DUPFD_CLOEXEC, FILE_AT + 1);

	if (control < 0 || (file >= 0 && !v2v_move_fd(file, FILE_AT)) ||
		!v2v_move_fd(control, CONTROL_AT) ||
		close_range(file >= 0 ? FILE_AT + 1 : FILE_AT, ~0U, 0) < 0 ||
		close_range(0, CONTROL_AT - 1, 0) < 0)
		return false;
	for (int i = 0; i < CONTROL_AT; i++)
		if (open("/dev/null", O_RDWR | O_CLOEXEC) != i)
			return false;
	w->control = CONTROL_AT;
	w->file = file >= 0 ? FILE_AT : -1;
	return true;
}

/* For us, too: all that we open is /dev/null. */
static bool enforce(int landlock)
{
	const struct v2v_landlock rules = { landlock, 0 };

	return landlock < 0 || v2v_landlock_enforce(&rules, NULL) == 0;
}

void v2v_supervise(const struct v2v_supervisor_plan *plan)
{
	struct watch w = { .plan = plan,
		.box = { .listener = -1 },
		.console = -1,
		.socket = -1,
		.child = -1 };
	sigset_t awake;
	pid_t group;

	/* Nobody lives on without the first process of a PID namespace; else
	 * we are needed to end the others: when the control socket is closed.
	 */
	if (plan->is_alone)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	setsid();
	calm(&awake);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!enforce(plan->what->landlock))
		fail(plan, "cannot enforce Landlock's rules\n");
	if (!keep_files(&w))
		fail(plan, "cannot open /dev/null\n");
	if (!v2v_drop_capabilities())
		fail(plan, "cannot drop capabilities\n");
	/* The caller's memory is here: nobody may look at it. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	start_child(&w);
	group = w.child;
	while (!w.is_over) {
		reap(&w);
		if (!w.is_over)
			attend(&w, &awake);
	}
	end_all(&w, group);
	drain(&w);
	__atomic_store_n(&plan->news->is_ended, 1, __ATOMIC_RELEASE);
	_exit(0);
}
