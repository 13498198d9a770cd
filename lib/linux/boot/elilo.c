/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* elilo.conf: KEY=VALUE a line, an entry from `image` on. */
#include "linux/boot/elilo.h"

#include "core/lines.h"

/* What comes before the first image is for all that have none of it. */
struct settings {
	char *root, *initrd, *append;
};

struct reading {
	const char *folder;
	struct v2v_list *entries;
	struct settings common, own;
	char *wanted; /* default= */
	unsigned count;
	bool has_image;
};

char *v2v_elilo_folder(const struct v2v_inspect *inspect, const char *path)
{
	const struct v2v_mountpoint *mount =
		v2v_inspect_mountpoint_of(inspect, path);
	size_t n = mount ? strlen(mount->path) : 0;
	const char *beneath = n > 1 ? path + n : path;

	return v2v_strndup(beneath, (size_t)(strrchr(beneath, '/') - beneath));
}

static void settings_clear(struct settings *settings)
{
	free(settings->root);
	free(settings->initrd);
	free(settings->append);
	*settings = (struct settings){ 0 };
}

static bool is_absolute(const char *name)
{
	return *name == '/' || *name == '\\';
}

static char *absolute(const char *folder, const char *name)
{
	return is_absolute(name) ? v2v_strdup(name)
				 : v2v_format("%s/%s", folder, name);
}

/* The image's own settings, else those of all. */
static void finish_image(struct reading *r)
{
	const char *root = r->own.root ? r->own.root : r->common.root;
	const char *append = r->own.append ? r->own.append : r->common.append;
	const char *initrd = r->own.initrd ? r->own.initrd : r->common.initrd;

	if (r->has_image) {
		v2v_last_item(struct v2v_boot_entry, r->entries)->options =
			v2v_format("%s%s%s%s", root ? "root=" : "",
				root ? root : "", root && append ? " " : "",
				append ? append : "");
		if (initrd)
			v2v_last_item(struct v2v_boot_entry, r->entries)
				->initrd = absolute(r->folder, initrd);
	}
	settings_clear(&r->own);
	r->has_image = false;
}

static void begin_image(struct reading *r, const char *name)
{
	struct v2v_boot_entry *entry;

	finish_image(r);
	entry = v2v_boot_entry_add(r->entries, absolute(r->folder, name));
	if (!entry)
		return;
	entry->place = v2v_format("%u", r->count++);
	r->has_image = true;
}

static void read_pair(struct reading *r, const char *key, const char *value)
{
	struct settings *settings = r->has_image ? &r->own : &r->common;

	if (strcasecmp(key, "image") == 0)
		begin_image(r, value);
	else if (strcasecmp(key, "default") == 0 && !r->has_image)
		v2v_string_set(&r->wanted, value);
	else if (strcasecmp(key, "label") == 0 && r->has_image)
		v2v_string_set(
			&v2v_last_item(struct v2v_boot_entry, r->entries)->id,
			value);
	else if (strcasecmp(key, "root") == 0)
		v2v_string_set(&settings->root, value);
	else if (strcasecmp(key, "initrd") == 0)
		v2v_string_set(&settings->initrd, value);
	else if (strcasecmp(key, "append") == 0 ||
		 strcasecmp(key, "literal") == 0)
		v2v_string_set(&settings->append, value);
}

/* The first image, unless a label is asked for. */
static void choose(const struct reading *r)
{
	struct v2v_boot_entry *first = r->entries->items;

	v2v_list_foreach (struct v2v_boot_entry, entry, r->entries)
		if (r->wanted && v2v_streq(entry->id, r->wanted)) {
			entry->is_default = true;
			return;
		}
	if (first)
		first->is_default = true;
}

void v2v_elilo_read(
	const char *text, const char *folder, struct v2v_list *entries)
{
	struct reading r = { .folder = folder, .entries = entries };

	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *key = v2v_line_trim(line), *value = strchr(key, '=');

		if (*key == '#' || !value)
			continue;
		*value++ = '\0';
		read_pair(&r, v2v_line_trim(key), v2v_line_unquote(value));
	}
	finish_image(&r);
	choose(&r);
	v2v_list_foreach (struct v2v_boot_entry, entry, entries)
		entry->title = v2v_strdup(entry->id ? entry->id : "");
	settings_clear(&r.common);
	free(r.wanted);
}

/* Is it `KEY = NAME` with a file's name?  The length before the name. */
static size_t before_name(const char *line, size_t n)
{
	static const char *const keys[] = { "image", "initrd", "vmm",
		"message" };
	size_t start = strspn(line, " \t");

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t at = start + strlen(keys[i]);

		if (at >= n || strncasecmp(line + start, keys[i], at - start))
			continue;
		at += strspn(line + at, " \t");
		if (at < n && line[at] == '=')
			return at + 1 + strspn(line + at + 1, " \t\"");
	}
	return n;
}

char *v2v_elilo_move(const char *text, const char *folder)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };

	while (*text) {
		size_t n = strcspn(text, "\n");
		size_t at = before_name(text, n);

		if (at > n)
			at = n;
		v2v_text_add(&out, text, at);
		if (at < n && !is_absolute(text + at) &&
			!strchr("\r#", text[at]))
			v2v_text_addf(&out, "%s/", folder);
		n += text[n] == '\n';
		v2v_text_add(&out, text + at, n - at);
		text += n;
	}
	return v2v_text_take(&out);
}
