/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a tool may reach once it knows its options and its document, and no
 * more: v2v-tools(7), "CONFINEMENT".  A document names files, Landlock cannot
 * be widened, and documents come one after the other: so each is worked on by a
 * process of its own.
 */
#ifndef V2V_TOOL_CONFINE_H
#define V2V_TOOL_CONFINE_H

#include "common/tool.h"

/* Is confinement wanted?  V2V_CONFINE=off in the environment says no. */
bool confine_is_on(void);

/* This process, for good: @files are what it reads. */
int confine_self(struct v2v *v, const struct tool_reach *reach, char **files,
	const struct v2v_unpack_options *unpack, struct v2v_error *err);

/* v2v_confined(), for the files that @doc names, a document or an array of
 * them. */
int confine_call(struct v2v *v, const struct tool_reach *reach,
	const json_t *doc, int (*call)(struct v2v *v, void *opaque),
	void *opaque, int *ret_result, struct v2v_error *err);

/* Where a file was refused: say that it may have been us. */
void confine_explain(struct v2v_error *err);
#endif
