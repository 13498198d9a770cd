/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* preload/ptrace.c, compiled, as bytes. */
#include "kernel/preload.h"

#include "core/file.h"
#include "core/open.h"

/* The Makefile makes it before this is compiled. */
#ifdef V2V_PRELOAD
__asm__(".section .rodata\n"
	"v2v_preload_begin:\n"
	".incbin \"" V2V_PRELOAD "\"\n"
	"v2v_preload_end:\n"
	".previous\n");
extern const char v2v_preload_begin[] __attribute__((visibility("hidden")));
extern const char v2v_preload_end[] __attribute__((visibility("hidden")));
#else
static const char v2v_preload_begin[1], *const v2v_preload_end =
						v2v_preload_begin;
#endif

int v2v_preload_file(struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_memory_file("v2v-preload");

	if (fd < 0)
		return v2v_fail_errno(err, "cannot create a memory file");
	if (v2v_write_all(fd, "preload", v2v_preload_begin,
		    (size_t)(v2v_preload_end - v2v_preload_begin), err) < 0)
		return -1;
	return v2v_take_fd(&fd);
}
