/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of network configuration: MACs, drivers, places. */
#include "linux/network/nettexts.h"

#include "core/lines.h"
#include "linux/network/netmatch.h"
#include "linux/network/netread.h"
#include "linux/network/nettexts-private.h"

#include <ctype.h>
#include <fnmatch.h>

#define MAC_LENGTH 17

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

/* PXELINUX has the kind of the hardware before a MAC, 1 for Ethernet. */
static bool is_bootif(const char *text, const char *s)
{
	static const char before[] = "BOOTIF=01-";
	size_t n = strlen(before);

	return (size_t)(s - text) >= n && strncmp(s - n, before, n) == 0;
}

/* The new MAC for the one that is a word of its own at @s, in its case and with
 * its separators; the caller's, or NULL. */
static char *new_mac(
	const struct v2v_net_edit *edit, const char *text, const char *s)
{
	CLEANUP_FREE char *old = NULL, *plain = NULL;
	bool upper = false;

	if ((goes_on(text, s) && !is_bootif(text, s)) ||
		strnlen(s, MAC_LENGTH) < MAC_LENGTH ||
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

static bool is_part_of_driver(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_-*?", c));
}

/* Does the word, a driver or a pattern, mean an old card's, and not the new's?
 */
static bool is_old_driver(const char *word, const char *now)
{
	static const char *const drivers[] = { "vmxnet3", "vmxnet", "e1000e",
		"e1000", "pcnet32", "hv_netvsc", "xen-netfront", "8139cp" };

	if (!word[strspn(word, "*?")] || fnmatch(word, now, 0) == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (fnmatch(word, drivers[i], 0) == 0)
			return true;
	return false;
}

/* The length of the old card's driver that is the whole word at @s; or 0. */
static size_t old_driver(const char *text, const char *s, const char *now)
{
	CLEANUP_FREE char *word = NULL;
	size_t n = 0;

	if (s > text && is_part_of_driver(s[-1]))
		return 0;
	while (is_part_of_driver(s[n]))
		n++;
	word = v2v_strndup(s, n);
	return is_old_driver(word, now) ? n : 0;
}

/* Write what replaces the word at @s; the length of the old one, or 0. */
static size_t put_word(
	struct v2v_nettext *e, const char *line, const char *s, bool driver)
{
	size_t n = driver && e->edit->driver
			   ? old_driver(line, s, e->edit->driver)
			   : 0;
	CLEANUP_FREE char *mac = n ? NULL : new_mac(e->edit, line, s);
	CLEANUP_FREE char *old = NULL;
	const char *put = n ? e->edit->driver : mac;

	if (!put)
		return 0;
	n = n ? n : MAC_LENGTH;
	old = v2v_strndup(s, n);
	v2v_text_addf(&e->text.out, "%s", put);
	if (strcmp(old, put) != 0)
		v2v_edit_note(&e->text, old, put);
	return n;
}

bool v2v_nettext_is_comment(const char *line)
{
	line += strspn(line, " \t");
	return *line == '#' || *line == ';';
}

static void put_line(struct v2v_nettext *e, const char *line, bool driver)
{
	const char *s = line;

	if (v2v_nettext_is_comment(line)) {
		v2v_text_addf(&e->text.out, "%s", line);
		return;
	}
	while (*s) {
		size_t n;

		/* A comment behind a value. */
		if (*s == '#' && s > line && strchr(" \t", s[-1])) {
			v2v_text_addf(&e->text.out, "%s", s);
			return;
		}
		n = put_word(e, line, s, driver);
		if (!n)
			v2v_text_add(&e->text.out, s, n = 1);
		s += n;
	}
}

/* netplan's "driver: e1000" where one card of the machine was such: its MAC;
 * the caller's, or NULL. */
static char *mac_for_driver(const struct v2v_net_edit *edit, const char *line)
{
	static const char key[] = "driver:";
	const char *start = strstr(line, key);
	const char *s = start ? start + strlen(key) : "";
	CLEANUP_FREE char *word = NULL, *mac = NULL;
	size_t n, count;

	s += strspn(s, " ");
	n = *s == '"' || *s == '\'' ? 1 + strcspn(s + 1, "\"'") : 0;
	word = n ? v2v_strndup(s + 1, n - 1)
		 : v2v_strndup(s, strcspn(s, " ,}\r\n"));
	s += n ? n + (s[n] != '\0') : strlen(word);
	mac = *word && *word != '[' && *word != '#'
		      ? v2v_nettext_driven(edit, word, &count)
		      : NULL;
	return mac && count == 1 ? v2v_format("%.*smacaddress: \"%s\"%s",
					   (int)(start - line), line, mac, s)
				 : NULL;
}

static bool is_about_driver(const char *line)
{
	return strcasestr(line, "driver") != NULL;
}

void v2v_nettext_line(struct v2v_nettext *e, const char *line)
{
	put_line(e, line, is_about_driver(line));
}

static void put_by_mac(struct v2v_nettext *e, const char *line, const char *put)
{
	CLEANUP_FREE char *old = v2v_strdup(line), *now = v2v_strdup(put);

	v2v_edit_note(&e->text, v2v_line_trim(old), v2v_line_trim(now));
	v2v_text_addf(&e->text.out, "%s", put);
}

/* Does a line go on with netplan's list of drivers, below "driver:" or behind
 * "driver: [vmxnet3,"? */
static bool is_in_list(const char *before, const char *line)
{
	const char *open = strrchr(before, '[');
	size_t n = strlen(before);

	if (open)
		return !strchr(open, ']');
	while (n && isspace((unsigned char)before[n - 1]))
		n--;
	line += strspn(line, " \t");
	return n && (before[n - 1] == ':' || strchr(before, '-')) &&
	       strncmp(line, "- ", 2) == 0;
}

char *v2v_nettext_plain(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_nettext e = { .text = { .what = what }, .edit = edit };
	CLEANUP_FREE char *list = NULL; /* its last line */

	while (*text) {
		CLEANUP_FREE char *line = v2v_edit_next_line(&text);
		bool goes_on = list && is_in_list(list, line);
		bool driver = goes_on || is_about_driver(line);
		CLEANUP_FREE char *by_mac =
			driver && !v2v_nettext_is_comment(line)
				? mac_for_driver(edit, line)
				: NULL;

		if (by_mac)
			put_by_mac(&e, line, by_mac);
		else
			put_line(&e, line, driver);
		if (v2v_nettext_is_comment(line))
			continue;
		free(v2v_take(list));
		if (driver)
			list = v2v_take(line);
	}
	return v2v_edit_finish(&e.text);
}

/* A driver there is dracut's or the initramfs's to load, and not in the way.  A
 * MAC is as long as another: GRUB's environment block keeps its size. */
char *v2v_nettext_cmdline(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_net_edit macs_only = { .macs = edit->macs };

	return v2v_nettext_plain(text, &macs_only, what);
}

char *v2v_nettext_driven(
	const struct v2v_net_edit *edit, const char *drivers, size_t *ret_count)
{
	struct v2v_text macs CLEANUP_TEXT = { 0 };

	*ret_count = 0;
	if (!edit->cards)
		return NULL;
	v2v_list_foreach (const struct v2v_net_card, card, edit->cards) {
		if (!v2v_netmatch_drives(drivers, card->model))
			continue;
		v2v_text_join(&macs, " ", "%s", card->mac);
		++*ret_count;
	}
	return *ret_count && *ret_count < edit->cards->count
		       ? v2v_text_take(&macs)
		       : NULL;
}

bool v2v_nettext_is_named(const struct v2v_net_edit *edit)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, edit->nics)
		if (nic->name)
			return true;
	return false;
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
