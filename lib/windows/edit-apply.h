/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The edits of a hive are carried out: on a copy of it that is made whole
 * (whole.h), by libhivex, in a child that has nothing else (confine/alone.h),
 * with one commit.  What was changed is said for each value; an edit that
 * changes nothing is no change.
 */
#ifndef V2V_WINDOWS_EDIT_APPLY_H
#define V2V_WINDOWS_EDIT_APPLY_H

#include "guest/tree.h"
#include "windows/edits.h"
#include "windows/registry-write.h"

enum v2v_edited_type {
	V2V_EDITED_VALUE,  /* set, changed or deleted */
	V2V_EDITED_NO_KEY, /* deleted; its values are before it in the list */
};

/* A change of a hive. */
struct v2v_edited {
	enum v2v_edited_type type;
	char *key;  /* below the root, as the hive spells it */
	char *name; /* of the value; "": the default one; NULL: the key */
	struct v2v_value before, after;
	const struct v2v_edit *edit; /* borrowed: that which made it */
};

void v2v_edited_clear(struct v2v_list *edited);
#define CLEANUP_EDITED __attribute__((cleanup(v2v_edited_clear)))

/*
 * Carry @edits out on a copy of the guest's hive @path: its descriptor as
 * *@ret_hive, the caller's, or -1 where nothing is changed; the changes, in
 * their order, are added to @edited (of struct v2v_edited), which lives no
 * longer than @edits.  *@ret_writes: of Windows, that were in the hive's logs
 * alone.  -1 with "registry-dirty" where the hive is not whole, "registry"
 * where it cannot be read or changed.
 */
int v2v_hive_edit(const struct v2v_tree *tree, const char *path,
	const struct v2v_edits *edits, struct v2v_list *edited, int *ret_hive,
	unsigned *ret_writes, struct v2v_error *err);
#endif
