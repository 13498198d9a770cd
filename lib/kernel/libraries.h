/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The libraries of programs, as the host's dynamic loader finds them. */
#ifndef V2V_KERNEL_LIBRARIES_H
#define V2V_KERNEL_LIBRARIES_H

#include "core/fields.h"
#include "core/handle.h"

/*
 * Files that the loader has for @programs (char *, absolute names), its own
 * among them: char *, the caller's list.  To ask it takes a process for each
 * program; so what it said is kept in @cache, a directory of ours, until it,
 * one of the programs, the host's list of libraries (ld.so.cache) or a library
 * that was found is another.
 */
int v2v_libraries_find(struct v2v *v, const struct v2v_list *programs,
	const char *cache, struct v2v_list *ret_files, struct v2v_error *err);
#endif
