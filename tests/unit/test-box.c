/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hostile process in the box: this program again, which tries everything
 * before and after the lock and says on its console what the results are. */
#include "hostile-process.h"

#include "kernel/box.h"
#include "kernel/supervisor.h"

static struct v2v_text said;

static bool await(struct v2v_supervisor *s, const char *line)
{
	CLEANUP_FREE char *wanted = v2v_format("\n%s\n", line);

	for (int i = 0; i < 60000; i++) {
		CLEANUP_FREE char *more = v2v_supervisor_console(s);

		v2v_text_add(&said, more, strlen(more));
		if (strstr(said.data, wanted))
			return true;
		if (!v2v_supervisor_is_alive(s))
			break;
		usleep(1000);
	}
	fprintf(stderr, "no '%s':\n%s\n", line, said.data);
	return false;
}

static bool has_line(const char *line)
{
	CLEANUP_FREE char *wanted = v2v_format("\n%s\n", line);
	bool has = strstr(said.data, wanted);

	if (!has)
		fprintf(stderr, "no '%s'\n", line);
	return has;
}

static bool came_to(const char *name, int error)
{
	CLEANUP_FREE char *line = v2v_format("%s %d", name, error);

	return has_line(line);
}

static void check_before(void)
{
	assert(has_line("NoNewPrivs:\t1") && has_line("Seccomp:\t2"));
	assert(has_line("CapEff:\t0000000000000000"));
	assert(has_line("CapPrm:\t0000000000000000"));
	assert(has_line("CapInh:\t0000000000000000"));
	assert(has_line("CapAmb:\t0000000000000000"));
	assert(geteuid() != 0 || has_line("CapBnd:\t0000000000000000"));
	assert(has_line("ONLY=this") && !strstr(said.data, "SECRET="));
	assert(has_line("has-file 0") && has_line("has-file 2"));
	assert(!strstr(said.data, "has-file 3"));
	assert(came_to("before-open", 0) && came_to("before-stream", 0));
	assert(came_to("before-datagram", EPERM));
	assert(came_to("before-unshare", EPERM));
	assert(came_to("before-attach", EPERM));
}

/* Where it is alone it sees the supervisor, whom its signals do not reach, and
 * nobody else. */
static void check_after(bool is_alone)
{
	int other = is_alone ? ESRCH : EPERM;
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++)
		wrong += !came_to(attempts[i].name, attempts[i].wanted);
	assert(wrong == 0);
	assert(came_to("kill-outside", other));
	assert(came_to("kill-group-outside", other));
	assert(came_to("tgkill-outside", other));
	assert(came_to("kill-supervisor", is_alone ? 0 : EPERM));
	assert(came_to("setown-outside", other));
	assert(came_to("setown-ex-outside", other));
	assert(came_to("attach", EPERM) && came_to("seize", EPERM));
	assert(came_to("attach-outside", EPERM) && came_to("vm-read", EPERM));
	assert(came_to("attach-child", EPERM));
	assert(came_to("seize-child", EPERM));
	assert(came_to("setsid-child", EPERM));
	assert(came_to("traced-open", EPERM));
	assert(came_to("kill-child", 0) && came_to("wait-child", 0));
	assert(came_to("i386", call_i386() == SIGSEGV ? SIGSEGV : SIGSYS));
}

static char *self(void)
{
	char name[4096];
	ssize_t n = readlink("/proc/self/exe", name, sizeof name);

	assert(n > 0);
	return v2v_strndup(name, (size_t)n);
}

static void test(bool no_namespaces, pid_t victim)
{
	CLEANUP_FREE char *program = self();
	CLEANUP_FREE char *number = v2v_format("%d", (int)victim);
	const char *const argv[] = { program, "hostile", number, NULL };
	const char *const environment[] = { "ONLY=this",
		"ASAN_OPTIONS=detect_leaks=0", NULL };
	const struct v2v_supervised what = {
		.argv = argv,
		.environment = environment,
		.directory = "/",
		.file = -1,
		.landlock = -1,
		.max_file = 1 << 20,
		.is_boxed = true,
		.no_namespaces = no_namespaces,
	};
	struct v2v_supervisor *s = NULL;
	struct v2v_error err = { 0 };
	bool is_alone;

	v2v_text_clear(&said);
	v2v_text_add(&said, "\n", 1);
	assert(v2v_supervisor_start(&what, &s, &err) == 0);
	assert(await(s, "before"));
	/* It is number 2, behind the supervisor. */
	is_alone = strstr(said.data, "\nnumber 2\n");
	check_before();
	assert(!no_namespaces || !is_alone);
	assert(v2v_supervisor_lock(s, &err) == 0);
	assert(await(s, "after"));
	check_after(is_alone);
	assert(v2v_supervisor_is_alive(s));
	assert(kill(victim, 0) == 0);
	v2v_supervisor_free(s);
	assert(waitpid(-1, NULL, WNOHANG) == 0); /* the victim is left */
	printf("in a PID namespace: %s\n", is_alone ? "yes" : "no");
}

/* A NUL hides nothing of what is behind it. */
static void test_nul(void)
{
	const char *const argv[] = { "/usr/bin/printf", "one\\0two\\n", NULL };
	const char *const environment[] = { NULL };
	const struct v2v_supervised what = {
		.argv = argv,
		.environment = environment,
		.directory = "/",
		.file = -1,
		.landlock = -1,
		.max_file = 1 << 20,
	};
	struct v2v_supervisor *s = NULL;
	CLEANUP_FREE char *console = NULL;

	assert(v2v_supervisor_start(&what, &s, NULL) == 0);
	while (v2v_supervisor_is_alive(s))
		usleep(1000);
	console = v2v_supervisor_console(s);
	assert(strcmp(console, "onetwo\n") == 0);
	v2v_supervisor_free(s);
}

/* What cannot be started says so, and ends. */
static void test_missing(void)
{
	const char *const argv[] = { "/nonexistent", NULL };
	const struct v2v_supervised what = {
		.argv = argv,
		.environment = argv + 1,
		.directory = "/",
		.file = -1,
		.landlock = -1,
		.is_boxed = true,
	};
	struct v2v_supervisor *s = NULL;
	struct v2v_error err = { 0 };

	assert(v2v_supervisor_start(&what, &s, &err) == 0);
	while (v2v_supervisor_is_alive(s))
		usleep(1000);
	assert(WEXITSTATUS(v2v_supervisor_status(s)) == 127);
	CLEANUP_FREE char *why = v2v_supervisor_console(s);
	assert(strstr(why, "cannot be executed"));
	assert(v2v_supervisor_lock(s, &err) < 0);
	v2v_supervisor_free(s);
}

int main(int argc, char **argv)
{
	pid_t victim;

	if (argc == 3 && strcmp(argv[1], "hostile") == 0)
		be_hostile(argv[2]);
	if (!v2v_box_is_supported()) {
		printf("skipped: no seccomp user notification here\n");
		return 0;
	}
	setenv("SECRET", "x", 1);
	assert(dup2(1, 50) == 50);
	test_nul();
	test_missing();
	victim = fork();
	if (victim == 0) {
		setpgid(0, 0);
		for (;;)
			pause();
	}
	test(false, victim);
	test(true, victim);
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	v2v_text_clear(&said);
	return 0;
}
