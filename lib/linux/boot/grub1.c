/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The menu of GRUB 0.9x: a command a line, an entry from `title` on. */
#include "linux/boot/grub1.h"

#include "core/lines.h"

struct reading {
	struct v2v_list *entries;
	char *title;	 /* NULL before the first */
	unsigned count;	 /* titles read */
	bool has_kernel; /* this title has an entry */
	bool has_module; /* its kernel is a module of Xen */
};

static void begin(struct reading *r, const char *title)
{
	v2v_string_set(&r->title, title);
	r->count++;
	r->has_kernel = r->has_module = false;
}

/* kernel [--type=…] [--no-mem-option] (hd0,0)/vmlinuz OPTIONS */
static void add_kernel(struct reading *r, char *rest)
{
	struct v2v_boot_entry *entry;
	char *name = rest;

	while (v2v_starts_with(name, "--"))
		name = v2v_line_split(name);
	rest = v2v_line_split(name);
	if (!*name)
		return;
	entry = v2v_boot_entry_add(r->entries, v2v_strdup(name));
	if (!entry)
		return;
	entry->options = v2v_strdup(rest);
	entry->title = v2v_strdup(r->title);
	entry->place = v2v_format("%u", r->count - 1);
	r->has_kernel = true;
}

/* Xen is the kernel; the first module is Linux, the second its initrd. */
static void add_module(struct reading *r, char *rest)
{
	char *options = v2v_line_split(rest);

	if (!r->has_kernel || !*rest)
		return;
	if (r->has_module) {
		v2v_boot_entry_set_initrd(
			v2v_last_item(struct v2v_boot_entry, r->entries), rest);
		return;
	}
	free(v2v_last_item(struct v2v_boot_entry, r->entries)->kernel);
	free(v2v_last_item(struct v2v_boot_entry, r->entries)->options);
	v2v_last_item(struct v2v_boot_entry, r->entries)->kernel =
		v2v_strdup(rest);
	v2v_last_item(struct v2v_boot_entry, r->entries)->options =
		v2v_strdup(options);
	r->has_module = true;
}

static void read_line(struct reading *r, char *line, char **wanted)
{
	char *word = v2v_line_trim(line), *rest;
	char *equals = word + strcspn(word, "= \t");

	/* `default=0` and `default 0` are the same, as are `title=Gentoo Linux`
	 * and `title Gentoo Linux`. */
	if (*equals == '=')
		*equals = ' ';
	rest = v2v_line_split(word);
	rest += strspn(rest, "= \t");
	if (strcmp(word, "title") == 0) {
		begin(r, rest);
	} else if (!r->title && strcmp(word, "default") == 0) {
		v2v_string_set(wanted, v2v_line_trim(rest));
	} else if (r->title && strcmp(word, "kernel") == 0) {
		add_kernel(r, rest);
	} else if (r->title && strcmp(word, "module") == 0) {
		add_module(r, rest);
	} else if (r->has_kernel && strcmp(word, "initrd") == 0) {
		v2v_boot_entry_set_initrd(
			v2v_last_item(struct v2v_boot_entry, r->entries), rest);
	}
}

/* The saved number is before a newline and padding. */
static char *saved_number(const char *saved)
{
	return v2v_strndup(saved, strspn(saved, "0123456789"));
}

static void mark(struct v2v_list *entries, const char *wanted)
{
	struct v2v_boot_entry *first = entries->items;

	v2v_list_foreach (struct v2v_boot_entry, entry, entries)
		if (v2v_streq(entry->place, wanted)) {
			entry->is_default = true;
			return;
		}
	if (first)
		first->is_default = true;
}

void v2v_grub1_read(
	const char *text, const char *saved, struct v2v_list *entries)
{
	struct reading r = { .entries = entries };
	CLEANUP_FREE char *wanted = NULL;

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		read_line(&r, line, &wanted);
	}
	free(r.title);
	if (v2v_streq(wanted, "saved")) {
		free(wanted);
		wanted = saved ? saved_number(saved) : NULL;
	}
	mark(entries, wanted ? wanted : "0");
}
