/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ending an appliance: cancelled, or out of time.  A libguestfs call cannot be
 * interrupted, least of all the launch; but it returns at once when its qemu is
 * gone.  qemu is found as a child of ours whose command line names our private
 * directory.
 */
#include "core/open.h"
#include "guest/libguestfs/private.h"

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

static void *watch(void *opaque)
{
	struct v2v_libguestfs *l = opaque;
	const struct timespec pause = { 0, WATCH_NS };

	while (!__atomic_load_n(&l->stop, __ATOMIC_RELAXED)) {
		if (v2v_is_cancelled(l->a.v) || v2v_appliance_is_late(&l->a))
			kill_children(l->config.dir);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

void v2v_libguestfs_watch(struct v2v_libguestfs *l)
{
	sigset_t all, old;

	/* Signals are for the program's own threads. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	l->stop = 0;
	l->watched = pthread_create(&l->watcher, NULL, watch, l) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void v2v_libguestfs_unwatch(struct v2v_libguestfs *l)
{
	if (!l->watched)
		return;
	__atomic_store_n(&l->stop, 1, __ATOMIC_RELAXED);
	pthread_join(l->watcher, NULL);
	l->watched = false;
}
