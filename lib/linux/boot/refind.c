/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading refind.conf: words in quotes or not, stanzas in braces. */
#include "linux/boot/refind.h"

#include "core/lines.h"
#include "linux/boot/refind-private.h"

#include <ctype.h>

#define MAX_FILES 64

struct reading {
	const struct v2v_tree *tree;
	struct v2v_list *files, *entries;
	struct v2v_list stanzas; /* of struct v2v_boot_entry */
	struct v2v_boot_entry now;
	bool in_stanza, in_sub, disabled;
	char *wanted;	/* default_selection */
	char *scan_for; /* scanfor; NULL: rEFInd's own order */
};

/* Chain loaders are not Linux: a stanza with neither arguments nor an initrd.
 */
static void end_stanza(struct reading *r)
{
	struct v2v_boot_entry *now = &r->now;

	r->in_stanza = false;
	if (now->kernel && !r->disabled && (now->options || now->initrd)) {
		if (!now->options)
			now->options = v2v_strdup("");
		v2v_boot_entry_take(&r->stanzas, now);
	}
	v2v_boot_entry_clear(now);
}

static void read_in_stanza(
	struct reading *r, const char *word, char *rest, bool closes)
{
	const char *value = v2v_refind_word(&rest);

	if (r->in_sub)
		r->in_sub = !closes;
	else if (closes)
		end_stanza(r);
	else if (strcasecmp(word, "submenuentry") == 0)
		r->in_sub = true;
	else if (strcasecmp(word, "disabled") == 0)
		r->disabled = true;
	else if (!value)
		return;
	else if (strcasecmp(word, "loader") == 0)
		v2v_string_set(&r->now.kernel, value);
	else if (strcasecmp(word, "initrd") == 0)
		v2v_boot_entry_set_initrd(&r->now, value);
	else if (strcasecmp(word, "options") == 0)
		v2v_string_set(&r->now.options, value);
}

static void read_text(struct reading *r, const char *path, bool is_main);

static void read_global(
	struct reading *r, const char *path, const char *word, char *rest)
{
	CLEANUP_FREE char *all = v2v_strdup(rest);
	const char *value = v2v_refind_word(&rest);

	if (!value)
		return;
	if (strcasecmp(word, "menuentry") == 0) {
		r->in_stanza = true;
		r->disabled = false;
		v2v_string_set(&r->now.title, value);
		v2v_string_set(&r->now.file, path);
	} else if (strcasecmp(word, "default_selection") == 0) {
		v2v_string_set(&r->wanted, v2v_line_trim(all));
	} else if (strcasecmp(word, "scanfor") == 0) {
		v2v_string_set(&r->scan_for, all);
	} else if (strcasecmp(word, "include") == 0 &&
		   r->files->count < MAX_FILES) {
		CLEANUP_FREE char *other = v2v_format("%.*s/%s",
			(int)(strrchr(path, '/') - path), path, value);

		read_text(r, other, false);
	}
}

static void read_line(
	struct reading *r, const char *path, char *line, bool is_main)
{
	char *s = v2v_line_trim(line);
	const char *word = v2v_refind_word(&s);

	if (!word)
		return;
	if (r->in_stanza)
		read_in_stanza(r, word, s, *word == '}');
	else if (is_main || strcasecmp(word, "include") != 0)
		read_global(r, path, word, s);
}

/* Only the main file may include others. */
static void read_text(struct reading *r, const char *path, bool is_main)
{
	CLEANUP_FREE char *text = v2v_tree_text(r->tree, path);
	const char *rest = text;

	if (!text)
		return;
	v2v_list_add_string(r->files, path);
	while (*rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);

		read_line(r, path, line, is_main);
	}
	end_stanza(r);
	r->in_sub = false;
}

static void take_stanzas(struct reading *r)
{
	v2v_list_foreach (struct v2v_boot_entry, stanza, &r->stanzas)
		v2v_boot_entry_take(r->entries, stanza);
	v2v_boot_entries_clear(&r->stanzas);
}

/* In the order of scanfor, whose words count by their first letter. */
static void collect(struct reading *r, const struct v2v_list *folders)
{
	char standard[] = "internal manual";
	char *rest = r->scan_for ? r->scan_for : standard;
	const char *word;

	while ((word = v2v_refind_word(&rest))) {
		if (tolower((unsigned char)*word) == 'm')
			take_stanzas(r);
		else if (tolower((unsigned char)*word) == 'i')
			v2v_list_foreach (char *, folder, folders)
				v2v_refind_kernels(
					r->tree, *folder, r->files, r->entries);
	}
	v2v_boot_entries_clear(&r->stanzas);
}

/* Each word of default_selection: a number from 1, or a part of a title; "+"
 * is what was started last, which the firmware's variables held. */
static struct v2v_boot_entry *selected(
	const struct v2v_list *entries, const char *word)
{
	unsigned number = 0;
	char end;

	if (sscanf(word, "%4u%c", &number, &end) == 1 && number > 0)
		return number <= entries->count
			       ? v2v_items(struct v2v_boot_entry, entries) +
					 number - 1
			       : NULL;
	v2v_list_foreach (struct v2v_boot_entry, entry, entries)
		if (strcasestr(entry->title, word))
			return entry;
	return NULL;
}

static void choose(const struct reading *r)
{
	struct v2v_boot_entry *chosen = NULL;
	char *rest = r->wanted ? v2v_line_unquote(r->wanted) : NULL;
	char *word;
	unsigned place = 0;

	while (!chosen && (word = strsep(&rest, ","))) {
		word = v2v_line_trim(word);
		if (*word && strcmp(word, "+") != 0)
			chosen = selected(r->entries, word);
	}
	if (!chosen)
		chosen = r->entries->items;
	v2v_list_foreach (struct v2v_boot_entry, entry, r->entries) {
		entry->place = v2v_format("%u", ++place);
		entry->is_default = entry == chosen;
	}
}

void v2v_refind_read(const struct v2v_tree *tree, const char *config,
	const struct v2v_list *folders, struct v2v_list *files,
	struct v2v_list *entries)
{
	struct reading r = { .tree = tree, .files = files, .entries = entries };

	read_text(&r, config, true);
	collect(&r, folders);
	choose(&r);
	free(r.wanted);
	free(r.scan_for);
}
