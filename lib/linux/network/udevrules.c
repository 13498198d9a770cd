/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* udev(7) rules that name network cards: 70-persistent-net.rules, which udev
 * itself wrote on older systems, and what people wrote. */
#include "linux/network/udevrules.h"

#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

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

/* What rules compare, as udev's properties; ENV{X} is the property X. */
static const char *const keys[][2] = {
	{ "KERNEL", "INTERFACE" },
	{ "KERNELS", "ID_PATH" },
	{ "ID", "ID_PATH" },
	{ "BUSID", "ID_PATH" },
	{ "ATTRS{busid}", "ID_PATH" },
	{ "DRIVERS", "DRIVER" },
	{ "ATTRS{vendor}", "ID_VENDOR_ID" },
	{ "SYSFS{vendor}", "ID_VENDOR_ID" },
	{ "ATTR{device/vendor}", "ID_VENDOR_ID" },
	{ "ATTRS{device}", "ID_MODEL_ID" },
	{ "SYSFS{device}", "ID_MODEL_ID" },
	{ "ATTR{device/device}", "ID_MODEL_ID" },
	{ "ATTRS{subsystem_vendor}", "SUBSYSTEM_ID" },
	{ "ATTRS{subsystem_device}", "SUBSYSTEM_ID" },
	{ "ATTRS{class}", "CLASS" },
	{ "ATTR{type}", "TYPE" },
	{ "SYSFS{type}", "TYPE" },
	{ "ATTR{dev_id}", "DEV_ID" },
	{ "ATTR{dev_port}", "DEV_PORT" },
	{ "ATTR{addr_assign_type}", "ADDR_ASSIGN_TYPE" },
	{ "SUBSYSTEMS", "ID_BUS" },
	{ "BUS", "ID_BUS" },
	{ "ATTRS{idVendor}", "ID_USB_DRIVER" },
	{ "ATTRS{idProduct}", "ID_USB_DRIVER" },
};

static void compare(
	struct v2v_netmatch *match, const struct v2v_udev_token *token)
{
	CLEANUP_FREE char *property = v2v_strdup(token->key);

	if (is_address_key(token->key) && v2v_netread_is_mac(token->value)) {
		if (!match->mac)
			match->mac = v2v_strdup(token->value);
		return;
	}
	if (v2v_starts_with(token->key, "ENV{") &&
		v2v_ends_with(token->key, "}")) {
		free(property);
		property = v2v_strndup(token->key + strlen("ENV{"),
			strlen(token->key) - strlen("ENV{}"));
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(token->key, keys[i][0]) == 0) {
			v2v_string_set(&property, keys[i][1]);
			break;
		}
	v2v_netmatch_property(match, property, token->key, token->value);
}

bool v2v_udev_is_old(const struct v2v_udev_token *token)
{
	struct v2v_netmatch match CLEANUP_NETMATCH = { 0 };

	if (!token->is_match)
		return false;
	compare(&match, token);
	return v2v_netmatch_is_old(&match) || match.vendor || match.id;
}

/* SUSE's way of old: IMPORT="/lib/udev/rename_netiface %k eth0" */
static char *renamed_to(const struct v2v_udev_token *token)
{
	static const char by[] = "rename_netiface %k ";
	const char *s = v2v_starts_with(token->key, "IMPORT")
				? strstr(token->value, by)
				: NULL;

	return s ? v2v_strdup(s + strlen(by)) : NULL;
}

static void read_token(
	struct v2v_udev_rule *rule, const struct v2v_udev_token *token)
{
	char *name = renamed_to(token);

	if (token->is_set && strcmp(token->key, "NAME") == 0)
		name = v2v_strdup(token->value);
	if (name && !rule->name)
		rule->name = v2v_take(name);
	free(name);
	if (token->is_match && strcmp(token->key, "SUBSYSTEM") == 0)
		rule->is_net = strcmp(token->value, "net") == 0;
	else if (token->is_match || strcmp(token->key, "PROGRAM") == 0)
		compare(&rule->match, token);
}

void v2v_udev_rule(const char *line, struct v2v_udev_rule *rule)
{
	struct v2v_udev_token token;

	*rule = (struct v2v_udev_rule){ 0 };
	if (line[strspn(line, " \t")] == '#')
		return;
	while (v2v_udev_token(&line, &token)) {
		read_token(rule, &token);
		v2v_udev_token_clear(&token);
	}
	v2v_netmatch_finish(&rule->match);
}

void v2v_udev_rule_clear(struct v2v_udev_rule *rule)
{
	v2v_netmatch_clear(&rule->match);
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

	if (!rule->is_net || !rule->name || rule->match.is_other ||
		(v2v_netread_is_virtual(rule->name) &&
			!v2v_netmatch_number(rule->name)))
		return;
	iface = v2v_list_add(interfaces, sizeof *iface);
	iface->name = v2v_strdup(rule->name);
	iface->where = v2v_strdup(where);
	v2v_netmatch_tell(&rule->match, iface, "KERNEL");
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
