/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limine: limine.conf ("key: value", "/Title"), and limine.cfg of versions
 * before 8 ("KEY=value", ":Title"). */
#ifndef V2V_INSPECT_LIMINE_H
#define V2V_INSPECT_LIMINE_H

#include "inspect/boot-entry.h"

/* Add the entries that start Linux, with names as written less the check sums
 * behind them, and mark the default. */
void v2v_limine_read(const char *text, struct v2v_list *entries);
#endif
