/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading extlinux.conf: LABEL, KERNEL or LINUX, INITRD, APPEND. */
#include "linux/boot/extlinux.h"

#include "core/lines.h"

/* syslinux itself stops at 16. */
#define MAX_DEPTH 16
#define MAX_FILES 64

struct reading {
	const struct v2v_tree *tree;
	const char *now; /* the file that is read */
	struct v2v_list *files, *entries;
	char *directory;   /* of config, "" for / */
	char *label;	   /* NULL before the first */
	char *wanted;	   /* DEFAULT: a label, or a kernel's file */
	char *options;	   /* what follows it */
	char *from;	   /* the file that says DEFAULT */
	char *append;	   /* of all labels that have none */
	unsigned count;	   /* labels read */
	bool menu_default; /* the label's MENU DEFAULT came before its kernel */
	bool has_kernel;   /* this label has an entry */
	unsigned depth;
};

static void begin(struct reading *r, const char *label)
{
	v2v_string_set(&r->label, label);
	r->count++;
	r->has_kernel = r->menu_default = false;
}

static char *absolute(const struct reading *r, const char *name)
{
	if (*name == '/')
		return v2v_strdup(name);
	return v2v_format("%s/%s", r->directory, name);
}

/* Menus, chain loaders and boot sectors are not Linux. */
static bool is_linux(const char *name)
{
	static const char *const others[] = { ".c32", ".cbt", ".com", ".bin",
		".bs", ".bss", ".0", ".img" };

	return *name && !v2v_ends_with_any(name, others);
}

/* `KERNEL name`; `default name options` may be on one line too. */
static void add_kernel(struct reading *r, char *name)
{
	char *options = v2v_line_split(name);
	struct v2v_boot_entry *entry;

	if (!is_linux(name))
		return;
	entry = v2v_boot_entry_add(r->entries, absolute(r, name));
	if (!entry)
		return;
	entry->id = v2v_strdup(r->label);
	entry->file = v2v_strdup(r->now);
	entry->title = v2v_strdup(r->label);
	entry->place = v2v_format("%u", r->count - 1);
	if (*options)
		entry->options = v2v_strdup(options);
	entry->is_default = r->menu_default;
	r->has_kernel = true;
}

static void set_initrd(struct reading *r, const char *names, size_t n)
{
	CLEANUP_FREE char *list = v2v_strndup(names, n);
	CLEANUP_FREE char *name = NULL;

	for (char *s = list; *s; s++)
		if (*s == ',')
			*s = ' ';
	v2v_boot_entry_set_initrd(
		v2v_last_item(struct v2v_boot_entry, r->entries), list);
	if (!v2v_last_item(struct v2v_boot_entry, r->entries)->initrd)
		return;
	name = absolute(
		r, v2v_last_item(struct v2v_boot_entry, r->entries)->initrd);
	free(v2v_last_item(struct v2v_boot_entry, r->entries)->initrd);
	v2v_last_item(struct v2v_boot_entry, r->entries)->initrd =
		v2v_take(name);
}

static void set_append(struct reading *r, const char *options)
{
	const char *initrd = v2v_starts_with(options, "initrd=")
				     ? options
				     : strstr(options, " initrd=");

	if (!r->label) {
		v2v_string_set(&r->append, options);
		return;
	}
	if (!r->has_kernel)
		return;
	v2v_string_set(
		&v2v_last_item(struct v2v_boot_entry, r->entries)->options,
		strcmp(options, "-") ? options : "");
	if (!initrd || v2v_last_item(struct v2v_boot_entry, r->entries)->initrd)
		return;
	initrd = strchr(initrd, '=') + 1;
	set_initrd(r, initrd, strcspn(initrd, " \t"));
}

static void read_file(struct reading *r, const char *path);

static void include(struct reading *r, char *name)
{
	CLEANUP_FREE char *path = NULL;

	v2v_line_split(name);
	path = absolute(r, name);
	read_file(r, path);
}

static void read_menu(struct reading *r, char *word)
{
	char *rest = v2v_line_split(word);

	if (strcasecmp(word, "include") == 0) {
		include(r, rest);
	} else if (strcasecmp(word, "default") == 0 && r->label) {
		r->menu_default = true;
		if (r->has_kernel)
			v2v_last_item(struct v2v_boot_entry, r->entries)
				->is_default = true;
	}
}

static void set_default(struct reading *r, char *name)
{
	char *options = v2v_line_split(name);

	free(r->wanted);
	free(r->options);
	free(r->from);
	r->wanted = v2v_strdup(name);
	r->options = v2v_strdup(options);
	r->from = v2v_strdup(r->now);
}

static void read_line(struct reading *r, char *line)
{
	char *word = v2v_line_trim(line), *rest = v2v_line_split(word);

	if (strcasecmp(word, "label") == 0) {
		begin(r, rest);
	} else if (strcasecmp(word, "default") == 0) {
		set_default(r, rest);
	} else if (strcasecmp(word, "include") == 0) {
		include(r, rest);
	} else if (strcasecmp(word, "menu") == 0) {
		read_menu(r, rest);
	} else if (strcasecmp(word, "append") == 0) {
		set_append(r, rest);
	} else if (r->label && !r->has_kernel &&
		   (strcasecmp(word, "kernel") == 0 ||
			   strcasecmp(word, "linux") == 0)) {
		add_kernel(r, rest);
	} else if (r->has_kernel && strcasecmp(word, "initrd") == 0) {
		set_initrd(r, rest, strlen(rest));
	}
}

/* The loader names files from the top of its filesystem. */
static char *find_text(struct reading *r, const char *path, char **ret_path)
{
	char *text = v2v_tree_text(r->tree, path);

	if (text || v2v_starts_with(path, "/boot/")) {
		*ret_path = v2v_strdup(path);
		return text;
	}
	*ret_path = v2v_format("/boot%s", path);
	return v2v_tree_text(r->tree, *ret_path);
}

static bool is_read(const struct reading *r, const char *path)
{
	v2v_list_foreach (char *, have, r->files)
		if (strcmp(*have, path) == 0)
			return true;
	return false;
}

static void read_file(struct reading *r, const char *path)
{
	CLEANUP_FREE char *found = NULL, *text = NULL;
	const char *before = r->now, *rest;

	if (r->depth >= MAX_DEPTH || r->files->count >= MAX_FILES)
		return;
	text = find_text(r, path, &found);
	if (!text || is_read(r, found))
		return;
	v2v_list_add_string(r->files, found);
	r->now = found;
	r->depth++;
	rest = text;
	while (*rest) {
		CLEANUP_FREE char *line = v2v_line_next(&rest);

		read_line(r, line);
	}
	r->depth--;
	r->now = before;
}

static bool is_label(const struct reading *r, const char *name)
{
	v2v_list_foreach (const struct v2v_boot_entry, entry, r->entries)
		if (strcasecmp(entry->id, name) == 0)
			return true;
	return false;
}

/* What no label is called is a kernel's file: "DEFAULT vmlinuz root=…". */
static void add_default(struct reading *r)
{
	CLEANUP_FREE char *path = NULL, *options = NULL;
	CLEANUP_FREE char *label = v2v_strdup(r->wanted);

	if (!label || is_label(r, label))
		return;
	path = absolute(r, label);
	if (!v2v_tree_is_file(r->tree, path))
		return;
	options = v2v_strdup(r->options);
	begin(r, label);
	r->now = r->from;
	add_kernel(r, label);
	if (r->has_kernel && *options)
		set_append(r, options);
}

/* DEFAULT names a label; MENU DEFAULT counts where that is a menu. */
static void choose(const struct reading *r)
{
	struct v2v_boot_entry *chosen = NULL;

	v2v_list_foreach (struct v2v_boot_entry, entry, r->entries) {
		if (r->wanted && strcasecmp(entry->id, r->wanted) == 0) {
			chosen = entry;
			break;
		}
		if (entry->is_default)
			chosen = entry;
	}
	if (!chosen)
		chosen = r->entries->items;
	v2v_list_foreach (struct v2v_boot_entry, entry, r->entries)
		entry->is_default = entry == chosen;
}

void v2v_extlinux_read(const struct v2v_tree *tree, const char *config,
	struct v2v_list *files, struct v2v_list *entries)
{
	struct reading r = {
		.tree = tree,
		.files = files,
		.entries = entries,
		.directory = v2v_strndup(
			config, (size_t)(strrchr(config, '/') - config)),
	};

	read_file(&r, config);
	add_default(&r);
	choose(&r);
	v2v_list_foreach (struct v2v_boot_entry, entry, entries)
		if (!entry->options)
			entry->options = v2v_strdup(r.append ? r.append : "");
	free(r.directory);
	free(r.label);
	free(r.wanted);
	free(r.options);
	free(r.from);
	free(r.append);
}
