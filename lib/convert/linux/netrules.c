/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of udev rules that name network cards, and of nameif's table. */
#include "convert/linux/nettexts-private.h"
#include "inspect/udevrules.h"

#include <ctype.h>

/* Replace the comparison with an old place by one with the new MAC; the
 * caller's, or NULL where the rule has none. */
static char *by_mac(const struct v2v_net_edit *edit, const char *line,
	const struct v2v_udev_rule *rule, struct v2v_nettext *e)
{
	const char *mac =
		rule->path ? v2v_nettext_mac_at(edit, rule->path) : NULL;
	const char *rest = line;
	struct v2v_udev_token token;

	while (mac && v2v_udev_token(&rest, &token)) {
		CLEANUP_FREE char *put = NULL, *old = NULL;

		if (token.is_match && v2v_udev_is_path_key(token.key)) {
			put = v2v_format("ATTR{address}==\"%s\"", mac);
			old = v2v_strndup(
				token.start, (size_t)(token.end - token.start));
		}
		v2v_udev_token_clear(&token);
		if (!put)
			continue;
		for (char *c = put + strlen("ATTR{address}"); *c; c++)
			*c = (char)tolower(*c);
		v2v_nettext_note(e, old, put);
		return v2v_format("%.*s%s%s", (int)(token.start - line), line,
			put, token.end);
	}
	return NULL;
}

static void edit_rule(struct v2v_nettext *e, const char *line)
{
	struct v2v_udev_rule rule CLEANUP_UDEV_RULE = { 0 };
	CLEANUP_FREE char *put = NULL;

	v2v_udev_rule(line, &rule);
	if (rule.is_net && rule.name)
		put = by_mac(e->edit, line, &rule, e);
	if (rule.is_net)
		v2v_nettext_line(e, put ? put : line);
	else
		v2v_text_addf(&e->out, "%s", line);
}

char *v2v_nettext_rules(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_nettext e = { .edit = edit, .what = what };
	CLEANUP_FREE char *line = NULL;

	while ((line = v2v_udev_line(&text))) {
		edit_rule(&e, line);
		free(v2v_take(line));
	}
	return v2v_nettext_finish(&e);
}

/* The NIC of that MAC, and of that name where @name is not NULL. */
static const struct v2v_guest_nic *find_nic(
	const struct v2v_net_edit *edit, const char *mac, const char *name)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, edit->nics)
		if (strcasecmp(nic->mac, mac) == 0 &&
			(!name || v2v_streq(nic->name, name)))
			return nic;
	return NULL;
}

static bool has_rule(const char *text, const struct v2v_guest_nic *nic)
{
	CLEANUP_FREE char *line = NULL;

	while ((line = v2v_udev_line(&text))) {
		struct v2v_udev_rule rule CLEANUP_UDEV_RULE = { 0 };

		v2v_udev_rule(line, &rule);
		free(v2v_take(line));
		if (rule.is_net && rule.mac && rule.name &&
			strcasecmp(rule.mac, nic->mac) == 0)
			return true;
	}
	return false;
}

/* Is it a rule for a card that the machine has not, or one that @before says
 * already, as those of a name's older cards do after the edit? */
static bool is_stale(
	const struct v2v_net_edit *edit, const char *line, const char *before)
{
	const struct v2v_guest_nic *nic;
	struct v2v_udev_rule rule CLEANUP_UDEV_RULE = { 0 };

	v2v_udev_rule(line, &rule);
	if (!rule.is_net || !rule.name || !rule.mac)
		return false;
	nic = find_nic(edit, rule.mac, rule.name);
	return !nic || has_rule(before, nic);
}

/* Drop stale rules, and the comment right above each, which tells its card. */
static char *drop_stale(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *comment = NULL, *line = NULL;
	unsigned dropped = 0;

	while ((line = v2v_udev_line(&text))) {
		bool stale = is_stale(edit, line, out.data ? out.data : "");

		if (comment && !stale)
			v2v_text_addf(&out, "%s", comment);
		free(v2v_take(comment));
		dropped += stale;
		if (v2v_nettext_is_comment(line))
			comment = v2v_take(line);
		else if (!stale)
			v2v_text_addf(&out, "%s", line);
		free(v2v_take(line));
	}
	if (comment)
		v2v_text_addf(&out, "%s", comment);
	if (!dropped)
		return NULL;
	v2v_text_addf(what, "%s%u rule(s) for cards that are gone removed",
		what->length ? ", " : "", dropped);
	return v2v_text_take(&out);
}

/* In the form that udev itself wrote; sysfs has MACs in lower case. */
static char *add_missing(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	size_t n = strlen(text);
	bool added = false;

	v2v_text_add(&out, text, n);
	if (n && text[n - 1] != '\n')
		v2v_text_addf(&out, "\n");
	v2v_list_foreach (const struct v2v_guest_nic, nic, edit->nics) {
		CLEANUP_FREE char *mac = v2v_strdup(nic->mac);

		if (!nic->name || !v2v_pairing_is_plain_name(nic->name) ||
			has_rule(text, nic))
			continue;
		for (char *c = mac; *c; c++)
			*c = (char)tolower(*c);
		v2v_text_addf(&out,
			"SUBSYSTEM==\"net\", ACTION==\"add\", "
			"DRIVERS==\"?*\", ATTR{address}==\"%s\", "
			"ATTR{type}==\"1\", NAME=\"%s\"\n",
			mac, nic->name);
		v2v_text_addf(what, "%sthe card %s is %s",
			what->length ? ", " : "", mac, nic->name);
		added = true;
	}
	return added ? v2v_text_take(&out) : NULL;
}

char *v2v_nettext_persistent(const char *text, const struct v2v_net_edit *edit,
	bool add, struct v2v_text *what)
{
	CLEANUP_FREE char *edited = v2v_nettext_rules(text, edit, what);
	CLEANUP_FREE char *fresh =
		drop_stale(edited ? edited : text, edit, what);
	const char *now = fresh ? fresh : edited ? edited : text;
	char *whole = add ? add_missing(now, edit, what) : NULL;

	if (whole)
		return whole;
	return fresh ? v2v_take(fresh) : v2v_take(edited);
}

static bool has_mac(const char *text, const char *mac)
{
	while (*text) {
		CLEANUP_FREE char *line = v2v_nettext_next(&text);

		if (!v2v_nettext_is_comment(line) && strcasestr(line, mac))
			return true;
	}
	return false;
}

char *v2v_nettext_mactab(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	CLEANUP_FREE char *edited = v2v_nettext_plain(text, edit, what);
	const char *now = edited ? edited : text;
	struct v2v_text out CLEANUP_TEXT = { 0 };
	bool added = false;

	v2v_text_addf(&out, "%s%s", now,
		*now && !v2v_ends_with(now, "\n") ? "\n" : "");
	v2v_list_foreach (const struct v2v_guest_nic, nic, edit->nics) {
		if (!nic->name || !v2v_pairing_is_plain_name(nic->name) ||
			has_mac(now, nic->mac))
			continue;
		v2v_text_addf(&out, "%s %s\n", nic->name, nic->mac);
		v2v_text_addf(what, "%sthe card %s is %s",
			what->length ? ", " : "", nic->mac, nic->name);
		added = true;
	}
	return added ? v2v_text_take(&out) : v2v_take(edited);
}
