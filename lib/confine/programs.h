/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What it takes to start a program of the host. */
#ifndef V2V_PROGRAMS_H
#define V2V_PROGRAMS_H

#include "confine/landlock.h"

/* Allow that @program is started: itself, what interprets it (of a script, and
 * ld.so), and what programs read as they begin. */
void v2v_programs_allow(const struct v2v_landlock *set, const char *program);
#endif
