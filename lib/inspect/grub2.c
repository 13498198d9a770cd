/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading grub.cfg as grub-mkconfig and installers write it: one command a
 * line, `menuentry 'TITLE' … {`, `submenu …`, `linux /vmlinuz …`, `initrd …`.
 */
#include "inspect/grub2.h"

#include "inspect/lines.h"

#define MAX_DEPTH 8

struct reading {
	struct v2v_list *entries;
	unsigned index[MAX_DEPTH]; /* of the next entry, by submenu */
	size_t menus;		   /* submenus that are open */
	bool open;		   /* inside a menuentry */
	char *title, *id, *place;
	/* Other braces (functions, if blocks hold none) in an entry or menu */
	unsigned braces;
};

static void entry_clear(struct v2v_boot_entry *entry)
{
	free(entry->title);
	free(entry->id);
	free(entry->place);
	free(entry->kernel);
	free(entry->options);
	free(entry->initrd);
}

void v2v_boot_entries_clear(struct v2v_list *entries)
{
	v2v_list_foreach (struct v2v_boot_entry, entry, entries)
		entry_clear(entry);
	free(entries->items);
	*entries = (struct v2v_list){ 0 };
}

/* The next word of a command line, quotes taken off; *@s moves behind it. */
static char *next_word(const char **s)
{
	struct v2v_text word CLEANUP_TEXT = { 0 };
	char quote = '\0';

	*s += strspn(*s, " \t");
	for (; **s && (quote || !strchr(" \t", **s)); (*s)++) {
		if (quote ? **s == quote : **s == '\'' || **s == '"')
			quote = quote ? '\0' : **s;
		else
			v2v_text_add(&word, *s, 1);
	}
	return v2v_text_take(&word);
}

/* "1>0" for the first entry of the submenu that is the second of all. */
static char *place_of(const struct reading *r)
{
	struct v2v_text place CLEANUP_TEXT = { 0 };

	for (size_t i = 0; i <= r->menus; i++)
		v2v_text_addf(&place, "%s%u", i ? ">" : "",
			i < r->menus ? r->index[i] - 1 : r->index[i]);
	return v2v_text_take(&place);
}

/* --id VALUE, or $menuentry_id_option VALUE, which grub-mkconfig writes. */
static char *find_id(const char *rest)
{
	while (*rest) {
		CLEANUP_FREE char *word = next_word(&rest);

		if (strcmp(word, "--id") == 0 ||
			strcmp(word, "$menuentry_id_option") == 0)
			return next_word(&rest);
	}
	return NULL;
}

static void begin_entry(struct reading *r, const char *rest)
{
	free(r->title);
	free(r->id);
	free(r->place);
	r->title = next_word(&rest);
	r->id = find_id(rest);
	r->place = place_of(r);
	r->index[r->menus]++;
	r->open = true;
	r->braces = 0;
}

static void begin_menu(struct reading *r)
{
	r->index[r->menus]++;
	if (r->menus + 1 < MAX_DEPTH)
		r->index[++r->menus] = 0;
}

static void end_block(struct reading *r)
{
	if (r->braces)
		r->braces--;
	else if (r->open)
		r->open = false;
	else if (r->menus)
		r->menus--;
}

static void add_kernel(struct reading *r, const char *rest)
{
	struct v2v_boot_entry *entry = v2v_list_add(r->entries, sizeof *entry);

	entry->kernel = next_word(&rest);
	entry->options = v2v_strdup(rest + strspn(rest, " \t"));
	entry->title = v2v_strdup(r->title);
	entry->id = v2v_strdup(r->id);
	entry->place = v2v_strdup(r->place);
}

static void add_initrd(struct reading *r, const char *rest)
{
	struct v2v_boot_entry *entry =
		v2v_items(struct v2v_boot_entry, r->entries);

	if (r->entries->count == 0)
		return;
	entry += r->entries->count - 1;
	/* Several may stand there: the last is the main one, early microcode
	 * comes first. */
	while (*rest) {
		free(entry->initrd);
		entry->initrd = next_word(&rest);
		rest += strspn(rest, " \t");
	}
}

/* linux, linux16, linuxefi; and so for initrd */
static bool is_command(const char *word, const char *command)
{
	size_t n = strlen(command);

	return strncmp(word, command, n) == 0 &&
	       (!word[n] || strcmp(word + n, "16") == 0 ||
		       strcmp(word + n, "efi") == 0);
}

static void read_line(struct reading *r, char *line)
{
	char *word = v2v_line_trim(line);
	char *rest = v2v_line_split(word);

	if (strcmp(word, "menuentry") == 0)
		begin_entry(r, rest);
	else if (strcmp(word, "submenu") == 0)
		begin_menu(r);
	else if (strcmp(word, "}") == 0)
		end_block(r);
	else if (*rest && v2v_ends_with(rest, "{"))
		r->braces++;
	else if (r->open && is_command(word, "linux"))
		add_kernel(r, rest);
	else if (r->open && is_command(word, "initrd"))
		add_initrd(r, rest);
}

void v2v_grub2_entries(const char *text, struct v2v_list *entries)
{
	struct reading r = { .entries = entries };

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		read_line(&r, line);
	}
	free(r.title);
	free(r.id);
	free(r.place);
}

/* VALUE of the last `set default="VALUE"` that is no variable. */
static char *find_default(const char *text, bool *ret_saved)
{
	CLEANUP_FREE char *found = NULL;

	*ret_saved = false;
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *s = v2v_line_trim(line);

		if (!v2v_starts_with(s, "set default="))
			continue;
		s = v2v_line_unquote(s + strlen("set default="));
		if (strstr(s, "saved_entry")) {
			*ret_saved = true;
		} else if (!strchr(s, '$')) {
			free(found);
			found = v2v_strdup(s);
		}
	}
	return v2v_take(found);
}

static char *find_saved(const char *grubenv)
{
	while (grubenv && *grubenv) {
		CLEANUP_FREE char *line = v2v_line_next(&grubenv);

		if (v2v_starts_with(line, "saved_entry="))
			return v2v_strdup(line + strlen("saved_entry="));
	}
	return NULL;
}

/* GRUB takes a place, an id or a title; the last part of "A>B" is enough. */
static bool is_named(const struct v2v_boot_entry *entry, const char *wanted)
{
	const char *last = strrchr(wanted, '>');

	return v2v_streq(entry->place, wanted) ||
	       v2v_streq(entry->id, last ? last + 1 : wanted) ||
	       v2v_streq(entry->title, last ? last + 1 : wanted);
}

const struct v2v_boot_entry *v2v_grub2_default(
	const char *text, const char *grubenv, const struct v2v_list *entries)
{
	bool saved;
	CLEANUP_FREE char *fixed = find_default(text, &saved);
	CLEANUP_FREE char *from_env = saved ? find_saved(grubenv) : NULL;
	const char *wanted = from_env && *from_env ? from_env : fixed;

	v2v_list_foreach (const struct v2v_boot_entry, entry, entries)
		if (wanted && is_named(entry, wanted))
			return entry;
	return entries->count ? entries->items : NULL;
}
