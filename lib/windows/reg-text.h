/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of a hive for people. */
#ifndef V2V_WINDOWS_REG_TEXT_H
#define V2V_WINDOWS_REG_TEXT_H

#include "windows/edit-apply.h"

/* A change's place, "SYSTEM\\ControlSet001\\Services\\storahci\\Start", and
 * what it is, "3 → 0", in one line; the caller's. */
char *v2v_reg_where(const char *path, const struct v2v_edited *edited);
char *v2v_reg_what(const struct v2v_edited *edited);

/*
 * The changes (of struct v2v_edited) of the hive @path as a .reg file, the
 * caller's: what was there before is in lines that begin with ';'.
 */
char *v2v_reg_text(const char *path, const struct v2v_list *edited);
#endif
