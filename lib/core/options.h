/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Option structs of callers that were compiled with an older or a newer v2v.h
 * than this library.  Each of them begins with `size_t size`, and an option is
 * only ever added at the end, so the common part has the same layout in both.
 */
#ifndef V2V_OPTIONS_H
#define V2V_OPTIONS_H

#include "core/error.h"

/*
 * Copy the caller's @given (NULL: all defaults) to *@known, the struct as this
 * library has it.  What an older caller does not have is zeroed; what a newer
 * one has in addition must be zero.  *@known has its own size afterwards. Fails
 * with "bad-option" where the size is missing or an unknown option is set. Both
 * have to be pointers to one struct; the ?: says so to the compiler.
 */
#define v2v_options_read(known, given, err)                                    \
	v2v_options_copy(__func__, (known), sizeof *(known),                   \
		1 ? (given) : (known), (err))
int v2v_options_copy(const char *function, void *known, size_t size,
	const void *given, struct v2v_error *err);
#endif
