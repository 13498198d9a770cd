/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stream of documents that the steps hand on: JSON objects, in which every
 * step adds a section of its own and leaves the others as they are.  v2v.h has
 * the reader and the writer; here is what steps need beside them.
 */
#ifndef V2V_DOC_H
#define V2V_DOC_H

#include "core/error.h"

/* An empty document of this version, the caller's to drop. */
json_t *v2v_doc_new(void);

/*
 * The section @name of @doc, borrowed; NULL and an error that names it where
 * it is not there.  @hint says which tool makes it ("v2v-unpack").
 */
json_t *v2v_doc_section(const json_t *doc, const char *name, const char *hint,
	struct v2v_error *err);

/* Is the section there, and not null? */
bool v2v_doc_has(const json_t *doc, const char *name);

/* The string member @name of @doc itself, borrowed, or NULL. */
const char *v2v_doc_string(const json_t *doc, const char *name);
#endif
