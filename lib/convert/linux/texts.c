/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of configuration texts. */
#include "convert/linux/texts.h"

#define BLANKS " \t"

/* An edit under way: what is written so far. */
struct edit {
	const struct v2v_devices *devices;
	struct v2v_text out;
	struct v2v_text *what;
	bool changed;
};

/* A file may hold the same name many times: it is told once. */
static void note(struct edit *e, const char *from, const char *to)
{
	CLEANUP_FREE char *told = v2v_format("%s → %s", from, to);

	e->changed = true;
	if (e->what->length && strstr(e->what->data, told))
		return;
	v2v_text_addf(e->what, "%s%s", e->what->length ? ", " : "", told);
}

static char *finish(struct edit *e)
{
	if (e->changed)
		return v2v_text_take(&e->out);
	v2v_text_clear(&e->out);
	return NULL;
}

/* Write the @n bytes at @s, or what replaces them if they name a device. */
static void put_device(struct edit *e, const char *s, size_t n, bool rename)
{
	CLEANUP_FREE char *name = v2v_strndup(s, n);
	CLEANUP_FREE char *new_name =
		rename ? v2v_devices_rename(e->devices, name)
		       : v2v_devices_replace(e->devices, name);

	if (new_name)
		note(e, name, new_name);
	v2v_text_addf(&e->out, "%s", new_name ? new_name : name);
}

/* Replace field number @field (from 0) of each line that is no comment. */
static void edit_fields(
	struct edit *e, const char *text, unsigned field, bool rename)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *s = text, *end = text + length;
		size_t n = strspn(s, BLANKS);

		for (unsigned i = 0; i < field && s[n] != '#'; i++) {
			n += strcspn(s + n, BLANKS "\n");
			n += strspn(s + n, BLANKS);
		}
		v2v_text_add(&e->out, s, n);
		s += n;
		if (s < end && *s != '#') {
			n = strcspn(s, BLANKS "\n");
			put_device(e, s, n, rename);
			s += n;
		}
		length = (size_t)(end - s) + (*end == '\n');
		v2v_text_add(&e->out, s, length);
		text = s + length;
	}
}

char *v2v_text_fstab(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct edit e = { .devices = devices, .what = what };

	edit_fields(&e, text, 0, false);
	return finish(&e);
}

char *v2v_text_crypttab(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct edit e = { .devices = devices, .what = what };

	edit_fields(&e, text, 1, false);
	return finish(&e);
}

char *v2v_text_device_map(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct edit e = { .devices = devices, .what = what };

	edit_fields(&e, text, 1, true);
	return finish(&e);
}

/* Does the word `KEY=` stand at @s, with nothing of a word before it? */
static size_t key_at(const char *text, const char *s, const char *const *keys)
{
	if (s > text && !strchr(BLANKS "\n\"'", s[-1]))
		return 0;
	for (; *keys; keys++)
		if (v2v_starts_with(s, *keys))
			return strlen(*keys);
	return 0;
}

static void edit_keys(struct edit *e, const char *text, const char *const *keys)
{
	const char *s = text;
	bool comment = false;

	while (*s) {
		size_t n;

		if (s == text || s[-1] == '\n')
			comment = s[strspn(s, BLANKS)] == '#';
		n = comment ? 0 : key_at(text, s, keys);
		if (!n) {
			v2v_text_add(&e->out, s++, 1);
			continue;
		}
		v2v_text_add(&e->out, s, n);
		s += n;
		n = strcspn(s, BLANKS "\n\"'");
		put_device(e, s, n, false);
		s += n;
	}
}

char *v2v_text_cmdline(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	static const char *const keys[] = { "root=", "resume=", NULL };
	struct edit e = { .devices = devices, .what = what };

	edit_keys(&e, text, keys);
	return finish(&e);
}

char *v2v_text_resume(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	static const char *const keys[] = { "RESUME=", NULL };
	struct edit e = { .devices = devices, .what = what };

	edit_keys(&e, text, keys);
	return finish(&e);
}
