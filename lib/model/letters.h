/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The letters of disks. */
#ifndef V2V_MODEL_LETTERS_H
#define V2V_MODEL_LETTERS_H

#include "core/mem.h"

/* The letters of disk number @index: "a" … "z", "aa" …; the caller's. */
char *v2v_devices_letters(size_t index);

/* @prefix and the letters of @index: "sda", ... "sdz", "sdaa"; the caller's. */
char *v2v_assign_name(const char *prefix, size_t index);
#endif
