/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the editors of network configuration share. */
#ifndef V2V_CONVERT_NETTEXTS_PRIVATE_H
#define V2V_CONVERT_NETTEXTS_PRIVATE_H

#include "convert/linux/nettexts.h"

/* An edit under way. */
struct v2v_nettext {
	const struct v2v_net_edit *edit;
	struct v2v_text out;
	struct v2v_text *what;
	bool changed;
};

/* Something was changed: told once. */
void v2v_nettext_note(struct v2v_nettext *e, const char *from, const char *to);

/* The new text, the caller's, or NULL where nothing was changed. */
char *v2v_nettext_finish(struct v2v_nettext *e);

/* The next line, with its newline; the caller's. */
char *v2v_nettext_next(const char **text);

bool v2v_nettext_is_comment(const char *line);

/* Write a line, its MACs and drivers replaced. */
void v2v_nettext_line(struct v2v_nettext *e, const char *line);

/* The MAC of the card that was at such a place ("pci-0000:0b:00.0", a pattern);
 * NULL. */
const char *v2v_nettext_mac_at(
	const struct v2v_net_edit *edit, const char *pattern);
#endif
