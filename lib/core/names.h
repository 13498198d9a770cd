/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names in a message, "'a', 'b' and 7 more": as many as a line can bear. */
#ifndef V2V_NAMES_H
#define V2V_NAMES_H

#include "core/mem.h"

/* Zeroed is empty. */
struct v2v_names {
	struct v2v_text text;
	size_t count, shown;
};

void v2v_names_add(struct v2v_names *names, const char *name);

/* Once, when all are added; lent, "nothing" where there are none. */
const char *v2v_names_text(struct v2v_names *names);

void v2v_names_clear(struct v2v_names *names);
#define CLEANUP_NAMES __attribute__((cleanup(v2v_names_clear)))
#endif
