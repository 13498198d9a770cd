/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a serial console has said, as plain text. */
#ifndef V2V_BOOT_SAID_H
#define V2V_BOOT_SAID_H

#include "core/fields.h"

/* A kernel that is not silent says less before its login. */
#define V2V_SAID_MOST (1 << 20)

/* Zeroed is empty. */
struct v2v_said {
	struct v2v_text text; /* without escape sequences; bounded: what is
				 older than V2V_SAID_MOST bytes may be gone */
	char escape[32];      /* a sequence that has not ended */
	size_t escape_length;
};

void v2v_said_add(struct v2v_said *said, const char *bytes);
void v2v_said_clear(struct v2v_said *said);
#define CLEANUP_SAID __attribute__((cleanup(v2v_said_clear)))

/* The last @count lines that are not empty, as an array of strings, the
 * caller's. */
json_t *v2v_said_last(const char *text, size_t count);
#endif
