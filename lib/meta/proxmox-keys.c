/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of a Proxmox VE machine's keys and values. */
#include "meta/proxmox.h"

#include <stdarg.h>

struct v2v_pve_key *v2v_pve_add(
	struct v2v_pve *p, const char *key, const char *fmt, ...)
{
	struct v2v_pve_key *line = v2v_list_add(&p->keys, sizeof *line);
	va_list args;

	line->key = v2v_strdup(key);
	va_start(args, fmt);
	if (vasprintf(&line->value, fmt, args) < 0)
		abort();
	va_end(args);
	return line;
}

void v2v_pve_clear(struct v2v_pve *p)
{
	v2v_list_foreach (struct v2v_pve_key, line, &p->keys) {
		free(line->key);
		free(line->value);
	}
	free(p->keys.items);
	v2v_text_clear(&p->boot);
}
