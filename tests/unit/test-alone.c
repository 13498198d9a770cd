/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call in a child that has two files and nothing else. */
#include "cases.h"

#include "confine/alone.h"
#include "core/open.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

static int in, out, other;

static void say(int to, const char *text)
{
	assert(write(to, text, strlen(text)) == (ssize_t)strlen(text));
}

static void copy_it(int from, int to, void *opaque)
{
	char text[16] = "";

	assert(pread(from, text, sizeof text - 1, 0) > 0);
	say(to, text);
	say(to, opaque);
}

/* As a library does that takes names. */
static void open_by_name(int from, int to, void *opaque)
{
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", from);
	CLEANUP_CLOSE int again = open(name, O_RDONLY);

	(void)opaque;
	say(to, again < 0 ? "refused" : "opened");
}

static void look_around(int from, int to, void *opaque)
{
	(void)from, (void)opaque;
	say(to, fcntl(other, F_GETFD) < 0 ? "closed " : "there ");
	say(to, open("/etc/passwd", O_RDONLY) < 0 ? "shut" : "open");
}

static void crash(int from, int to, void *opaque)
{
	(void)from, (void)to, (void)opaque;
	raise(SIGKILL);
}

static void take_memory(int from, int to, void *opaque)
{
	void *much = mmap(NULL, (size_t)3 << 30, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)from, (void)opaque;
	say(to, much == MAP_FAILED ? "refused" : "given");
}

static void say_much(int from, int to, void *opaque)
{
	(void)from, (void)opaque;
	for (unsigned i = 0; i < 33; i++)
		assert(lseek(to, 1 << 20, SEEK_CUR) > 0 &&
			write(to, "x", 1) == 1);
}

/* As a library does that finds a fault; the descriptor is open. */
static void print(int from, int to, void *opaque)
{
	(void)from, (void)opaque;
	say(to, write(STDERR_FILENO, "noise", 5) == 5 ? "printed" : "refused");
}

/* What @call says; NULL: it failed. */
static char *said_by(void (*call)(int in, int out, void *opaque), void *opaque)
{
	char text[64] = "";

	assert(ftruncate(out, 0) == 0 && lseek(out, 0, SEEK_SET) == 0);
	if (v2v_alone(call, in, out, opaque, NULL) < 0)
		return NULL;
	assert(pread(out, text, sizeof text - 1, 0) >= 0);
	return v2v_strdup(text);
}

static void check(void (*call)(int in, int out, void *opaque), const char *want,
	const char *or_else)
{
	CLEANUP_FREE char *got = said_by(call, " it is");

	if (!or_else || !v2v_streq(got, or_else))
		same("said", got, want);
}

/* Nothing of what a call prints comes to us. */
static void check_quiet(void)
{
	CLEANUP_CLOSE int before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	CLEANUP_CLOSE int file = v2v_memory_file("errors");

	assert(before > 2 && dup2(file, STDERR_FILENO) == STDERR_FILENO);
	check(print, "printed", NULL);
	assert(lseek(file, 0, SEEK_END) == 0);
	assert(dup2(before, STDERR_FILENO) == STDERR_FILENO);
}

int main(void)
{
	char name[] = "/tmp/v2v-test-alone-XXXXXX";

	in = v2v_mkostemp(name);
	assert(in >= 0 && unlink(name) == 0);
	out = v2v_memory_file("out");
	other = v2v_memory_file("other");
	say(in, "so");
	check(copy_it, "so it is", NULL);
	check(open_by_name, "opened", NULL);
	/* Without Landlock files can be opened. */
	check(look_around, "closed shut", "closed open");
	check(crash, NULL, NULL);
	check(take_memory, "refused", NULL);
	check(say_much, NULL, NULL);
	check(copy_it, "so it is", NULL);
	check_quiet();
	return 0;
}
