/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a machine's screen shows, from a dump of qemu's in the format PPM (P6),
 * as far as it can be told without reading letters.
 */
#ifndef V2V_BOOT_SCREEN_H
#define V2V_BOOT_SCREEN_H

#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>

struct v2v_screen {
	unsigned width, height;
	unsigned char *pixels; /* 3 bytes each; owned */
};

/* Read the dump that is open as @fd.  No larger than 8192 on a side. */
int v2v_screen_read(int fd, struct v2v_screen *ret, struct v2v_error *err);
void v2v_screen_clear(struct v2v_screen *screen);
#define CLEANUP_SCREEN __attribute__((cleanup(v2v_screen_clear)))

/* One colour, and nothing on it. */
bool v2v_screen_is_blank(const struct v2v_screen *screen);
/* The same but for what a cursor or a clock takes: one pixel in 500. */
bool v2v_screen_is_same(const struct v2v_screen *a, const struct v2v_screen *b);
/* Of the size of VGA's text mode with 80 columns and 25 lines. */
bool v2v_screen_is_text(const struct v2v_screen *screen);
/* The blue of a Windows that has stopped: from 8 on 0078D7 and its
 * neighbours, before 000080 and 0000AA, on most of it. */
bool v2v_screen_is_stopped_windows(const struct v2v_screen *screen);

/* VGA's text memory, two bytes a cell, as lines; the caller's. */
char *v2v_screen_text(const unsigned char *cells, size_t size);
#endif
