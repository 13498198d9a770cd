/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of udev rules that name network cards, and of nameif's table. */
#include "linux/network/nettexts-private.h"
#include "linux/network/udevrules.h"

#include <ctype.h>

/* A rule under the pen. */
struct rewrite {
	struct v2v_nettext *e;
	const struct v2v_udev_rule *rule;
	const char *mac, *name; /* the card's; NULL: no card of ours has it */
	struct v2v_text line;
	bool has_mac; /* the line compares with it */
};

/* What replaces the token; the caller's: "" drops it, NULL leaves
 * it. */
static char *new_token(struct rewrite *r, const struct v2v_udev_token *token)
{
	if (token->is_set && strcmp(token->key, "NAME") == 0)
		return v2v_netmatch_number(token->value)
			       ? v2v_format("NAME=\"%s\"", r->name)
			       : NULL;
	if (!v2v_udev_is_old(token))
		return NULL;
	if (!r->mac)
		return strcmp(token->key, "KERNEL") == 0
			       ? v2v_format("KERNEL==\"" V2V_NETTEXT_GONE
					    "%s\"",
					 token->value)
			       : NULL;
	/* Drivers are replaced where there is an address too. */
	if (r->rule->match.mac && !r->rule->match.path)
		return strcmp(token->key, "KERNEL") == 0 ? v2v_strdup("")
							 : NULL;
	if (r->has_mac)
		return v2v_strdup("");
	r->has_mac = true;
	return v2v_format("ATTR{address}==\"%s\"", r->mac);
}

static void add_token(struct rewrite *r, const struct v2v_udev_token *token,
	const char *before)
{
	size_t n = (size_t)(token->end - token->start);
	CLEANUP_FREE char *put = new_token(r, token);
	CLEANUP_FREE char *old = v2v_strndup(token->start, n);

	if (put)
		v2v_edit_note(&r->e->text, old, *put ? put : "removed");
	if (put && !*put)
		return;
	if (r->line.length || !v2v_starts_with(before, ","))
		v2v_text_add(&r->line, before, (size_t)(token->start - before));
	v2v_text_addf(&r->line, "%s", put ? put : old);
}

/* The rule, its tokens replaced. */
static void write_rule(struct rewrite *r, const char *line)
{
	struct v2v_nettext *e = r->e;
	const char *rest = line, *before = line;
	struct v2v_udev_token token;

	while (v2v_udev_token(&rest, &token)) {
		add_token(r, &token, before);
		before = token.end;
		v2v_udev_token_clear(&token);
	}
	v2v_text_addf(&r->line, "%s", before);
	if (e->text.out.length &&
		e->text.out.data[e->text.out.length - 1] != '\n')
		v2v_text_addf(&e->text.out, "\n");
	v2v_nettext_line(e, r->line.data);
	v2v_text_clear(&r->line);
}

/* A rule for the card by its MAC, in the place of one by what the card was on
 * the old machine. */
static void bind_rule(struct v2v_nettext *e, const char *line,
	const struct v2v_udev_rule *rule, const char *mac, const char *name)
{
	CLEANUP_FREE char *lower = v2v_strdup(mac);
	struct rewrite r = { .e = e, .rule = rule, .mac = lower, .name = name };

	/* sysfs has it so. */
	for (char *c = lower; *c; c++)
		*c = (char)tolower(*c);
	/* Each card of "lan%n" has a rule of its own. */
	if (!rule->match.mac && !v2v_netmatch_is_old(&rule->match)) {
		v2v_text_addf(&r.line, "ATTR{address}==\"%s\", ", lower);
		r.has_mac = true;
	}
	write_rule(&r, line);
}

/* A rule for a card by the kernel's number, whose name no card has: as above,
 * but that it finds none any more. */
static bool disarm(struct v2v_nettext *e, const char *line,
	const struct v2v_udev_rule *rule)
{
	struct rewrite r = { .e = e, .rule = rule };

	if (!rule->match.original || rule->match.mac || rule->match.path ||
		!v2v_nettext_is_named(e->edit))
		return false;
	write_rule(&r, line);
	return true;
}

/* A file of rules for "lan%n" becomes so many times as long as there are cards:
 * no guest's is longer than this. */
#define MAX_RULES (1 << 20)

/* Write the rule for each of the NICs that it names; false: it finds none by
 * anything of the old machine. */
static bool bind_rules(struct v2v_nettext *e, const char *line,
	const struct v2v_udev_rule *rule)
{
	const struct v2v_netmatch *match = &rule->match;
	const char *mac =
		match->path ? v2v_nettext_mac_at(e->edit, match->path) : NULL;
	bool is_many = v2v_netmatch_number(rule->name), found = false;

	if (match->is_other || !(is_many || v2v_netmatch_is_old(match)))
		return false;
	if (mac && !is_many) {
		bind_rule(e, line, rule, mac, rule->name);
		return true;
	}
	v2v_list_foreach (const struct v2v_guest_nic, nic, e->edit->nics) {
		if (!nic->name || e->text.out.length > MAX_RULES ||
			!v2v_netmatch_gives(rule->name, nic->name))
			continue;
		bind_rule(e, line, rule, nic->mac, nic->name);
		found = true;
	}
	return found || (!is_many && disarm(e, line, rule));
}

static void edit_rule(struct v2v_nettext *e, const char *line)
{
	struct v2v_udev_rule rule CLEANUP_UDEV_RULE = { 0 };

	v2v_udev_rule(line, &rule);
	if (rule.is_net && rule.name && bind_rules(e, line, &rule))
		return;
	if (rule.is_net)
		v2v_nettext_line(e, line);
	else
		v2v_text_addf(&e->text.out, "%s", line);
}

char *v2v_nettext_rules(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_nettext e = { .text = { .what = what }, .edit = edit };
	CLEANUP_FREE char *line = NULL;

	while ((line = v2v_udev_line(&text))) {
		edit_rule(&e, line);
		free(v2v_take(line));
	}
	return v2v_edit_finish(&e.text);
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
		if (rule.is_net && rule.match.mac && rule.name &&
			strcasecmp(rule.match.mac, nic->mac) == 0)
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
	if (!rule.is_net || !rule.name || !rule.match.mac)
		return false;
	nic = find_nic(edit, rule.match.mac, rule.name);
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
	v2v_what_add(
		what, "%u rule(s) for cards that are gone removed", dropped);
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
		v2v_what_add(what, "the card %s is %s", mac, nic->name);
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
		CLEANUP_FREE char *line = v2v_edit_next_line(&text);

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
		v2v_what_add(what, "the card %s is %s", nic->mac, nic->name);
		added = true;
	}
	return added ? v2v_text_take(&out) : v2v_take(edited);
}
