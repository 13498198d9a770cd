/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SELinux labels by a policy's file_contexts(5), with libselinux on the host.
 * The texts are untrusted, and their regular expressions may take forever:
 * they are read in a child with little time and memory.
 */
#ifndef V2V_CONVERT_LINUX_LABELS_H
#define V2V_CONVERT_LINUX_LABELS_H

#include "core/handle.h"

struct v2v_list;

/*
 * The label of each of @paths (of char *; a directory's ends with '/'), added
 * to @labels (of char *) in the same order, "" where it gets none.  @contexts
 * is the file; beside it may lie the same name with .homedirs, .local, .subs
 * and .subs_dist.  -1, and nothing added, where the child does not manage.
 */
int v2v_labels_find(struct v2v *v, const char *contexts,
	const struct v2v_list *paths, struct v2v_list *labels,
	struct v2v_error *err);
#endif
