/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v_confined(): a call in a process of its own, which ends with it. */
#include "confine/call-private.h"

#include "core/open.h"
#include "core/options.h"
#include "core/written.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#define POLL_MS	  100
#define MAX_REPLY (1 << 20)

/* Of what the child says, before what it wrote; the child may be untrusted. */
struct reply {
	int32_t is_confined;
	int32_t result;
	char text[sizeof((struct v2v_error *)0)->text];
};

static void send_all(int fd, const void *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			data = (const char *)data + n;
			size -= (size_t)n;
		}
	}
}

/* What was not given back is found here: nobody looks behind _exit(). */
static void look_for_leaks(void)
{
#ifdef __SANITIZE_ADDRESS__
	__lsan_do_leak_check();
#endif
}

__attribute__((noreturn)) static void be_child(struct v2v *v,
	const struct v2v_confine_options *opt,
	void (*prepare)(void *opaque, int answer),
	int (*call)(struct v2v *v, void *opaque), void *opaque, int fd)
{
	struct v2v_text written CLEANUP_TEXT = { 0 };
	struct v2v_error err = { 0 };
	struct reply reply = { 0 };
	size_t before = v->written_count;

	if (prepare)
		prepare(opaque, fd);
	if (v2v_confine(v, opt, &err) == 0) {
		reply.is_confined = 1;
		reply.result = call(v, opaque);
		v2v_written_save(v, before, &written);
	}
	memcpy(reply.text, err.text, sizeof reply.text);
	send_all(fd, &reply, sizeof reply);
	send_all(fd, written.data, written.length);
	look_for_leaks();
	_exit(0);
}

/* All that it says until it ends.  Our cancel flag is not the child's; and a
 * signal that came just before it began to wait for something did not wake it,
 * so there is always one more. */
static int listen_to(const struct v2v *v, pid_t pid, int fd,
	struct v2v_text *said, struct v2v_error *err)
{
	char buffer[4096];
	ssize_t n = -1;

	while (n != 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (v2v_is_cancelled(v))
			kill(pid, SIGTERM);
		if (poll(&p, 1, POLL_MS) <= 0)
			continue;
		n = read(fd, buffer, sizeof buffer);
		if (n < 0 && errno != EINTR)
			return v2v_fail_errno(err, "pipe");
		if (n > 0)
			v2v_text_add(said, buffer, (size_t)n);
		if (said->length > MAX_REPLY)
			return v2v_fail(err, "child",
				"the confined process says too much");
	}
	return 0;
}

static int reap(pid_t pid, struct v2v_error *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return v2v_fail_errno(err, "waitpid");
	if (WIFSIGNALED(status))
		return v2v_fail(err, "child",
			"the confined process was ended by signal %d",
			WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return v2v_fail(err, "child",
			"the confined process ended with status %d",
			WEXITSTATUS(status));
	return 0;
}

static int understand(struct v2v *v, const struct v2v_text *said,
	int *ret_result, struct v2v_error *err)
{
	struct reply reply;

	if (said->length < sizeof reply)
		return v2v_fail(
			err, "child", "the confined process said nothing");
	memcpy(&reply, said->data, sizeof reply);
	reply.text[sizeof reply.text - 1] = '\0';
	if (!reply.is_confined)
		return v2v_fail(err, "not-confined", "%s", reply.text);
	v2v_written_load(
		v, said->data + sizeof reply, said->length - sizeof reply);
	*ret_result = reply.result;
	return 0;
}

static int attend(struct v2v *v, pid_t pid, int fd, int *ret_result,
	struct v2v_error *err)
{
	struct v2v_text said CLEANUP_TEXT = { 0 };
	int heard = listen_to(v, pid, fd, &said, err);

	if (heard < 0)
		kill(pid, SIGKILL);
	/* It may have ended well before it was killed. */
	if (reap(pid, err) < 0 || heard < 0)
		return -1;
	return understand(v, &said, ret_result, err);
}

int v2v_confined_after(struct v2v *v, const struct v2v_confine_options *opt,
	void (*prepare)(void *opaque, int answer),
	int (*call)(struct v2v *v, void *opaque), void *opaque, int *ret_result,
	struct v2v_error *err)
{
	struct v2v_confine_options known;
	pid_t parent = getpid(), pid;
	int ends[2], r;

	if (v2v_options_read(&known, opt, err) < 0)
		return -1;
	if (v2v_pipe(ends) < 0)
		return v2v_fail_errno(err, "cannot make a pipe");
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		if (getppid() != parent)
			_exit(1);
		be_child(v, &known, prepare, call, opaque, ends[1]);
	}
	close(ends[1]);
	r = pid < 0 ? v2v_fail_errno(err, "cannot start a process")
		    : attend(v, pid, ends[0], ret_result, err);
	close(ends[0]);
	return r;
}

int v2v_confined(struct v2v *v, const struct v2v_confine_options *opt,
	int (*call)(struct v2v *v, void *opaque), void *opaque, int *ret_result,
	struct v2v_error *err)
{
	return v2v_confined_after(v, opt, NULL, call, opaque, ret_result, err);
}
