/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of fstab(5) and crypttab(5): what the reader finds in one, the editor
 * finds, too. */
#ifndef V2V_LINUX_STORAGE_TABLES_H
#define V2V_LINUX_STORAGE_TABLES_H

#include "core/mem.h"

/* The @n bytes at @s with "\040" and similar escapes undone; the caller's. */
char *v2v_table_unescape(const char *s, size_t n);

/* The same of a device's name, which some have put into quotes. */
char *v2v_table_device(const char *s, size_t n);
#endif
