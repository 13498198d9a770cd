/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hives are read in a child that has nothing but a copy of one: libhivex may be
 * taken over by it.  What the child says is as little to be trusted. */
#ifndef V2V_WINDOWS_HIVE_H
#define V2V_WINDOWS_HIVE_H

#include "guest/tree.h"
#include "windows/registry.h"

#include "model/inspect.h"

/*
 * Have @read look at the hive in file @path of the guest, in a child: what it
 * puts into @told, an object, becomes *@ret_told, the caller's.  It cannot
 * change anything else.  -1: the hive cannot be read, or the child ended.
 */
int v2v_hive_read(const struct v2v_tree *tree, const char *path,
	void (*read)(struct v2v_registry *registry, json_t *told,
		const void *opaque),
	const void *opaque, json_t **ret_told, struct v2v_error *err);

/* The same for what fills a section `inspect`: the zeroed *@told. */
int v2v_hive_inspect(const struct v2v_tree *tree, const char *path,
	void (*read)(struct v2v_registry *registry, struct v2v_inspect *told,
		const void *opaque),
	const void *opaque, struct v2v_inspect *told, struct v2v_error *err);
#endif
