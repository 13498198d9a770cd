/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* udev(7) rules that name network cards: 70-persistent-net.rules, which udev
 * itself wrote on older systems, and what people wrote. */
#include "inspect/udevrules.h"

#include "inspect/lines.h"
#include "inspect/netread.h"
#include "inspect/network.h"

#include <ctype.h>

bool v2v_udev_token(const char **text, struct v2v_udev_token *ret)
{
	const char *s = *text;
	const char *key, *value, *end;
	size_t n;

	for (;; s = end + 1) {
		s += strspn(s, " \t,\\\n");
		n = strcspn(s, "=!+-:\n\"");
		if (!s[n] || s[n] == '\n')
			return false;
		key = s;
		value = strchr(s + n, '"');
		end = value ? strchr(value + 1, '"') : NULL;
		if (!end)
			return false;
		if (value - (s + n) <= 3)
			break;
	}
	*ret = (struct v2v_udev_token){ .start = key, .end = end + 1 };
	ret->key = v2v_strndup(key, n);
	v2v_line_trim(ret->key);
	ret->value = v2v_strndup(value + 1, (size_t)(end - value - 1));
	ret->is_match = strncmp(key + n, "==", 2) == 0;
	ret->is_set = !ret->is_match && strchr("=:", key[n]);
	*text = end + 1;
	return true;
}

void v2v_udev_token_clear(struct v2v_udev_token *token)
{
	free(token->key);
	free(token->value);
}

static bool is_address_key(const char *key)
{
	return strcmp(key, "ATTR{address}") == 0 ||
	       strcmp(key, "ATTRS{address}") == 0 ||
	       strcmp(key, "SYSFS{address}") == 0 ||
	       strcmp(key, "ENV{ID_NET_NAME_MAC}") == 0;
}

bool v2v_udev_is_path_key(const char *key)
{
	return strcmp(key, "KERNELS") == 0 || strcmp(key, "ID") == 0 ||
	       strcmp(key, "BUSID") == 0 || strcmp(key, "ENV{ID_PATH}") == 0 ||
	       strcmp(key, "ATTRS{busid}") == 0 || strcmp(key, "DEVPATH") == 0;
}

void v2v_udev_rule(const char *line, struct v2v_udev_rule *rule)
{
	struct v2v_udev_token token;

	*rule = (struct v2v_udev_rule){ 0 };
	if (line[strspn(line, " \t")] == '#')
		return;
	while (v2v_udev_token(&line, &token)) {
		char **field = NULL;

		if (token.is_match && strcmp(token.key, "SUBSYSTEM") == 0)
			rule->is_net = strcmp(token.value, "net") == 0;
		else if (token.is_match && is_address_key(token.key))
			field = &rule->mac;
		else if (token.is_match && v2v_udev_is_path_key(token.key))
			field = &rule->path;
		else if (token.is_set && strcmp(token.key, "NAME") == 0)
			field = &rule->name;
		if (field && !*field)
			*field = v2v_take(token.value);
		v2v_udev_token_clear(&token);
	}
}

void v2v_udev_rule_clear(struct v2v_udev_rule *rule)
{
	free(rule->mac);
	free(rule->path);
	free(rule->name);
	*rule = (struct v2v_udev_rule){ 0 };
}

/* A rule may go on behind a backslash at its line's end. */
char *v2v_udev_line(const char **text)
{
	struct v2v_text whole CLEANUP_TEXT = { 0 };

	if (!**text)
		return NULL;
	while (**text) {
		size_t n = strcspn(*text, "\n");
		bool more = n && (*text)[n - 1] == '\\';

		n += (*text)[n] == '\n';
		v2v_text_add(&whole, *text, n);
		*text += n;
		if (!more)
			break;
	}
	return v2v_text_take(&whole);
}

/* One interface a rule: a name may have had several cards, of which the last is
 * the newest. */
static void add_rule(const struct v2v_udev_rule *rule, const char *where,
	struct v2v_list *interfaces)
{
	struct v2v_interface *iface;

	/* A path finds a card of the old machine only. */
	if (!rule->is_net || !rule->name || (!rule->mac && !rule->path) ||
		v2v_netread_is_virtual(rule->name))
		return;
	iface = v2v_list_add(interfaces, sizeof *iface);
	iface->name = v2v_strdup(rule->name);
	iface->where = v2v_strdup(where);
	v2v_netread_mac(iface, rule->mac);
	v2v_netread_path(iface, rule->path);
}

void v2v_network_udev(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	CLEANUP_FREE char *line = NULL;

	while ((line = v2v_udev_line(&text))) {
		struct v2v_udev_rule rule CLEANUP_UDEV_RULE = { 0 };

		v2v_udev_rule(line, &rule);
		free(v2v_take(line));
		add_rule(&rule, where, interfaces);
	}
}
