/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading Limine's configuration (CONFIG.md of its sources). */
#include "linux/boot/limine.h"

#include "core/lines.h"

#define MAX_MACROS 32
#define MAX_LINE   65536 /* bytes of a line whose macros are expanded */

struct macro {
	char *name, *value;
};

struct reading {
	struct v2v_list *entries;
	struct v2v_list macros; /* of struct macro */
	struct v2v_boot_entry now;
	bool is_linux;
	bool in_entry;
	unsigned count;	 /* titles read */
	unsigned wanted; /* default_entry, from 1; 0: a title */
	char *wanted_title;
};

static const char *macro_value(
	const struct reading *r, const char *name, size_t n)
{
	v2v_list_foreach (const struct macro, macro, &r->macros)
		if (strlen(macro->name) == n &&
			memcmp(macro->name, name, n) == 0)
			return macro->value;
	return "";
}

/* "${NAME}" by its value; the result is not expanded again. */
static char *expand(const struct reading *r, const char *line)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	const char *s, *end;

	while (out.length < MAX_LINE && (s = strstr(line, "${")) &&
		(end = strchr(s, '}'))) {
		v2v_text_add(&out, line, (size_t)(s - line));
		v2v_text_addf(&out, "%s",
			macro_value(r, s + 2, (size_t)(end - s - 2)));
		line = end + 1;
	}
	v2v_text_addf(&out, "%s", line);
	return v2v_text_take(&out);
}

/* `${NAME}=VALUE`; false where the line is none. */
static bool define(struct reading *r, const char *line)
{
	const char *end = strchr(line, '}');
	struct macro *macro;

	if (!v2v_starts_with(line, "${") || !end || end[1] != '=')
		return false;
	if (r->macros.count >= MAX_MACROS)
		return true;
	macro = v2v_list_add(&r->macros, sizeof *macro);
	macro->name = v2v_strndup(line + 2, (size_t)(end - line - 2));
	macro->value = v2v_strdup(end + 2);
	return true;
}

/* "boot():/vmlinuz#HASH", "boot:///vmlinuz", "$uuid(X):/initrd.gz": the path;
 * *@ret_uuid where it names a filesystem. */
static char *path_of(const char *value, char **ret_uuid)
{
	const char *colon = strchr(value, ':');
	const char *start = colon ? colon + 1 : value;
	const char *open = strchr(value, '(');
	bool by_uuid;

	value += *value == '$';
	by_uuid = v2v_starts_with(value, "uuid") ||
		  v2v_starts_with(value, "guid");
	if (colon && open && open < colon) {
		if (by_uuid)
			*ret_uuid =
				v2v_strndup(open + 1, strcspn(open + 1, "):"));
		/* "hdd(1:2):/x" has one more between its brackets. */
		if (strchr(open, ')') && strchr(strchr(open, ')'), ':'))
			start = strchr(strchr(open, ')'), ':') + 1;
	} else if (v2v_starts_with(start, "//")) {
		const char *path = strchr(start + 2, '/');

		if (by_uuid)
			*ret_uuid =
				v2v_strndup(start + 2, strcspn(start + 2, "/"));
		start = path ? path : start;
	}
	return v2v_strndup(start, strcspn(start, "#"));
}

static void end_entry(struct reading *r)
{
	if (r->in_entry && r->is_linux && r->now.kernel) {
		if (!r->now.options)
			r->now.options = v2v_strdup("");
		v2v_boot_entry_take(r->entries, &r->now);
	}
	v2v_boot_entry_clear(&r->now);
	r->is_linux = r->in_entry = false;
}

static void begin_entry(struct reading *r, const char *title)
{
	end_entry(r);
	r->in_entry = true;
	title += strspn(title, "/:");
	title += *title == '+';
	r->now.title = v2v_strdup(title);
	r->now.place = v2v_format("%u", ++r->count);
}

static void set_default(struct reading *r, const char *value)
{
	const char *slash = strrchr(value, '/');
	char end;

	free(r->wanted_title);
	r->wanted_title = NULL;
	if (sscanf(value, "%4u%c", &r->wanted, &end) == 1)
		return;
	r->wanted = 0;
	r->wanted_title = v2v_strdup(slash ? slash + 1 : value);
}

static void set_path(struct reading *r, char **place, const char *value)
{
	CLEANUP_FREE char *uuid = NULL;
	CLEANUP_FREE char *path = path_of(value, &uuid);

	free(*place);
	*place = v2v_take(path);
	if (uuid && !r->now.uuid)
		r->now.uuid = v2v_take(uuid);
}

static void add_module(struct reading *r, const char *value)
{
	CLEANUP_FREE char *uuid = NULL;
	CLEANUP_FREE char *path = path_of(value, &uuid);

	v2v_boot_entry_set_initrd(&r->now, path);
}

static void read_pair(struct reading *r, const char *key, const char *value)
{
	if (strcasecmp(key, "default_entry") == 0)
		set_default(r, value);
	else if (!r->in_entry)
		return;
	else if (strcasecmp(key, "protocol") == 0)
		r->is_linux = strcasecmp(value, "linux") == 0;
	else if (strcasecmp(key, "kernel_path") == 0 ||
		 strcasecmp(key, "path") == 0)
		set_path(r, &r->now.kernel, value);
	else if (strcasecmp(key, "module_path") == 0)
		add_module(r, value);
	else if (strcasecmp(key, "cmdline") == 0 ||
		 strcasecmp(key, "kernel_cmdline") == 0) {
		v2v_string_set(&r->now.options, value);
	}
}

static void read_line(struct reading *r, const char *text)
{
	CLEANUP_FREE char *line = expand(r, text);
	char *key = v2v_line_trim(line), *value;

	if (*key == '/' || *key == ':') {
		begin_entry(r, key);
		return;
	}
	value = key + strcspn(key, ":=");
	if (*key == '#' || !*value)
		return;
	*value++ = '\0';
	read_pair(r, v2v_line_trim(key), v2v_line_trim(value));
}

static bool is_wanted(
	const struct reading *r, const struct v2v_boot_entry *entry)
{
	unsigned place = 0;

	if (r->wanted_title)
		return strcmp(entry->title, r->wanted_title) == 0;
	sscanf(entry->place, "%9u", &place);
	return place >= r->wanted;
}

/* Where a folder of entries is asked for, the first in it. */
static void choose(const struct reading *r)
{
	struct v2v_boot_entry *first = r->entries->items;

	v2v_list_foreach (struct v2v_boot_entry, entry, r->entries)
		if (is_wanted(r, entry)) {
			entry->is_default = true;
			return;
		}
	if (first)
		first->is_default = true;
}

void v2v_limine_read(const char *text, struct v2v_list *entries)
{
	struct reading r = { .entries = entries, .wanted = 1 };

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *s = v2v_line_trim(line);

		if (!define(&r, s))
			read_line(&r, s);
	}
	end_entry(&r);
	choose(&r);
	v2v_list_foreach (struct macro, macro, &r.macros) {
		free(macro->name);
		free(macro->value);
	}
	free(r.macros.items);
	free(r.wanted_title);
}
