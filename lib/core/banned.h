/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that do not compile here; included by core/mem.h, so everywhere. */
#ifndef V2V_BANNED_H
#define V2V_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets
#pragma GCC poison strtok atoi atol atoll system popen tmpnam mktemp
#endif
