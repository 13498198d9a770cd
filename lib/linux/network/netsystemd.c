/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of systemd.network(5) and systemd.link(5). */
#include "core/lines.h"
#include "linux/network/netmatch.h"
#include "linux/network/nettexts-private.h"
#include "linux/network/pairing.h"

/* The MACs, with blanks between them, of the cards that were at one of the
 * places @value lists; the caller's, or NULL. */
static char *macs_at(const struct v2v_net_edit *edit, const char *value)
{
	CLEANUP_FREE char *copy = v2v_strdup(value);
	struct v2v_text out = { 0 };
	char *save = NULL;

	for (char *word = strtok_r(copy, " \t;", &save); word;
		word = strtok_r(NULL, " \t;", &save)) {
		const char *mac = v2v_nettext_mac_at(edit, word);

		if (mac && !(out.length && strstr(out.data, mac)))
			v2v_text_join(&out, " ", "%s", mac);
	}
	return out.length ? v2v_text_take(&out) : NULL;
}

/* A file of systemd's under the pen. */
struct rewrite {
	struct v2v_nettext e;
	const char *mac; /* of the card that a .link file names; NULL */
	bool has_mac;	 /* [Match] compares with a MAC, before or now */
	bool is_gone;	 /* a .link file for a name that no card has */
	char section[16];
};

/* KEY=VALUE of the line, or NULL twice; both are in *@ret_line, the caller's.
 */
static char *split(const char *line, char **ret_key, char **ret_value)
{
	CLEANUP_FREE char *copy = v2v_strdup(line);
	char *key = v2v_line_trim(copy), *value = strchr(key, '=');

	*ret_key = *ret_value = NULL;
	if (!value || v2v_nettext_is_comment(line))
		return NULL;
	*value++ = '\0';
	*ret_key = v2v_line_trim(key);
	*ret_value = v2v_line_trim(value);
	return v2v_take(copy);
}

/* The MACs of the cards that the key finds by something of the old machine; the
 * caller's, or NULL. */
static char *macs_of(
	const struct rewrite *r, const char *key, const char *value)
{
	struct v2v_netmatch match CLEANUP_NETMATCH = { 0 };
	char *macs = NULL;
	size_t count;

	if (strcmp(key, "Path") == 0)
		macs = macs_at(r->e.edit, value);
	else if (strcmp(key, "Property") == 0)
		v2v_netmatch_properties(&match, value);
	else if (strcmp(key, "OriginalName") == 0)
		v2v_netmatch_property(&match, "INTERFACE", key, value);
	else if (strcmp(key, "Driver") == 0)
		v2v_netmatch_property(&match, "DRIVER", key, value);
	v2v_netmatch_finish(&match);
	if (match.path)
		macs = macs_at(r->e.edit, match.path);
	if (!macs && !r->mac && match.driver)
		macs = v2v_nettext_driven(r->e.edit, match.driver, &count);
	if (macs || !r->mac || match.unclear)
		return macs;
	return strcmp(key, "Path") == 0 || v2v_netmatch_is_old(&match)
		       ? v2v_strdup(r->mac)
		       : NULL;
}

/* What replaces such a line; "": nothing; NULL: it stays.  The
 * caller frees. */
static char *new_match(
	const struct rewrite *r, const char *key, const char *value)
{
	CLEANUP_FREE char *macs = NULL;

	if (strcmp(key, "Virtualization") == 0 && strcmp(value, "vmware") == 0)
		return v2v_strdup("Virtualization=vm");
	if (r->is_gone && strcmp(key, "OriginalName") == 0 &&
		v2v_pairing_is_kernel_name(value, NULL))
		return v2v_format("OriginalName=" V2V_NETTEXT_GONE "%s", value);
	macs = macs_of(r, key, value);
	if (macs && r->has_mac)
		return v2v_strdup("");
	return macs ? v2v_format("MACAddress=%s", macs) : NULL;
}

static void edit_match(struct rewrite *r, const char *line)
{
	char *key, *value;
	CLEANUP_FREE char *copy = split(line, &key, &value);
	CLEANUP_FREE char *put = copy ? new_match(r, key, value) : NULL;
	CLEANUP_FREE char *old = NULL;

	if (!put) {
		v2v_nettext_line(&r->e, line);
		return;
	}
	old = v2v_format("%s=%s", key, value);
	v2v_edit_note(&r->e.text, old, *put ? put : "removed");
	if (!*put)
		return;
	r->has_mac |= v2v_starts_with(put, "MACAddress=");
	v2v_text_addf(&r->e.text.out, "%s%s", put,
		v2v_ends_with(line, "\n") ? "\n" : "");
}

/* The section that the line begins, or that before. */
static void follow(struct rewrite *r, const char *line)
{
	if (*line == '[')
		snprintf(r->section, sizeof r->section, "%.*s",
			(int)strcspn(line + 1, "]"), line + 1);
}

static void look_for_mac(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct rewrite *r = opaque;

	r->has_mac |= *value && strcmp(section, "Match") == 0 &&
		      (strcmp(key, "MACAddress") == 0 ||
			      strcmp(key, "PermanentMACAddress") == 0);
}

static char *edit_text(struct rewrite *r, const char *text)
{
	v2v_ini_read(text, look_for_mac, r);
	while (*text) {
		CLEANUP_FREE char *line = v2v_edit_next_line(&text);

		follow(r, line);
		if (strcmp(r->section, "Match") == 0)
			edit_match(r, line);
		else
			v2v_nettext_line(&r->e, line);
	}
	return v2v_edit_finish(&r->e.text);
}

char *v2v_nettext_systemd(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct rewrite r = { .e = { .text = { .what = what }, .edit = edit } };

	return edit_text(&r, text);
}

/* What a .link file says of cards. */
struct link {
	const char *name; /* of the NIC whose MAC it matches; NULL */
	const char *mac;  /* of the NIC whose name it gives; NULL */
	bool has_name;
	const struct v2v_list *nics;
};

static void read_link(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct link *link = opaque;
	bool match = strcmp(section, "Match") == 0 &&
		     (strcmp(key, "MACAddress") == 0 ||
			     strcmp(key, "PermanentMACAddress") == 0);
	bool gives = strcmp(section, "Link") == 0 && strcmp(key, "Name") == 0;

	link->has_name |= gives;
	v2v_list_foreach (const struct v2v_guest_nic, nic, link->nics) {
		if (gives && v2v_streq(nic->name, value))
			link->mac = nic->mac;
		if (match && nic->name &&
			v2v_pairing_is_plain_name(nic->name) &&
			strcasecmp(nic->mac, value) == 0)
			link->name = nic->name;
	}
}

/* Give the [Link] of @text a name; a policy would come before it. */
static char *add_name(const char *text, const char *name, struct v2v_text *what)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	bool done = false;

	while (*text) {
		CLEANUP_FREE char *line = v2v_edit_next_line(&text);

		if (v2v_starts_with(line, "NamePolicy="))
			continue;
		v2v_text_addf(&out, "%s", line);
		if (!done && v2v_starts_with(line, "[Link]")) {
			v2v_text_addf(&out, "%sName=%s\n",
				v2v_ends_with(line, "\n") ? "" : "\n", name);
			done = true;
		}
	}
	if (!done)
		v2v_text_addf(&out, "\n[Link]\nName=%s\n", name);
	v2v_what_add(what, "Name=%s added", name);
	return v2v_text_take(&out);
}

char *v2v_nettext_link(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	CLEANUP_FREE char *edited = NULL;
	struct rewrite r = { .e = { .text = { .what = what }, .edit = edit } };
	struct link link = { .nics = edit->nics };

	v2v_ini_read(text, read_link, &link);
	r.mac = link.mac;
	r.is_gone = link.has_name && !link.mac && v2v_nettext_is_named(edit);
	edited = edit_text(&r, text);
	v2v_ini_read(edited ? edited : text, read_link, &link);
	if (link.name && !link.has_name)
		return add_name(edited ? edited : text, link.name, what);
	return v2v_take(edited);
}
