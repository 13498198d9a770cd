/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parts of a system that are never changed where they lie: what made them
 * checks them, or makes them again.  /nix/store, Guix's, and /usr and the
 * repository of an OSTree guest, whose files are one with the repository's.
 */
#ifndef V2V_LINUX_SEALED_H
#define V2V_LINUX_SEALED_H

#include "guest/tree.h"
#include "model/inspect.h"

/* Does @path, links followed, lead there?  What is not there yet is where its
 * directory is. */
bool v2v_is_sealed(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, const char *path);

/* Is the file, by its real name, in the store of Nix or Guix? */
bool v2v_is_in_store(const char *real);
#endif
