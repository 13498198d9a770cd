/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of network configuration: MACs, drivers, [Match] sections. */
#include "convert/linux/nettexts.h"

#include "convert/linux/nettexts-private.h"
#include "inspect/lines.h"
#include "inspect/netread.h"

#include <ctype.h>
#include <fnmatch.h>

#define MAC_LENGTH 17

void v2v_nettext_note(struct v2v_nettext *e, const char *from, const char *to)
{
	CLEANUP_FREE char *told = v2v_format("%s → %s", from, to);

	e->changed = true;
	if (e->what->length && strstr(e->what->data, told))
		return;
	v2v_text_addf(e->what, "%s%s", e->what->length ? ", " : "", told);
}

char *v2v_nettext_finish(struct v2v_nettext *e)
{
	if (e->changed)
		return v2v_text_take(&e->out);
	v2v_text_clear(&e->out);
	return NULL;
}

static bool is_part_of_mac(char c)
{
	return isxdigit((unsigned char)c) || c == ':' || c == '-';
}

/* Does a byte of a longer number end right before @s?  "mac:" is none. */
static bool goes_on(const char *text, const char *s)
{
	if (s == text)
		return false;
	if (s[-1] != ':' && s[-1] != '-')
		return isalnum((unsigned char)s[-1]);
	return s - text >= 3 && isxdigit((unsigned char)s[-2]) &&
	       isxdigit((unsigned char)s[-3]) &&
	       (s - text == 3 || !isalnum((unsigned char)s[-4]));
}

/* The new MAC for the one that stands alone at @s, in its case and with its
 * separators; the caller's, or NULL. */
static char *new_mac(
	const struct v2v_net_edit *edit, const char *text, const char *s)
{
	CLEANUP_FREE char *old = NULL, *plain = NULL;
	bool upper = false;

	if (goes_on(text, s) || strnlen(s, MAC_LENGTH) < MAC_LENGTH ||
		is_part_of_mac(s[MAC_LENGTH]))
		return NULL;
	old = v2v_strndup(s, MAC_LENGTH);
	if (!v2v_netread_is_mac(old))
		return NULL;
	plain = v2v_strdup(old);
	for (char *c = plain; *c; c++) {
		upper |= isupper((unsigned char)*c) != 0;
		*c = *c == '-' ? ':' : *c;
	}
	v2v_list_foreach (const struct v2v_mac_change, change, edit->macs) {
		char *mac;

		if (strcasecmp(change->from, plain) != 0)
			continue;
		mac = v2v_strdup(change->to);
		for (char *c = mac; *c; c++)
			*c = *c == ':' ? old[2]
				       : (char)(upper ? toupper(*c)
						      : tolower(*c));
		return mac;
	}
	return NULL;
}

/* The length of the old card's driver that is the whole word at @s; or 0. */
static size_t old_driver(const char *text, const char *s)
{
	static const char *const drivers[] = { "vmxnet3", "vmxnet", "e1000e",
		"e1000", "pcnet32", "hv_netvsc", "xen-netfront", "8139cp" };

	if (s > text && (isalnum((unsigned char)s[-1]) || s[-1] == '_'))
		return 0;
	for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
		size_t n = strlen(drivers[i]);

		if (strncmp(s, drivers[i], n) == 0 &&
			!isalnum((unsigned char)s[n]) && s[n] != '_')
			return n;
	}
	return 0;
}

/* Write what replaces the word at @s; the length of the old one, or 0. */
static size_t put_word(
	struct v2v_nettext *e, const char *line, const char *s, bool driver)
{
	size_t n = driver && e->edit->driver ? old_driver(line, s) : 0;
	CLEANUP_FREE char *mac = n ? NULL : new_mac(e->edit, line, s);
	CLEANUP_FREE char *old = NULL;
	const char *put = n ? e->edit->driver : mac;

	if (!put)
		return 0;
	n = n ? n : MAC_LENGTH;
	old = v2v_strndup(s, n);
	v2v_text_addf(&e->out, "%s", put);
	if (strcmp(old, put) != 0)
		v2v_nettext_note(e, old, put);
	return n;
}

bool v2v_nettext_is_comment(const char *line)
{
	line += strspn(line, " \t");
	return *line == '#' || *line == ';';
}

void v2v_nettext_line(struct v2v_nettext *e, const char *line)
{
	bool driver = strcasestr(line, "driver") != NULL;
	const char *s = line;

	if (v2v_nettext_is_comment(line)) {
		v2v_text_addf(&e->out, "%s", line);
		return;
	}
	while (*s) {
		size_t n;

		/* A comment behind a value. */
		if (*s == '#' && s > line && strchr(" \t", s[-1])) {
			v2v_text_addf(&e->out, "%s", s);
			return;
		}
		n = put_word(e, line, s, driver);
		if (!n)
			v2v_text_add(&e->out, s, n = 1);
		s += n;
	}
}

char *v2v_nettext_plain(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_nettext e = { .edit = edit, .what = what };

	while (*text) {
		CLEANUP_FREE char *line = v2v_nettext_next(&text);

		v2v_nettext_line(&e, line);
	}
	return v2v_nettext_finish(&e);
}

/* A driver there is dracut's or the initramfs's to load, and not in the way.  A
 * MAC is as long as another: GRUB's environment block keeps its size. */
char *v2v_nettext_cmdline(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_net_edit macs_only = { .macs = edit->macs };

	return v2v_nettext_plain(text, &macs_only, what);
}

char *v2v_nettext_next(const char **text)
{
	size_t n = strcspn(*text, "\n");
	char *line;

	n += (*text)[n] == '\n';
	line = v2v_strndup(*text, n);
	*text += n;
	return line;
}

const char *v2v_nettext_mac_at(
	const struct v2v_net_edit *edit, const char *pattern)
{
	CLEANUP_FREE char *exact = NULL;
	struct v2v_pci_place place;

	if (v2v_starts_with(pattern, "pci-"))
		pattern += strlen("pci-");
	if (v2v_slot_of_path(pattern, &place))
		exact = v2v_slot_path(&place);
	v2v_list_foreach (const struct v2v_net_place, at, edit->places)
		if (v2v_streq(exact, at->path) ||
			fnmatch(pattern, at->path, 0) == 0)
			return at->mac;
	return NULL;
}

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
			v2v_text_addf(&out, "%s%s", out.length ? " " : "", mac);
	}
	return out.length ? v2v_text_take(&out) : NULL;
}

/* KEY=VALUE of [Match] that only the old machine had: the whole line, or NULL
 * where it stays.  The caller frees. */
static char *new_match(const struct v2v_net_edit *edit, const char *line)
{
	CLEANUP_FREE char *copy = v2v_strdup(line);
	char *key = v2v_line_trim(copy), *value = strchr(key, '=');
	CLEANUP_FREE char *macs = NULL;

	if (!value || v2v_nettext_is_comment(line))
		return NULL;
	*value++ = '\0';
	key = v2v_line_trim(key);
	value = v2v_line_trim(value);
	if (strcmp(key, "Virtualization") == 0 && strcmp(value, "vmware") == 0)
		return v2v_strdup("Virtualization=vm");
	macs = strcmp(key, "Path") == 0 ? macs_at(edit, value) : NULL;
	return macs ? v2v_format("MACAddress=%s", macs) : NULL;
}

/* The section that the line begins, or @section. */
static void follow(char section[static 16], const char *line)
{
	if (*line == '[')
		snprintf(section, 16, "%.*s", (int)strcspn(line + 1, "]"),
			line + 1);
}

static void edit_match(struct v2v_nettext *e, const char *line)
{
	CLEANUP_FREE char *put = new_match(e->edit, line);
	CLEANUP_FREE char *copy = v2v_strdup(line);

	if (!put) {
		v2v_nettext_line(e, line);
		return;
	}
	v2v_nettext_note(e, v2v_line_trim(copy), put);
	v2v_text_addf(
		&e->out, "%s%s", put, v2v_ends_with(line, "\n") ? "\n" : "");
}

char *v2v_nettext_systemd(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_nettext e = { .edit = edit, .what = what };
	char section[16] = "";

	while (*text) {
		CLEANUP_FREE char *line = v2v_nettext_next(&text);

		follow(section, line);
		if (strcmp(section, "Match") == 0)
			edit_match(&e, line);
		else
			v2v_nettext_line(&e, line);
	}
	return v2v_nettext_finish(&e);
}

/* What a .link file says of cards. */
struct link {
	const char *name; /* of the NIC whose MAC it matches; NULL */
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

	if (strcmp(section, "Link") == 0 && strcmp(key, "Name") == 0)
		link->has_name = true;
	v2v_list_foreach (const struct v2v_guest_nic, nic, link->nics)
		if (match && nic->name &&
			v2v_pairing_is_plain_name(nic->name) &&
			strcasecmp(nic->mac, value) == 0)
			link->name = nic->name;
}

/* Give the [Link] of @text a name; a policy would come before it. */
static char *add_name(const char *text, const char *name, struct v2v_text *what)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	bool done = false;

	while (*text) {
		CLEANUP_FREE char *line = v2v_nettext_next(&text);

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
	v2v_text_addf(what, "%sName=%s added", what->length ? ", " : "", name);
	return v2v_text_take(&out);
}

char *v2v_nettext_link(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	CLEANUP_FREE char *edited = v2v_nettext_systemd(text, edit, what);
	struct link link = { .nics = edit->nics };

	v2v_ini_read(edited ? edited : text, read_link, &link);
	if (link.name && !link.has_name)
		return add_name(edited ? edited : text, link.name, what);
	return v2v_take(edited);
}
