/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The small kernel is started and ended, with a first program of its own
 * (vehicle-init.c).  "uml 100" or "qemu 5": so many starts of each kind. */
#include "vehicle-scene.h"

#include "confine/landlock.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static void test_off(const struct v2v_vehicle_ops *ops)
{
	struct v2v_vehicle *vehicle = start(ops, "/off", false);

	assert(await_shown(vehicle, NULL));
	assert(has_said("ready"));
	assert(explains(vehicle, "powered off"));
	v2v_vehicle_free(vehicle);
	check_nothing_is_left();
}

static void test_wait(const struct v2v_vehicle_ops *ops, bool no_namespaces)
{
	struct v2v_vehicle *vehicle = start(ops, "/wait", no_namespaces);
	struct v2v_error err = { 0 };

	assert(await_shown(vehicle, "ready"));
	assert(v2v_vehicle_lock(vehicle, &err) == 0);
	assert(v2v_vehicle_lock(vehicle, &err) == 0);
	assert(await_shown(vehicle, "ready"));
	v2v_vehicle_free(vehicle);
	check_nothing_is_left();
}

/* Somebody kills it, at any moment of its life. */
static void test_killed(
	const struct v2v_vehicle_ops *ops, bool no_namespaces, unsigned ms)
{
	struct v2v_vehicle *vehicle = start(ops, "/wait", no_namespaces);
	pid_t pid;

	usleep(ms * 1000);
	while ((pid = v2v_vehicle_pid(vehicle)) == 0)
		usleep(100);
	assert(kill(pid, SIGKILL) == 0);
	assert(await_shown(vehicle, NULL));
	assert(explains(vehicle, "signal 9"));
	v2v_vehicle_free(vehicle);
	check_nothing_is_left();
}

/* It stays on the processor of whoever started it, who may go anywhere. */
static void test_processor(const struct v2v_vehicle_ops *ops)
{
	cpu_set_t before, after, its;
	struct v2v_vehicle *vehicle;
	int cpu;
	pid_t pid;

	assert(sched_getaffinity(0, sizeof before, &before) == 0);
	vehicle = start(ops, "/wait", false);
	cpu = v2v_vehicle_cpu(vehicle);
	assert(sched_getaffinity(0, sizeof after, &after) == 0);
	assert(CPU_EQUAL(&before, &after));
	while ((pid = v2v_vehicle_pid(vehicle)) == 0)
		usleep(100);
	assert(sched_getaffinity(pid, sizeof its, &its) == 0);
	assert(cpu >= 0 && CPU_ISSET(cpu, &its) && CPU_COUNT(&its) == 1);
	v2v_vehicle_free(vehicle);
	check_nothing_is_left();
}

static void test_crash(const struct v2v_vehicle_ops *ops)
{
	struct v2v_vehicle *vehicle = start(ops, "/crash", false);

	assert(await_shown(vehicle, NULL));
	assert(has_said("Attempted to kill init"));
	assert(explains(vehicle, "Attempted to kill init"));
	v2v_vehicle_free(vehicle);
	check_nothing_is_left();
}

/* The first of the two reasons that there may be. */
static bool skip(const struct v2v_vehicle_ops *ops)
{
	CLEANUP_FREE char *reason = NULL;

	if (ops->is_usable(v, 0, &reason))
		return false;
	printf("%s: skipped: %s\n", ops->name, reason);
	return true;
}

/* The arguments of the process, once it is the program. */
static char *command_of(struct v2v_vehicle *vehicle)
{
	CLEANUP_FREE char *name = NULL;
	pid_t pid;

	while ((pid = v2v_vehicle_pid(vehicle)) == 0)
		usleep(100);
	name = v2v_format("/proc/%d/cmdline", (int)pid);
	for (;; usleep(1000)) {
		size_t size;
		char *command = read_whole_size(name, &size);

		for (size_t i = 0; i < size; i++)
			if (!command[i])
				command[i] = '\n';
		if (strstr(command, "\n-append\n"))
			return command;
		free(command);
		assert(v2v_vehicle_is_alive(vehicle));
	}
}

/* On a busy machine an emulated timer loses ticks: whether it works is not to
 * be measured, or Linux panics ("IO-APIC + timer doesn't work!"). */
static void test_timer(void)
{
	CLEANUP_FREE char *command = NULL;
	struct v2v_vehicle *vehicle;

	if (skip(&v2v_vehicle_qemu))
		return;
	vehicle = start(&v2v_vehicle_qemu, "/wait", false);
	command = command_of(vehicle);
	assert(strstr(command, " no_timer_check "));
	v2v_vehicle_free(vehicle);
	check_nothing_is_left();
}

static bool has_landlock(void)
{
	struct v2v_landlock rules CLEANUP_LANDLOCK = { -1, 0 };

	return v2v_landlock_new(false, &rules, NULL) == 0 && rules.fd >= 0;
}

/* Both locks: Landlock shows an empty folder and nothing else of this machine
 * (but "/etc" is taken as beneath it: not there); the box refuses that, too. */
static void test_hostfs(bool no_namespaces)
{
	struct v2v_vehicle *vehicle =
		start(&v2v_vehicle_uml, "/hostfs", no_namespaces);
	struct v2v_error err = { 0 };

	assert(await_shown(vehicle, "hostfs '': 2\n"));
	assert(await_shown(vehicle, "hostfs '/etc': -2\n"));
	/* Without Landlock, all of /etc. */
	assert(await_shown(
		vehicle, has_landlock() ? "../etc': -13\n" : "../etc': "));
	assert(v2v_vehicle_lock(vehicle, &err) == 0);
	/* What was said before is of before. */
	v2v_vehicle_is_alive(vehicle);
	forget();
	assert(await_shown(vehicle, "hostfs '': -1\n"));
	forget();
	assert(await_shown(vehicle, "hostfs '/etc': -1\n"));
	assert(await_shown(vehicle, "../etc': -1\n"));
	v2v_vehicle_free(vehicle);
	check_nothing_is_left();
}

/* Our own end, without a word: a process that only started it. */
static void test_orphan(bool no_namespaces)
{
	int ready[2], status;
	char byte;
	pid_t pid;

	assert(pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		struct v2v_vehicle *vehicle =
			start(&v2v_vehicle_uml, "/wait", no_namespaces);

		assert(await_shown(vehicle, "ready"));
		assert(write(ready[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	kill(pid, SIGKILL);
	/* Those that it leaves are ours (see main()), and end. */
	alarm(300);
	while (waitpid(-1, &status, 0) > 0 || errno == EINTR)
		continue;
	alarm(0);
	assert(errno == ECHILD);
	remove_left();
}

/* The only child that we have. */
static pid_t child_of_ours(void)
{
	CLEANUP_FREE char *name =
		v2v_format("/proc/self/task/%d/children", (int)getpid());
	CLEANUP_FREE char *text = read_whole(name);

	return (pid_t)strtol(text, NULL, 10);
}

/* Somebody kills the supervisor: what it began does not live on. */
static void test_abandoned(bool no_namespaces)
{
	struct v2v_vehicle *vehicle =
		start(&v2v_vehicle_uml, "/wait", no_namespaces);
	int status;

	assert(await_shown(vehicle, "ready"));
	kill(child_of_ours(), SIGKILL);
	assert(await_shown(vehicle, NULL));
	assert(explains(vehicle, "signal 9"));
	v2v_vehicle_free(vehicle);
	alarm(300);
	while (waitpid(-1, &status, 0) > 0 || errno == EINTR)
		continue;
	alarm(0);
	check_nothing_is_left();
}

static void test_reasons(void)
{
	static const struct v2v_vehicle_ops *const all[] = {
		&v2v_vehicle_uml,
		&v2v_vehicle_qemu,
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		CLEANUP_FREE char *reason = NULL;

		assert(!all[i]->is_usable(v, 1 << 30, &reason));
		assert(reason && *reason);
		printf("%s: %s\n", all[i]->name, reason);
	}
}

/* What a limit of this process would end later is told before. */
static void test_limits(void)
{
	const struct rlimit little = { 16, 16 };
	CLEANUP_FREE char *reason = NULL;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setrlimit(RLIMIT_FSIZE, &little);
		_exit(!v2v_vehicle_uml.is_usable(v, 0, &reason) &&
					strstr(reason, "(ulimit -f) is 16, ")
				? 0
				: 1);
	}
	assert(waitpid(pid, &status, 0) == pid && status == 0);
}

static void test_many(const char *name, int count)
{
	const struct v2v_vehicle_ops *ops =
		strcmp(name, "uml") == 0 ? &v2v_vehicle_uml : &v2v_vehicle_qemu;
	double begin = seconds();
	unsigned most = strcmp(name, "uml") == 0 ? 400 : 4000;

	if (skip(ops))
		return;
	for (int i = 0; i < count; i++) {
		switch (i % 4) {
		case 0:
			test_off(ops);
			break;
		case 1:
			test_wait(ops, false);
			break;
		case 2:
			test_killed(ops, false, (unsigned)rand() % most);
			break;
		default:
			test_killed(ops, true, (unsigned)rand() % most);
		}
	}
	printf("%s: %d starts, %.3f s each\n", name, count,
		(seconds() - begin) / count);
}

static void test_uml(void)
{
	if (skip(&v2v_vehicle_uml))
		return;
	test_limits();
	for (int i = 0; i < 2; i++) {
		bool no_namespaces = i == 1;

		test_wait(&v2v_vehicle_uml, no_namespaces);
		test_killed(&v2v_vehicle_uml, no_namespaces, 0);
		test_killed(&v2v_vehicle_uml, no_namespaces, 300);
		test_hostfs(no_namespaces);
		test_orphan(no_namespaces);
		test_abandoned(no_namespaces);
	}
	test_off(&v2v_vehicle_uml);
	test_crash(&v2v_vehicle_uml);
	test_processor(&v2v_vehicle_uml);
}

int main(int argc, char **argv)
{
	char name[] = "/tmp/test-vehicle-XXXXXX";

	dir = mkdtemp(name);
	assert(dir);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	v = v2v_new();
	v2v_on_message(v, on_message, NULL);
	make_initrd();
	if (argc == 3) {
		test_many(argv[1], (int)strtol(argv[2], NULL, 10));
	} else {
		test_reasons();
		test_uml();
		test_timer();
	}
	v2v_text_clear(&said);
	free(initrd);
	v2v_free(v);
	v2v_remove_tree(dir);
	return 0;
}
