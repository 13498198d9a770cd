/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* argv to child process. */
#include "core/run.h"

#include "core/open.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define POLL_MS	   100
#define MAX_STDERR 4096

struct child {
	struct v2v_child on;
	struct v2v_text output, partial, errors;
};

void v2v_child_end(struct v2v_child *child)
{
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	v2v_cleanup_close(&child->out);
	v2v_cleanup_close(&child->err);
	*child = (struct v2v_child){ -1, -1, -1 };
}

static void child_clear(struct child *c)
{
	v2v_child_end(&c->on);
	v2v_text_clear(&c->output);
	v2v_text_clear(&c->partial);
	v2v_text_clear(&c->errors);
}

/* In the child: only async-signal-safe calls, as below. */
static bool hand_over(int file, int out, int err)
{
	int null = v2v_open("/dev/null", O_RDONLY, 0);

	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
		dup2(err, 2) < 0)
		return false;
	if (file < 0)
		return close_range(V2V_CHILD_FD, ~0U, 0) == 0;
	/* A number that stays keeps its close-on-exec. */
	if (dup2(file, V2V_CHILD_FD) < 0 || fcntl(V2V_CHILD_FD, F_SETFD, 0) < 0)
		return false;
	return close_range(V2V_CHILD_FD + 1, ~0U, 0) == 0;
}

static void become(const char *const *argv, bool only_reads, pid_t parent,
	int file, int out, int err)
{
	const struct rlimit none = { 0, 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	if (only_reads)
		setrlimit(RLIMIT_FSIZE, &none);
	if (getppid() != parent || !hand_over(file, out, err))
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

int v2v_child_start(const char *const *argv, bool only_reads, int file,
	struct v2v_child *c, struct v2v_error *err)
{
	int out[2], errors[2];
	pid_t parent = getpid();

	*c = (struct v2v_child){ -1, -1, -1 };
	if (v2v_pipe(out) < 0)
		return v2v_fail_errno(err, "cannot make a pipe");
	c->out = out[0];
	if (v2v_pipe(errors) < 0) {
		close(out[1]);
		return v2v_fail_errno(err, "cannot make a pipe");
	}
	c->err = errors[0];
	c->pid = fork();
	if (c->pid == 0)
		become(argv, only_reads, parent, file, out[1], errors[1]);
	close(out[1]);
	close(errors[1]);
	if (c->pid < 0)
		return v2v_fail_errno(err, "cannot start '%s'", argv[0]);
	return 0;
}

static void split_lines(
	const struct v2v_run *run, struct child *c, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (data[i] != '\n' && data[i] != '\r') {
			if (c->partial.length < MAX_STDERR)
				v2v_text_add(&c->partial, data + i, 1);
			continue;
		}
		run->line(c->partial.data ? c->partial.data : "", run->opaque);
		c->partial.length = 0;
	}
}

/* Take what there is on one pipe; closes it at its end. */
static int take(const struct v2v_run *run, struct child *c, int *fd,
	struct v2v_error *err)
{
	char buffer[65536];
	ssize_t n = read(*fd, buffer, sizeof buffer);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0) {
		close(v2v_take_fd(fd));
		return 0;
	}
	if (fd == &c->on.err) {
		if (c->errors.length < MAX_STDERR)
			v2v_text_add(&c->errors, buffer, (size_t)n);
		return 0;
	}
	if (run->line)
		split_lines(run, c, buffer, (size_t)n);
	if (!run->ret_output)
		return 0;
	if (c->output.length + (size_t)n > V2V_RUN_MAX_OUTPUT)
		return v2v_fail(
			err, "child", "'%s' prints too much", run->argv[0]);
	v2v_text_add(&c->output, buffer, (size_t)n);
	return 0;
}

static int attend(struct v2v *v, const struct v2v_run *run, struct child *c,
	struct v2v_error *err)
{
	while (c->on.out >= 0 || c->on.err >= 0) {
		struct pollfd fds[] = {
			{ .fd = c->on.out, .events = POLLIN },
			{ .fd = c->on.err, .events = POLLIN },
		};

		if (v2v_check_cancel(v, err) < 0)
			return -1;
		if (poll(fds, 2, POLL_MS) < 0 && errno != EINTR)
			return v2v_fail_errno(err, "poll");
		if (fds[0].revents && take(run, c, &c->on.out, err) < 0)
			return -1;
		if (fds[1].revents && take(run, c, &c->on.err, err) < 0)
			return -1;
	}
	return 0;
}

static int reap(
	const struct v2v_run *run, struct child *c, struct v2v_error *err)
{
	int status;

	while (waitpid(c->on.pid, &status, 0) < 0)
		if (errno != EINTR)
			return v2v_fail_errno(err, "waitpid");
	c->on.pid = -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return v2v_fail(err, "child", "'%s' was ended by signal %d",
			run->argv[0], WTERMSIG(status));
	if (WEXITSTATUS(status) == 127 && c->errors.length == 0)
		return v2v_fail(
			err, "child", "'%s' cannot be started", run->argv[0]);
	if (c->errors.length == 0)
		return v2v_fail(err, "child", "'%s' failed with status %d",
			run->argv[0], WEXITSTATUS(status));
	c->errors.data[strcspn(c->errors.data, "\n")] = '\0';
	return v2v_fail(err, "child", "%s", c->errors.data);
}

int v2v_run(struct v2v *v, const struct v2v_run *run, struct v2v_error *err)
{
	__attribute__((cleanup(child_clear))) struct child c = { { -1, -1, -1 },
		{ 0 }, { 0 }, { 0 } };

	if (v2v_child_start(run->argv, false, -1, &c.on, err) < 0 ||
		attend(v, run, &c, err) < 0 || reap(run, &c, err) < 0)
		return -1;
	if (run->ret_output)
		*run->ret_output = v2v_text_take(&c.output);
	return 0;
}
