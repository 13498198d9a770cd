/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One item of a value that is a list of texts (edits.h: ADD_ITEM, DROP_ITEM).
 * Case does not matter. */
#ifndef V2V_WINDOWS_ITEMS_H
#define V2V_WINDOWS_ITEMS_H

#include "core/error.h"
#include "windows/registry-write.h"

/* @before with @item at its end, or without it, as *@ret_after, the caller's:
 * the same where there is nothing to do.  @type: of a value that is not there.
 * -1: the value is not a text. */
int v2v_items_add(const struct v2v_value *before, uint32_t type,
	const char *item, struct v2v_value *ret_after, struct v2v_error *err);
int v2v_items_drop(const struct v2v_value *before, const char *item,
	struct v2v_value *ret_after, struct v2v_error *err);
#endif
