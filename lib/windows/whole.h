/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hive of a guest as Windows would load it: the primary file, and what its
 * transaction logs beside it have more (windows/replay/replay.h).
 */
#ifndef V2V_WINDOWS_WHOLE_H
#define V2V_WINDOWS_WHOLE_H

#include "guest/tree.h"
#include "windows/replay/replay.h"

struct v2v_hive_state {
	unsigned writes; /* of Windows that were in the logs alone; 0: clean */
	/* Why it is not whole: the code is "registry-dirty"; else empty. */
	struct v2v_error dirty;
};

/* Does its head say so?  Then it need not be copied to be known as clean. */
bool v2v_hive_is_whole(const struct v2v_tree *tree, const char *path);

/* The transaction log number @which of the hive @path, as it is spelled in the
 * guest, the caller's; NULL: it is not there. */
char *v2v_hive_log(const struct v2v_tree *tree, const char *path, size_t which);

/*
 * Copy the hive @path out of the guest into a file without a name, and make it
 * whole: its descriptor, the caller's.  Where that cannot be done the copy is
 * as it is in the guest: it may be read, and not be edited.  -1: it cannot be
 * read, or is larger than 512 MiB.  @ret_state may be NULL.
 */
int v2v_hive_fetch(const struct v2v_tree *tree, const char *path,
	struct v2v_hive_state *ret_state, struct v2v_error *err);
#endif
