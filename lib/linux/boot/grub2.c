/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading grub.cfg: `menuentry 'TITLE' … {`, `submenu …`, `linux /vmlinuz …`,
 * `initrd …`, `search …`, `set default=…`, `configfile …`, `source …`.
 */
#include "linux/boot/grub2.h"

#include "linux/boot/grub2-script.h"
#include "linux/boot/grub2-slots.h"

#define MAX_DEPTH 16
#define MAX_LOADS 64
/* Files that source files that source files. */
#define MAX_NESTED 4

enum block { OTHER, SUBMENU, ENTRY };

struct reading {
	struct v2v_grub2 *config;
	struct v2v_list *variables, *entries;
	enum block blocks[MAX_DEPTH];  /* that are open */
	size_t depth;		       /* may exceed MAX_DEPTH */
	unsigned index[MAX_DEPTH + 1]; /* of the next entry, by submenu */
	size_t menus;		       /* submenus that are open */
	struct v2v_boot_entry now;     /* the menuentry that is open */
	bool has_kernel;	       /* it has been added to entries */
	unsigned loads;		       /* files that were read beside */
	struct v2v_list sourced;       /* of char *: those that were sourced */
	unsigned nested;	       /* of those that are read now */
	const char *file;	       /* the one of them; NULL: none */
};

static bool in_entry(const struct reading *r)
{
	for (size_t i = 0; i < r->depth && i < MAX_DEPTH; i++)
		if (r->blocks[i] == ENTRY)
			return true;
	return false;
}

static void forget_entry(struct reading *r)
{
	free(r->now.title);
	free(r->now.id);
	free(r->now.place);
	free(r->now.uuid);
	r->now = (struct v2v_boot_entry){ 0 };
	r->has_kernel = false;
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
		CLEANUP_FREE char *word = v2v_grub2_word(&rest);

		if (strcmp(word, "--id") == 0 ||
			strcmp(word, "$menuentry_id_option") == 0)
			return v2v_grub2_word(&rest);
		if (v2v_starts_with(word, "--id="))
			return v2v_strdup(word + strlen("--id="));
	}
	return NULL;
}

static void begin_block(struct reading *r, const char *word, const char *rest)
{
	enum block kind = OTHER;

	if (strcmp(word, "menuentry") == 0 && !in_entry(r)) {
		kind = ENTRY;
		forget_entry(r);
		r->now.title = v2v_grub2_word(&rest);
		r->now.id = find_id(rest);
		r->now.place = place_of(r);
		r->index[r->menus]++;
	} else if (strcmp(word, "submenu") == 0 && !in_entry(r) &&
		   r->depth < MAX_DEPTH) {
		kind = SUBMENU;
		r->index[r->menus]++;
		r->index[++r->menus] = 0;
	}
	if (r->depth < MAX_DEPTH)
		r->blocks[r->depth] = kind;
	r->depth++;
}

static void end_block(struct reading *r)
{
	if (r->depth == 0 || --r->depth >= MAX_DEPTH)
		return;
	if (r->blocks[r->depth] == SUBMENU)
		r->menus--;
	else if (r->blocks[r->depth] == ENTRY)
		forget_entry(r);
}

static void add_kernel(struct reading *r, const char *rest)
{
	CLEANUP_FREE char *kernel = v2v_grub2_word(&rest);
	struct v2v_boot_entry *entry =
		*kernel ? v2v_boot_entry_add(r->entries, v2v_take(kernel))
			: NULL;

	if (!entry)
		return;
	entry->options = v2v_strdup(rest + strspn(rest, " \t"));
	entry->title = v2v_strdup(r->now.title);
	entry->id = v2v_strdup(r->now.id);
	entry->place = v2v_strdup(r->now.place);
	entry->uuid = v2v_strdup(r->now.uuid ? r->now.uuid : r->config->uuid);
	entry->file = v2v_strdup(r->file);
	r->has_kernel = true;
}

/* Names may be quoted, and be on lines that are joined. */
static void add_initrd(struct reading *r, const char *rest)
{
	struct v2v_text names CLEANUP_TEXT = { 0 };

	while (*(rest += strspn(rest, " \t\r\n"))) {
		CLEANUP_FREE char *name = v2v_grub2_word(&rest);

		v2v_text_addf(&names, "%s ", name);
	}
	if (r->has_kernel && names.length)
		v2v_boot_entry_set_initrd(
			v2v_items(struct v2v_boot_entry, r->entries) +
				r->entries->count - 1,
			names.data);
}

/* search --no-floppy --fs-uuid --set=root … UUID, or search.fs_uuid UUID … */
static void read_search(struct reading *r, const char *word, const char *rest)
{
	bool short_form = strcmp(word, "search.fs_uuid") == 0;
	bool by_uuid = short_form;
	CLEANUP_FREE char *uuid = NULL;
	char **ret = in_entry(r) ? &r->now.uuid : &r->config->uuid;

	while (*rest) {
		CLEANUP_FREE char *next = v2v_grub2_word(&rest);

		by_uuid |= strcmp(next, "--fs-uuid") == 0 ||
			   strcmp(next, "-u") == 0;
		if (*next == '-' || !*next || (short_form && uuid))
			continue;
		free(uuid);
		uuid = v2v_take(next);
	}
	if (!by_uuid || !uuid)
		return;
	free(*ret);
	*ret = v2v_take(uuid);
}

static void read_set(struct reading *r, const char *rest)
{
	CLEANUP_FREE char *raw = v2v_strdup(rest);
	CLEANUP_FREE char *expanded = v2v_grub_expand(r->variables, rest);
	const char *s = expanded;
	CLEANUP_FREE char *word = v2v_grub2_word(&s);
	char *value = strchr(word, '=');

	if (!value)
		return;
	*value++ = '\0';
	if (strcmp(word, "default") != 0) {
		v2v_grub_set(r->variables, word, value, false);
	} else if (strstr(raw, "saved_entry")) {
		r->config->wants_saved = true;
	} else if (!strchr(raw, '$')) {
		v2v_string_set(&r->config->wanted, value);
	}
}

/* load_env -f /boot/photon.cfg: kernel and initrd of Photon OS are variables of
 * that file. */
static void read_env(struct reading *r, const char *rest)
{
	bool is_name = false;

	while (*rest && r->config->load) {
		CLEANUP_FREE char *word = v2v_grub2_word(&rest), *text = NULL;

		if (is_name && r->loads++ < MAX_LOADS)
			text = r->config->load(r->config, word);
		v2v_grubenv_read(text, r->variables);
		is_name =
			strcmp(word, "-f") == 0 || strcmp(word, "--file") == 0;
	}
}

static void read_text(struct reading *r, const char *text);

/* A second time it brings nothing new, and one may source itself. */
static bool is_first(struct reading *r, const char *path)
{
	v2v_list_foreach (char *, have, &r->sourced)
		if (strcmp(*have, path) == 0)
			return false;
	v2v_list_add_string(&r->sourced, path);
	return true;
}

static void read_sourced(struct reading *r, const char *path)
{
	const char *outer = r->file;
	CLEANUP_FREE char *text = NULL;

	if (r->loads++ >= MAX_LOADS || !is_first(r, path))
		return;
	text = r->config->load(r->config, path);
	if (!text)
		return;
	r->file = path;
	r->nested++;
	read_text(r, text);
	r->nested--;
	r->file = outer;
}

/* source ${prefix}/custom.cfg; the names of a `for` are all read at once. */
static void read_source(struct reading *r, const char *rest)
{
	struct v2v_list paths = { 0 };

	if (!r->config->find || r->nested >= MAX_NESTED || in_entry(r))
		return;
	while (*rest) {
		CLEANUP_FREE char *words = v2v_grub2_word(&rest);
		const char *inner = words;

		while (*inner) {
			CLEANUP_FREE char *name = v2v_grub2_word(&inner);

			if (*name)
				r->config->find(r->config, name, &paths);
		}
	}
	v2v_list_foreach (char *, path, &paths)
		read_sourced(r, *path);
	v2v_strings_clear(&paths);
}

/* `for file in PATTERN; do source $file; done`: expanded there. */
static void read_for(struct reading *r, const char *rest)
{
	CLEANUP_FREE char *name = v2v_grub2_word(&rest);
	CLEANUP_FREE char *in = v2v_grub2_word(&rest);

	if (strcmp(in, "in") == 0)
		v2v_grub_set(
			r->variables, name, rest + strspn(rest, " \t"), false);
}

/* linux, linux16, linuxefi; and so for initrd */
static bool is_command(const char *word, const char *command)
{
	size_t n = strlen(command);

	return strncmp(word, command, n) == 0 &&
	       (!word[n] || strcmp(word + n, "16") == 0 ||
		       strcmp(word + n, "efi") == 0);
}

static bool is_module(const char *word)
{
	return strcmp(word, "module") == 0 || strcmp(word, "module2") == 0;
}

static void read_command(struct reading *r, const char *word, const char *args)
{
	CLEANUP_FREE char *expanded = v2v_grub_expand(r->variables, args);
	const char *rest = expanded + strspn(expanded, " \t");

	if (strcmp(word, "set") == 0) {
		read_set(r, args);
	} else if (strcmp(word, "load_env") == 0) {
		read_env(r, rest);
	} else if (strcmp(word, "source") == 0 || strcmp(word, ".") == 0) {
		read_source(r, rest);
	} else if (strcmp(word, "for") == 0) {
		read_for(r, rest);
	} else if (strcmp(word, "blscfg") == 0) {
		r->config->has_blscfg = true;
	} else if (strcmp(word, "search") == 0 ||
		   strcmp(word, "search.fs_uuid") == 0) {
		read_search(r, word, rest);
	} else if (strcmp(word, "configfile") == 0 && !in_entry(r)) {
		free(r->config->next);
		r->config->next = v2v_grub2_word(&rest);
	} else if (!in_entry(r)) {
		return;
	} else if (is_command(word, "linux") ||
		   (is_module(word) && !r->has_kernel)) {
		add_kernel(r, rest);
	} else if (is_command(word, "initrd") || is_module(word)) {
		add_initrd(r, rest);
	}
}

/* `if …; then set default=1; fi`: what follows is a command too. */
static const char *skip_keyword(const char *command)
{
	static const char *const keywords[] = { "then ", "else ", "do " };

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (v2v_starts_with(command, keywords[i]))
			return command + strlen(keywords[i]);
	return command;
}

static void read_text(struct reading *r, const char *text)
{
	char *next, end;

	while ((next = v2v_grub2_command(&text, &end))) {
		CLEANUP_FREE char *command = next;
		const char *rest = skip_keyword(command);
		CLEANUP_FREE char *word = v2v_grub2_word(&rest);

		if (end == '{')
			begin_block(r, word, rest);
		else
			read_command(r, word, rest);
		if (end == '}')
			end_block(r);
	}
}

void v2v_grub2_read(const char *text, struct v2v_list *variables,
	struct v2v_grub2 *config, struct v2v_list *entries)
{
	struct reading r = {
		.config = config,
		.variables = variables,
		.entries = entries,
	};

	read_text(&r, text);
	forget_entry(&r);
	v2v_strings_clear(&r.sourced);
}

/* GRUB takes a place, an id or a title; the last part of "A>B" is enough.  A
 * submenu means its first entry. */
static bool is_named(const struct v2v_boot_entry *entry, const char *wanted)
{
	const char *last = strrchr(wanted, '>');
	size_t n = strlen(wanted);

	return v2v_streq(entry->place, wanted) ||
	       v2v_streq(entry->id, last ? last + 1 : wanted) ||
	       v2v_streq(entry->title, last ? last + 1 : wanted) ||
	       (n && entry->place && v2v_starts_with(entry->place, wanted) &&
		       entry->place[n] == '>');
}

static bool mark(struct v2v_list *entries, const char *wanted)
{
	v2v_list_foreach (struct v2v_boot_entry, entry, entries)
		if (wanted && *wanted && is_named(entry, wanted)) {
			entry->is_default = true;
			return true;
		}
	return false;
}

void v2v_grub2_choose(const struct v2v_grub2 *config,
	const struct v2v_list *variables, struct v2v_list *entries)
{
	const char *saved = v2v_grub_get(variables, "saved_entry");

	if ((config->wants_saved || config->has_blscfg) && mark(entries, saved))
		return;
	if (v2v_grub2_choose_slot(variables, entries) ||
		mark(entries, config->wanted) || !entries->count)
		return;
	v2v_items(struct v2v_boot_entry, entries)->is_default = true;
}

void v2v_grub2_clear(struct v2v_grub2 *config)
{
	free(config->wanted);
	free(config->next);
	free(config->uuid);
	*config = (struct v2v_grub2){ 0 };
}
