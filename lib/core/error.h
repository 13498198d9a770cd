/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Setting the error that the public header defines.  The first error wins;
 * who knows more puts it in front.  Messages: lower case, the thing in quotes,
 * no full stop.
 */
#ifndef V2V_ERROR_H
#define V2V_ERROR_H

#include "core/mem.h"
#include "v2v.h"

/* Set *@err (may be NULL) unless it is set.  @code is a literal.  Returns -1.
 */
int v2v_fail(struct v2v_error *err, const char *code, const char *fmt, ...)
	V2V_PRINTF(3, 4);

/* The same with ": " and the text of errno behind; code "io". */
int v2v_fail_errno(struct v2v_error *err, const char *fmt, ...)
	V2V_PRINTF(2, 3);

/* Put "TEXT: " in front of the error that is set.  Returns -1. */
int v2v_fail_prefix(struct v2v_error *err, const char *fmt, ...)
	V2V_PRINTF(2, 3);
#endif
