/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limine: limine.conf ("key: value", "/Title"), and limine.cfg of versions
 * before 8 ("KEY=value", ":Title"). */
#ifndef V2V_LINUX_BOOT_LIMINE_H
#define V2V_LINUX_BOOT_LIMINE_H

#include "guest/tree.h"
#include "linux/boot/boot-entry.h"
#include "model/inspect.h"

/* Add the entries that start Linux, with names as written less the check sums
 * behind them, and mark the default. */
void v2v_limine_read(const char *text, struct v2v_list *entries);

/* The image of Limine's that has the check sum of limine.conf in itself, and so
 * starts nothing with an edited one; the caller's, or NULL. */
char *v2v_limine_sealed(
	const struct v2v_tree *tree, const struct v2v_inspect *inspect);
#endif
