/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the editors of network configuration share. */
#ifndef V2V_LINUX_NETWORK_NETTEXTS_PRIVATE_H
#define V2V_LINUX_NETWORK_NETTEXTS_PRIVATE_H

#include "linux/network/nettexts.h"
#include "linux/text/edit.h"

/* An edit under way. */
struct v2v_nettext {
	struct v2v_edit text;
	const struct v2v_net_edit *edit;
};

bool v2v_nettext_is_comment(const char *line);

/* What no kernel calls a card, in front of "eth0": a rule for the kernel's
 * first card would name another one now. */
#define V2V_NETTEXT_GONE "gone:"

/* Has any card a name that the rule must leave it? */
bool v2v_nettext_is_named(const struct v2v_net_edit *edit);

/* The MACs, with blanks between them, of the cards that such drivers had, where
 * others had others; the caller's, or NULL.  *@ret_count is how many. */
char *v2v_nettext_driven(const struct v2v_net_edit *edit, const char *drivers,
	size_t *ret_count);

/* Write a line, its MACs and drivers replaced. */
void v2v_nettext_line(struct v2v_nettext *e, const char *line);
#endif
