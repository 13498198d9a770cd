/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbered pages of 4 KiB: in memory, and above a limit in a file that has no
 * name.  What is given back is free for the system as well. */
#ifndef V2V_DISK_PAGES_H
#define V2V_DISK_PAGES_H

#include "core/error.h"

#define V2V_PAGE      4096U
#define V2V_MAX_PAGES 0xffffff00U /* numbers above are the page tree's */

struct v2v_pages;

/*
 * At most @in_memory pages lie in memory, at most @all in all.  @directory:
 * where the file is made when it is needed; NULL: there is none, and memory is
 * all.  NULL and an error where there is not so much address space.
 */
struct v2v_pages *v2v_pages_new(uint32_t in_memory, uint32_t all,
	const char *directory, struct v2v_error *err);
void v2v_pages_free(struct v2v_pages *pages);

/* A page, its content not set; "layer-full" where all are in use. */
int v2v_pages_take(
	struct v2v_pages *pages, uint32_t *ret_page, struct v2v_error *err);
void v2v_pages_give_back(struct v2v_pages *pages, uint32_t page);

int v2v_pages_write(struct v2v_pages *pages, uint32_t page, const void *data,
	struct v2v_error *err);
/* @size bytes of it from @at on. */
int v2v_pages_read(struct v2v_pages *pages, uint32_t page, size_t at,
	void *data, size_t size, struct v2v_error *err);

/* Pages in use, and those of them that lie in the file. */
uint32_t v2v_pages_used(const struct v2v_pages *pages);
uint32_t v2v_pages_in_file(const struct v2v_pages *pages);
#endif
