/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stand-in for virtio-win, made for a unit program in a folder of its own. */
#ifndef V2V_TEST_VIRTIO_WIN_H
#define V2V_TEST_VIRTIO_WIN_H

#include "dir-tree.h"

#include <spawn.h>
#include <sys/wait.h>

static char virtio_win_top[] = "/tmp/v2v-test-virtio-XXXXXX";

/* TOP/NAME, the caller's. */
static inline char *virtio_win(const char *name)
{
	return v2v_format("%s/%s", virtio_win_top, name);
}

static inline void run_maker(const char *const *words)
{
	static const char maker[] = "tests/guests/make-virtio-win.py";
	int status = -1;
	pid_t child;

	assert(posix_spawn(&child, maker, NULL, NULL, (char *const *)words,
		       environ) == 0);
	assert(waitpid(child, &status, 0) == child && status == 0);
}

/* TOP/iso, of the layout of the image; TOP/image.iso; TOP/rpm, of the
 * package's.
 */
static inline void make_virtio_win(void)
{
	CLEANUP_FREE char *image = NULL, *iso = NULL, *rpm = NULL;

	assert(mkdtemp(virtio_win_top));
	image = virtio_win("image.iso");
	iso = virtio_win("iso");
	rpm = virtio_win("rpm");
	run_maker((const char *const[]){ "maker", "--iso", image, iso, NULL });
	run_maker(
		(const char *const[]){ "maker", "--layout", "rpm", rpm, NULL });
}

static inline void drop_virtio_win(void)
{
	remove_tree(virtio_win_top);
}
#endif
