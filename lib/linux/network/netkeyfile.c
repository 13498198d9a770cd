/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of NetworkManager's keyfiles. */
#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/nettexts-private.h"

/* KEY=VALUE, or NULL twice. */
struct line {
	char *key, *value;
};

static void line_clear(struct line *line)
{
	free(line->key);
	free(line->value);
}
#define CLEANUP_LINE __attribute__((cleanup(line_clear)))

static void read_line(const char *text, struct line *line)
{
	CLEANUP_FREE char *copy = v2v_strdup(text);
	char *key = v2v_line_trim(copy), *value = strchr(key, '=');

	if (!value || v2v_nettext_is_comment(text))
		return;
	*value++ = '\0';
	line->key = v2v_strdup(v2v_line_trim(key));
	line->value = v2v_strdup(v2v_line_trim(value));
}

/* The section that the line begins, or @section. */
static void follow(char section[static 32], const char *line)
{
	if (*line == '[')
		snprintf(section, 32, "%.*s", (int)strcspn(line + 1, "]"),
			line + 1);
}

static bool is_ethernet(const char *section)
{
	return strcmp(section, "ethernet") == 0 ||
	       strcmp(section, "802-3-ethernet") == 0;
}

static bool has_mac(const char *text)
{
	char section[32] = "";

	while (*text) {
		CLEANUP_FREE char *one = v2v_edit_next_line(&text);
		struct line line CLEANUP_LINE = { 0 };

		follow(section, one);
		read_line(one, &line);
		if (is_ethernet(section) && v2v_streq(line.key, "mac-address"))
			return true;
	}
	return false;
}

/* The first card of "pci-0000:0b:00.0;…": one profile is for one card at a
 * time.  '!' excludes a place, '|' and '&' join. */
static const char *first_mac(const struct v2v_net_edit *edit, const char *value)
{
	CLEANUP_FREE char *copy = v2v_strdup(value);
	char *save = NULL;

	for (char *word = strtok_r(copy, "; ,", &save); word;
		word = strtok_r(NULL, "; ,", &save)) {
		const char *mac = *word == '!'
					  ? NULL
					  : v2v_nettext_mac_at(edit,
						    word + strspn(word, "|&"));

		if (mac)
			return mac;
	}
	return NULL;
}

/* A MAC may be written there without leading zeros; the edit knows whole ones.
 */
static void put_line(
	struct v2v_nettext *e, const char *text, const struct line *line)
{
	CLEANUP_FREE char *mac =
		line->value ? v2v_netread_plain_mac(line->value) : NULL;
	CLEANUP_FREE char *whole = NULL;

	if (v2v_netread_is_mac(mac) && !v2v_netread_is_mac(line->value))
		whole = v2v_format("%s=%s\n", line->key, mac);
	v2v_nettext_line(e, whole ? whole : text);
}

/* All but the path; its card's MAC, or NULL where it stays. */
static const char *drop_path(struct v2v_nettext *e, const char *text)
{
	const char *mac = NULL;
	char section[32] = "";

	while (*text) {
		CLEANUP_FREE char *one = v2v_edit_next_line(&text);
		struct line line CLEANUP_LINE = { 0 };
		const char *found = NULL;

		follow(section, one);
		read_line(one, &line);
		if (!mac && strcmp(section, "match") == 0 &&
			v2v_streq(line.key, "path"))
			found = first_mac(e->edit, line.value);
		if (found) {
			CLEANUP_FREE char *from =
				v2v_format("path=%s", line.value);
			CLEANUP_FREE char *to =
				v2v_format("mac-address=%s", found);

			v2v_edit_note(&e->text, from, to);
			mac = found;
		} else {
			put_line(e, one, &line);
		}
	}
	return mac;
}

/* GKeyFile takes a section that comes twice as one. */
static char *add_mac(const char *text, const char *mac)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	char section[32] = "";
	bool done = false;

	while (*text) {
		CLEANUP_FREE char *line = v2v_edit_next_line(&text);
		bool ends = v2v_ends_with(line, "\n");

		follow(section, line);
		v2v_text_addf(&out, "%s%s", line, ends ? "" : "\n");
		if (done || *line != '[' || !is_ethernet(section))
			continue;
		v2v_text_addf(&out, "mac-address=%s\n", mac);
		done = true;
	}
	if (!done)
		v2v_text_addf(&out, "\n[ethernet]\nmac-address=%s\n", mac);
	return v2v_text_take(&out);
}

char *v2v_nettext_keyfile(const char *text, const struct v2v_net_edit *edit,
	struct v2v_text *what)
{
	struct v2v_nettext e = { .text = { .what = what }, .edit = edit };
	const char *mac = drop_path(&e, text);
	CLEANUP_FREE char *edited = v2v_edit_finish(&e.text);

	return mac && !has_mac(edited) ? add_mac(edited, mac)
				       : v2v_take(edited);
}
