/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What nothing else fits is not yet a raw disk: an HTML page that a download
 * ended in, a text and a damaged OVA are not images.
 */
#ifndef V2V_UNPACK_TOLD_H
#define V2V_UNPACK_TOLD_H

#include "core/error.h"

/* The error "not-an-ova" where the bytes begin an HTML page; @file is for the
 * message. */
int v2v_told_html(const char *file, const void *start, size_t size,
	struct v2v_error *err);

/* The same where they begin a text, or where @name (without folders) is one
 * that no raw disk has. */
int v2v_told_raw(const char *file, const char *name, const void *start,
	size_t size, struct v2v_error *err);

/* Of what lies in the file @path from @offset (-1: 0) on. */
int v2v_told_raw_file(const char *file, const char *name, const char *path,
	int64_t offset, struct v2v_error *err);
#endif
