/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A running machine, until it has a verdict. */
#include "boot/agent.h"
#include "boot/boot.h"
#include "boot/qmp.h"
#include "boot/said.h"
#include "boot/screen.h"
#include "boot/verdict.h"

#include "core/file.h"
#include "core/open.h"
#include "kernel/supervisor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define PAUSE_MS 50
#define END_MS	 2000 /* from when qemu's sockets are closed until it ended */
#define LOOK	 5.0  /* seconds between two looks at the screen */
#define QUIET	 20.0 /* until what it shows is taken for complete */
#define STEADY	 60.0 /* seconds in which neither screen nor console moves */
#define IDLE	 0.3 /* processors that a machine takes that waits for people */
#define ANSWER	 60.0 /* seconds that an agent may be later than the login */
#define LOGIN	 30.0 /* seconds that a login may be later than the agent */
#define LINES	 40   /* of the console, that are kept */

/* VGA's text mode: cells of two bytes. */
#define TEXT_ADDRESS 0xb8000
#define TEXT_SIZE    (80 * 25 * 2)

struct watch {
	struct v2v *v;
	const char *scratch;
	struct v2v_supervisor *supervisor;
	struct v2v_qmp qmp;
	struct v2v_agent agent;
	struct v2v_said said;
	char *shown;		     /* the text of the screen; NULL */
	struct v2v_screen screen;    /* at the last look */
	double began, looked, moved; /* seconds */
	double busy_then;	     /* of processors, when it moved */
	double decided, answered;    /* verdict, agent; 0: not yet */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void watch_clear(struct watch *w)
{
	v2v_supervisor_free(w->supervisor);
	v2v_cleanup_close(&w->qmp.fd);
	v2v_qmp_clear(&w->qmp);
	v2v_agent_clear(&w->agent);
	v2v_said_clear(&w->said);
	v2v_screen_clear(&w->screen);
	free(w->shown);
}

static int start(struct watch *w, const struct v2v_vehicle_command *command,
	struct v2v_error *err)
{
	int pair[2];
	CLEANUP_CLOSE int theirs = -1;
	struct v2v_supervised what;

	if (v2v_socketpair(pair) < 0)
		return v2v_fail_errno(err, "cannot make a socket");
	w->qmp.fd = pair[0];
	theirs = pair[1];
	what = (struct v2v_supervised){
		.argv = (const char *const *)command->argv,
		.environment = (const char *const *)command->environment,
		.directory = w->scratch,
		.landlock = command->files.fd,
		.file = theirs,
		.max_file = command->max_file,
	};
	w->began = w->looked = w->moved = now();
	return v2v_supervisor_start(&what, &w->supervisor, err);
}

static double busy(const struct watch *w)
{
	return v2v_boot_busy(v2v_supervisor_pid(w->supervisor));
}

static void moves(struct watch *w)
{
	w->moved = now();
	w->busy_then = busy(w);
}

static void listen_to(struct watch *w)
{
	CLEANUP_FREE char *more = v2v_supervisor_console(w->supervisor);

	if (!*more)
		return;
	v2v_said_add(&w->said, more);
	moves(w);
}

/* Have qemu write the file @name, and open it.  A qemu that a guest has taken
 * over could put there a link to what it must not read itself. */
static int ask_file(struct watch *w, const char *command, json_t *arguments,
	const char *name, struct v2v_error *err)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", w->scratch, name);
	CLEANUP_CLOSE int fd = -1;
	struct stat st;

	json_object_set_new(arguments, "filename", json_string(name));
	unlink(path);
	if (v2v_qmp_do(w->v, &w->qmp, command, arguments, err) < 0)
		return -1;
	fd = v2v_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0 || fstat(fd, &st) < 0)
		return v2v_fail_errno(err, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return v2v_fail(err, "boot-screen", "'%s' is not a file", path);
	return v2v_take_fd(&fd);
}

/* What VGA's text memory has; none in other modes. */
static int read_text(struct watch *w, struct v2v_error *err)
{
	unsigned char cells[TEXT_SIZE];
	CLEANUP_CLOSE int fd = -1;

	free(v2v_take(w->shown));
	if (!v2v_screen_is_text(&w->screen))
		return 0;
	fd = ask_file(w, "pmemsave",
		json_pack("{s:i, s:i}", "val", TEXT_ADDRESS, "size", TEXT_SIZE),
		"text", err);
	if (fd < 0 ||
		v2v_pread_all(fd, "text", cells, sizeof cells, 0, err) < 0)
		return -1;
	w->shown = v2v_screen_text(cells, sizeof cells);
	return 0;
}

/* Look at the screen.  A machine without one (it is not on yet) fails. */
static int look(struct watch *w, struct v2v_error *err)
{
	struct v2v_screen screen CLEANUP_SCREEN = { 0 };
	CLEANUP_CLOSE int fd =
		ask_file(w, "screendump", json_object(), "screen.ppm", err);

	if (fd < 0 || v2v_screen_read(fd, &screen, err) < 0)
		return -1;
	if (!w->screen.pixels || !v2v_screen_is_same(&w->screen, &screen))
		moves(w);
	v2v_screen_clear(&w->screen);
	w->screen = screen;
	screen = (struct v2v_screen){ 0 };
	return read_text(w, err);
}

static const char *judge(const struct watch *w)
{
	const char *code = NULL;

	if (w->said.text.data)
		code = v2v_boot_verdict(w->said.text.data);
	if (!code && w->shown)
		code = v2v_boot_verdict(w->shown);
	if (!code && w->screen.pixels &&
		v2v_screen_is_stopped_windows(&w->screen))
		code = "boot-windows-stop";
	return code;
}

/* Nothing moves any more, and nothing is computed; a screen without anything on
 * it says nothing. */
static bool is_steady(const struct watch *w)
{
	const double quiet = now() - w->moved;

	return quiet >= STEADY && w->screen.pixels &&
	       !v2v_screen_is_blank(&w->screen) &&
	       (w->busy_then < 0 || busy(w) - w->busy_then < IDLE * quiet);
}

/* How it ended by itself: the guest powered off, or qemu failed. */
static int explain_end(
	struct watch *w, const char **ret_code, struct v2v_error *err)
{
	const int status = v2v_supervisor_status(w->supervisor);
	json_auto_t *last = NULL;

	listen_to(w);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		const char *code = judge(w);

		*ret_code = code ? code : "boot-off";
		return 0;
	}
	last = v2v_said_last(w->said.text.data ? w->said.text.data : "", 1);
	return v2v_fail(err, "boot-qemu", "qemu has failed: %s",
		json_array_size(last)
			? json_string_value(json_array_get(last, 0))
			: "it was ended");
}

/* After a failure: has it ended?  Its sockets are closed a moment before the
 * supervisor knows. */
static bool has_ended(struct watch *w)
{
	for (int waited = 0; v2v_supervisor_is_alive(w->supervisor);
		waited += PAUSE_MS)
		if (waited >= END_MS || v2v_pause(w->v, PAUSE_MS, NULL) < 0)
			return false;
	return true;
}

/* Look at the screen.  A guest may power off meanwhile: that it ended is better
 * than that it does not answer; *@ret_code is set then. */
static int look_or_end(
	struct watch *w, const char **ret_code, struct v2v_error *err)
{
	struct v2v_error why = { 0 };

	if (look(w, &why) == 0)
		return 0;
	if (has_ended(w))
		return explain_end(w, ret_code, err);
	return v2v_fail(err, why.code, "%s", why.text);
}

static const char *judge_quiet(const struct watch *w, double at)
{
	const char *code = NULL;

	if (at - w->moved < QUIET)
		return NULL;
	if (w->said.text.data)
		code = v2v_boot_verdict_of_quiet(w->said.text.data);
	if (!code && w->shown)
		code = v2v_boot_verdict_of_quiet(w->shown);
	return code;
}

/* An agent that answers runs in a machine that is up; that it shows a login,
 * too, is the better word. */
static bool is_answered(const struct watch *w, double at)
{
	return w->answered > 0 && at - w->answered >= LOGIN;
}

/* NULL: it can still become anything. */
static const char *decide(struct watch *w, double at, unsigned timeout)
{
	const char *code = judge(w);

	if (!code)
		code = judge_quiet(w, at);
	if (!code && (is_answered(w, at) || is_steady(w)))
		return "boot-running";
	if (!code && at - w->began >= timeout)
		return "boot-timeout";
	return code;
}

static void ask_agent(struct watch *w, double at)
{
	v2v_agent_look(&w->agent, at);
	if (w->agent.has_answered && !w->answered)
		w->answered = at;
}

/* Is there nothing more to learn of a machine with the verdict @code? */
static bool is_complete(
	struct watch *w, double at, unsigned timeout, const char *code)
{
	if (!w->decided)
		w->decided = at;
	return !v2v_boot_is_up(code) || w->agent.fd < 0 || w->answered > 0 ||
	       at - w->decided >= ANSWER || at - w->began >= timeout;
}

static int wait_for_verdict(struct watch *w, unsigned timeout,
	const char **ret_code, struct v2v_error *err)
{
	while (v2v_pause(w->v, PAUSE_MS, err) == 0) {
		const double at = now();

		listen_to(w);
		ask_agent(w, at);
		if (!v2v_supervisor_is_alive(w->supervisor))
			return explain_end(w, ret_code, err);
		if (at - w->looked >= LOOK) {
			w->looked = at;
			if (look_or_end(w, ret_code, err) < 0)
				return -1;
			if (*ret_code)
				return 0;
		}
		*ret_code = decide(w, at, timeout);
		if (*ret_code && is_complete(w, at, timeout, *ret_code))
			return 0;
		*ret_code = NULL;
	}
	return -1;
}

/* The last look, for people; a machine that is off shows nothing. */
static void take_picture(struct watch *w, struct v2v_boot_result *result)
{
	CLEANUP_CLOSE int fd = -1;

	if (!v2v_supervisor_is_alive(w->supervisor) || look(w, NULL) < 0)
		return;
	fd = ask_file(w, "screendump", json_pack("{s:s}", "format", "png"),
		"screen.png", NULL);
	result->picture = v2v_take_fd(&fd);
}

/* Where it fails what qemu itself said is better than that it is gone. */
static int begin(struct watch *w, struct v2v_error *err)
{
	struct v2v_error why = { 0 };
	const char *code;

	if (v2v_qmp_begin(w->v, &w->qmp, &why) == 0)
		return 0;
	if (has_ended(w) && explain_end(w, &code, err) < 0)
		return -1;
	return v2v_fail(err, why.code, "%s", why.text);
}

static int watch(struct watch *w, const struct v2v_vehicle_command *command,
	const struct v2v_boot_options *opt, struct v2v_boot_result *ret,
	struct v2v_error *err)
{
	v2v_phase(w->v, "watch");
	if (start(w, command, err) < 0)
		return -1;
	if (begin(w, err) < 0 ||
		(opt->agent_ping &&
			v2v_agent_plug(w->v, &w->qmp, &w->agent, err) < 0) ||
		wait_for_verdict(w, opt->timeout, &ret->code, err) < 0)
		return -1;
	ret->has_agent = w->answered > 0;
	ret->seconds = now() - w->began;
	take_picture(w, ret);
	ret->console = v2v_said_last(w->said.text.length ? w->said.text.data
				     : w->shown		 ? w->shown
							 : "",
		LINES);
	return 0;
}

int v2v_boot_watch(struct v2v *v, const struct v2v_vehicle_command *command,
	const char *scratch, const struct v2v_boot_options *opt,
	struct v2v_boot_result *ret, struct v2v_error *err)
{
	struct watch w __attribute__((cleanup(watch_clear))) = { .v = v,
		.scratch = scratch,
		.qmp = { .fd = -1 },
		.agent = { .fd = -1 } };

	return watch(&w, command, opt, ret, err);
}

void v2v_boot_result_clear(struct v2v_boot_result *result)
{
	v2v_cleanup_close(&result->picture);
	json_decref(result->console);
	*result = (struct v2v_boot_result){ .picture = -1 };
}
