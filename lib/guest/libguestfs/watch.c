/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ending an appliance: cancelled, or out of time.  A libguestfs call cannot be
 * interrupted, least of all the launch; but it returns at once when its qemu is
 * gone.  qemu is found as a child of ours whose command line names our private
 * directory.
 */
#include "core/open.h"
#include "guest/private.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>

#define WATCH_NS 50000000L

/* Read /proc/PID/@file; the buffer is always ended by a NUL. */
static size_t read_proc(
	const char *pid, const char *file, char *buffer, size_t room)
{
	CLEANUP_FREE char *path = v2v_format("/proc/%s/%s", pid, file);
	CLEANUP_CLOSE int fd = v2v_open(path, O_RDONLY, 0);
	size_t length = 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && length < room - 1) {
		n = read(fd, buffer + length, room - 1 - length);
		if (n > 0)
			length += (size_t)n;
	}
	buffer[length] = '\0';
	return length;
}

/* proc(5): the fourth field of stat, behind the name in parentheses. */
static bool is_child(const char *pid)
{
	char stat[4096], *rest, *parent, *end;

	read_proc(pid, "stat", stat, sizeof stat);
	rest = strrchr(stat, ')');
	if (!rest || strlen(rest) < 5)
		return false;
	parent = rest + 4;
	return strtol(parent, &end, 10) == (long)getpid();
}

static bool names_directory(const char *pid, const char *dir)
{
	static const size_t room = 1 << 18;
	CLEANUP_FREE char *line = v2v_alloc(1, room);
	size_t n = read_proc(pid, "cmdline", line, room);

	return memmem(line, n, dir, strlen(dir)) != NULL;
}

static void kill_children(const char *dir)
{
	CLEANUP_CLOSEDIR DIR *proc = v2v_opendir("/proc");
	struct dirent *entry;
	int64_t pid;

	while (proc && (entry = readdir(proc)))
		if (v2v_parse_i64(entry->d_name, &pid) && pid > 1 &&
			is_child(entry->d_name) &&
			names_directory(entry->d_name, dir))
			kill((pid_t)pid, SIGKILL);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec;
}

void v2v_guest_set_deadline(struct v2v_guest *guest, unsigned seconds)
{
	__atomic_store_n(&guest->deadline, seconds ? now() + seconds : 0,
		__ATOMIC_RELAXED);
}

static bool is_late(const struct v2v_guest *guest)
{
	int64_t deadline = __atomic_load_n(&guest->deadline, __ATOMIC_RELAXED);

	return deadline && now() >= deadline;
}

int v2v_guest_check_time(const struct v2v_guest *guest, struct v2v_error *err)
{
	if (v2v_check_cancel(guest->v, err) < 0)
		return -1;
	if (!is_late(guest))
		return 0;
	return v2v_fail(err, "guest-deadline",
		"the guest takes too long to be looked at: its files are "
		"damaged or meant to cost time, or this host is too slow");
}

static void *watch(void *opaque)
{
	struct v2v_guest *guest = opaque;
	const struct timespec pause = { 0, WATCH_NS };

	while (!__atomic_load_n(&guest->stop, __ATOMIC_RELAXED)) {
		if (v2v_is_cancelled(guest->v) || is_late(guest))
			kill_children(guest->dir);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

void v2v_guest_watch(struct v2v_guest *guest)
{
	sigset_t all, old;

	/* Signals are for the program's own threads. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	guest->stop = 0;
	guest->watched =
		pthread_create(&guest->watcher, NULL, watch, guest) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void v2v_guest_unwatch(struct v2v_guest *guest)
{
	if (!guest->watched)
		return;
	__atomic_store_n(&guest->stop, 1, __ATOMIC_RELAXED);
	pthread_join(guest->watcher, NULL);
	guest->watched = false;
}
