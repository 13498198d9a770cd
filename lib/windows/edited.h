/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the child of edit-apply.c says what it changed: a JSON text, which is as
 * untrusted as the hive. */
#ifndef V2V_WINDOWS_EDITED_H
#define V2V_WINDOWS_EDITED_H

#include "windows/edit-apply.h"

struct v2v_edited_place {
	struct v2v_registry *registry;
	const char *key, *name; /* as the edit has them; NULL: the key */
	size_t edit;		/* its index */
};

/* Child: add a change to the array @told.  The key is spelled as it is in the
 * hive. */
void v2v_edited_tell(json_t *told, enum v2v_edited_type type,
	const struct v2v_edited_place *place, const struct v2v_value *before,
	const struct v2v_value *after);
/* The same of @key, which will be deleted, and of all values in it and below
 * it. */
void v2v_edited_tell_gone(json_t *told, const struct v2v_edited_place *place,
	v2v_registry_key key);

/* Child: carry out all edits in memory, and add each change to the array @told;
 * the first that fails ends it. */
int v2v_edits_carry_out(struct v2v_registry *registry,
	const struct v2v_edits *edits, json_t *told, struct v2v_error *err);

/* Parent: what was said, in the file @out, of @edits; -1 too where the child
 * could not do it. */
int v2v_edited_load(int out, const struct v2v_edits *edits,
	struct v2v_list *edited, struct v2v_error *err);
#endif
