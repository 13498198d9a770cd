/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v_confine() and v2v_confined(), as a program of another's calls them. */
#undef NDEBUG
#include "core/file.h"
#include "core/written.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char *dir;
static bool has_landlock, has_seccomp;

static void on_message(const struct v2v_message *message, void *opaque)
{
	struct v2v_text *all = opaque;

	v2v_text_addf(all, "%s: %s: %s\n", message->step, message->code,
		message->text);
}

static int errno_of_open(const char *name, int flags)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", dir, name);
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? errno : 0;
}

static int errno_of_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? errno : 0;
}

/* Run in the child; what is asserted there crashes it. */
static int confined(const struct v2v_confine_options *opt,
	int (*call)(struct v2v *, void *), void *opaque)
{
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();
	int result = -1, r;

	r = v2v_confined(v, opt, call, opaque, &result, &err);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	assert(r == 0);
	v2v_free(v);
	return result;
}

static int look(struct v2v *v, void *opaque)
{
	struct v2v_text told CLEANUP_TEXT = { 0 };

	(void)opaque;
	/* Once more does not widen it. */
	v2v_on_message(v, on_message, &told);
	assert(v2v_confine(v, &V2V_OPTIONS(confine, .network = true), NULL) ==
		0);
	has_landlock = !strstr(told.data, "files are not confined");
	has_seccomp = !strstr(told.data, "calls are not confined");
	v2v_on_message(v, NULL, NULL);
	return (has_landlock ? 1 : 0) | (has_seccomp ? 2 : 0);
}

/* The listed is allowed, and nothing beside it. */
static int try_files(struct v2v *v, void *opaque)
{
	(void)v;
	(void)opaque;
	assert(errno_of_open("read/file", O_RDONLY) == 0);
	assert(errno_of_open("write/new", O_WRONLY | O_CREAT) == 0);
	assert(errno_of_open("write/new", O_RDONLY) == 0);
	assert(errno_of_open("lone", O_RDONLY) == 0);
	assert(errno_of_open("link", O_RDONLY) == 0);
	if (!has_landlock)
		return 1;
	assert(errno_of_open("read/file", O_WRONLY) == EACCES);
	assert(errno_of_open("read/new", O_WRONLY | O_CREAT) == EACCES);
	assert(errno_of_open("secret", O_RDONLY) == EACCES);
	assert(errno_of_open("lone", O_WRONLY) == EACCES);
	return 1;
}

static void test_files(void)
{
	CLEANUP_FREE char *readable = v2v_format("%s/read", dir);
	CLEANUP_FREE char *writable = v2v_format("%s/write", dir);
	CLEANUP_FREE char *lone = v2v_format("%s/link", dir);
	const char *const reads[] = { readable, lone, "/no/such/file", NULL };
	const char *const writes[] = { writable, NULL };

	assert(confined(&V2V_OPTIONS(
				confine, .readable = reads, .writable = writes),
		       try_files, NULL) == 1);
}

static int give_sockets(struct v2v *v, void *opaque)
{
	(void)v;
	(void)opaque;
	return (errno_of_socket(AF_UNIX) ? 0 : 1) |
	       (errno_of_socket(AF_INET) ? 0 : 2);
}

static void test_sockets(void)
{
	static const char *const programs[] = { "/bin/sh", NULL };

	if (!has_seccomp)
		return;
	assert(confined(NULL, give_sockets, NULL) == 0);
	assert(confined(&V2V_OPTIONS(confine, .programs = programs),
		       give_sockets, NULL) == 1);
	assert(confined(&V2V_OPTIONS(confine, .network = true), give_sockets,
		       NULL) == 3);
}

static int start(struct v2v *v, void *opaque)
{
	const pid_t pid = fork();
	int status;

	(void)v;
	if (pid == 0) {
		execl(opaque, opaque, "-c", "exit 7", (char *)NULL);
		_exit(errno == EACCES ? 13 : 1);
	}
	assert(waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}

static void test_programs(void)
{
	CLEANUP_FREE char *script = v2v_format("%s/script", dir);
	const char *const programs[] = { script, NULL };

	if (!has_landlock)
		return;
	/* what interprets it comes with it, and nothing else does */
	assert(confined(&V2V_OPTIONS(confine, .programs = programs), start,
		       script) == 9);
	assert(confined(&V2V_OPTIONS(confine, .programs = programs), start,
		       "/bin/cat") == 13);
	assert(confined(NULL, start, "/bin/sh") == 13);
}

static int write_one(struct v2v *v, void *opaque)
{
	CLEANUP_FREE char *path =
		v2v_format("%s/write/%s", dir, (const char *)opaque);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert(fd >= 0);
	v2v_written_add(v, fd);
	close(fd);
	return 42;
}

/* What was written is known here, what was there before is not sent twice. */
static void test_written(void)
{
	CLEANUP_FREE char *writable = v2v_format("%s/write", dir);
	CLEANUP_FREE char *a = v2v_format("%s/write/a", dir);
	CLEANUP_FREE char *b = v2v_format("%s/write/b", dir);
	const char *const writes[] = { writable, NULL };
	struct v2v_confine_options opt =
		V2V_OPTIONS(confine, .writable = writes);
	struct v2v *v = v2v_new();
	int result = 0;

	assert(v2v_confined(v, &opt, write_one, "a", &result, NULL) == 0);
	assert(result == 42 && v->written_count == 1);
	assert(v2v_confined(v, &opt, write_one, "b", &result, NULL) == 0);
	assert(v->written_count == 2);
	assert(v2v_written_check(v, a, NULL) < 0);
	assert(v2v_written_check(v, b, NULL) < 0);
	assert(v2v_written_check(v, dir, NULL) == 0);
	v2v_free(v);
}

static int crash(struct v2v *v, void *opaque)
{
	(void)v;
	(void)opaque;
	return raise(SIGKILL);
}

static int leave(struct v2v *v, void *opaque)
{
	(void)v;
	(void)opaque;
	_exit(0);
}

static int run_away(struct v2v *v, void *opaque)
{
	(void)v;
	(void)opaque;
	while (true)
		pause();
	return 0;
}

static void fails_with(const struct v2v_confine_options *opt,
	int (*call)(struct v2v *, void *), bool cancel, const char *text)
{
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();
	int result = 5;

	if (cancel)
		v2v_cancel(v);
	assert(v2v_confined(v, opt, call, NULL, &result, &err) < 0);
	assert(strstr(err.text, text) && result == 5);
	v2v_free(v);
}

static void test_failures(void)
{
	struct v2v_confine_options wrong = { .size = 0 };

	fails_with(&wrong, crash, false, "V2V_OPTIONS");
	fails_with(NULL, crash, false, "was ended by signal 9");
	fails_with(NULL, leave, false, "said nothing");
	fails_with(NULL, run_away, true, "was ended by signal 15");
}

static void make(const char *name, const char *text, mode_t mode)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", dir, name);
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	assert(v2v_write_all(fd, path, text, strlen(text), NULL) == 0);
}

static void set_up(void)
{
	static const char *const dirs[] = { "read", "write" };

	dir = v2v_make_dir("/tmp", "v2v-confine-", NULL);
	assert(dir);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", dir, dirs[i]);

		assert(mkdir(path, 0700) == 0);
	}
	make("read/file", "x", 0600);
	make("secret", "x", 0600);
	make("lone", "x", 0600);
	make("script", "#! /bin/sh -e\nexit 9\n", 0700);
	assert(symlinkat("lone", open(dir, O_PATH | O_CLOEXEC), "link") == 0);
}

int main(void)
{
	int has = confined(NULL, look, NULL);

	has_landlock = has & 1;
	has_seccomp = has & 2;
	set_up();
	test_files();
	test_sockets();
	test_programs();
	test_written();
	test_failures();
	v2v_remove_tree(dir);
	free(dir);
	return 0;
}
