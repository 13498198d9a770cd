/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* udev(7) rules, as far as they name network cards. */
#ifndef V2V_LINUX_NETWORK_UDEVRULES_H
#define V2V_LINUX_NETWORK_UDEVRULES_H

#include "linux/network/netmatch.h"

/* KEY=="value", and where it is in the text. */
struct v2v_udev_token {
	char *key, *value; /* owned */
	bool is_match;	   /* == */
	bool is_set;	   /* = or := */
	const char *start, *end;
};

/* The next of a rule; false at its end.  *@text moves on. */
bool v2v_udev_token(const char **text, struct v2v_udev_token *ret);
void v2v_udev_token_clear(struct v2v_udev_token *token);

/* Does it compare with something that only the old machine's card had? */
bool v2v_udev_is_old(const struct v2v_udev_token *token);

/* What a rule says of a card; a comment says nothing. */
struct v2v_udev_rule {
	bool is_net;
	char *name; /* NULL: it gives none */
	struct v2v_netmatch match;
};

/* Fill *@rule from a line; clear it. */
void v2v_udev_rule(const char *line, struct v2v_udev_rule *rule);
void v2v_udev_rule_clear(struct v2v_udev_rule *rule);
#define CLEANUP_UDEV_RULE __attribute__((cleanup(v2v_udev_rule_clear)))

/* The next rule of a text, with its newlines; NULL at the end.  The caller
 * frees. */
char *v2v_udev_line(const char **text);
#endif
