/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fake appliance of fake-appliance.h itself: how it counts its calls and
 * ends at one, and what its names are on the host. */
#ifndef V2V_TEST_FAKE_CALLS_H
#define V2V_TEST_FAKE_CALLS_H

#include "cases.h"

#include "guest/libguestfs/private.h"
#include "guest/private.h"
#include "open-in-root.h"

#include <fcntl.h>
#include <signal.h>

struct guestfs_h {
	const char *root;    /* of what is mounted as "/" */
	const void *machine; /* of fake-disks.h; NULL: it has no disks */
	unsigned calls;
	unsigned end_at; /* this call does half of its work; 0: none */
	bool kill;	 /* then so ends the process, else the appliance */
	uint64_t room;	 /* largest new file; 0: any */
	uint64_t given;	 /* bytes of files that were handed out */
	unsigned puts;	 /* files that were written to, or are new */
	struct v2v_libguestfs appliance; /* by which lib/guest calls it */
};

/* What a killed process has written is there, synced or not. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	(void)fd;
	return 0;
}

/* Is there an appliance still?  *@ret_half: for this call, half of it. */
static bool fake_call(guestfs_h *g, bool *ret_half)
{
	bool last = g->end_at && g->calls + 1 == g->end_at;

	g->calls++;
	if (ret_half)
		*ret_half = last;
	if (last && !ret_half && g->kill)
		raise(SIGKILL);
	return !g->end_at || g->calls < g->end_at || (last && ret_half);
}

/* The end of a call that may do half of its work. */
static int fake_end(guestfs_h *g, bool half, int status)
{
	if (half && g->kill)
		raise(SIGKILL);
	return half ? -1 : status;
}

/* The host's name, links resolved below the root; NULL: nothing there. */
static char *fake_resolve(guestfs_h *g, const char *path)
{
	CLEANUP_CLOSE int root = open(g->root, O_PATH | O_CLOEXEC);
	CLEANUP_CLOSE int fd = open_in_root(root, path, O_PATH);
	CLEANUP_FREE char *link = v2v_format("/proc/self/fd/%d", fd);

	char name[4096];
	ssize_t n = fd < 0 ? -1 : readlink(link, name, sizeof name);

	return n < 0 ? NULL : v2v_strndup(name, (size_t)n);
}

/* The same, but a link in the last part is not followed. */
static char *fake_name(guestfs_h *g, const char *path)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *directory =
		v2v_strndup(path, (size_t)(slash - path) + 1);
	CLEANUP_FREE char *real = fake_resolve(g, directory);

	return v2v_format("%s/%s", real ? real : "/nowhere", slash + 1);
}

const char *guestfs_last_error(guestfs_h *g)
{
	return g->end_at && g->calls >= g->end_at ? "the appliance is gone"
						  : strerror(errno);
}

int guestfs_last_errno(guestfs_h *g)
{
	return g->end_at && g->calls >= g->end_at ? 0 : errno;
}

int guestfs_ping_daemon(guestfs_h *g)
{
	return fake_call(g, NULL) ? 0 : -1;
}

/* As libguestfs: what is gone already is not a failure. */
int guestfs_shutdown(guestfs_h *g)
{
	fake_call(g, NULL);
	return 0;
}

int guestfs_sync(guestfs_h *g)
{
	return fake_call(g, NULL) ? 0 : -1;
}
#endif
