/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine of which nobody says what it was: what is assumed of it, and its
 * document. */
#ifndef V2V_UNPACK_INVENT_H
#define V2V_UNPACK_INVENT_H

#include "core/handle.h"
#include "core/workdir.h"
#include "model/source.h"

/* What no image says: the name that @file's suggests, the defaults of v2v.h, a
 * network card; @source is the caller's to clear. */
void v2v_unpack_invent(const char *file, struct v2v_source *source);

/* What is assumed of a machine of which nobody says what it was, unless options
 * do: a warning, or only recorded. */
void v2v_unpack_tell_assumed(
	struct v2v *v, const struct v2v_unpack_options *opt);

/* The document of a machine without a descriptor, the caller's. */
json_t *v2v_unpack_document(struct v2v *v, const struct v2v_unpack_options *opt,
	struct v2v_source *source, const struct v2v_workdir *workdir);
#endif
