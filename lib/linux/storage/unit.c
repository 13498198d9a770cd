/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* systemd's units: what they mount, and the devices they wait for, whose names
 * are paths as systemd-escape(1) writes them: "dev-sda1.device". */
#include "linux/storage/unit.h"

#include "linux/text/edit.h"
#include "linux/text/texts.h"

#include <ctype.h>

#define FSCK "systemd-fsck@"

/* Settings that take names of units.  Not WantedBy= and RequiredBy=: they are
 * folders by the time that they matter. */
static const char *const lists[] = { "Requires", "Requisite", "Wants",
	"BindsTo", "PartOf", "Upholds", "After", "Before", NULL };

/* Settings that take a path. */
static const char *const paths[] = { "What", "ConditionPathExists",
	"AssertPathExists", NULL };

static bool has(const char *const *words, const char *s, size_t n)
{
	for (; *words; words++)
		if (strlen(*words) == n && strncmp(s, *words, n) == 0)
			return true;
	return false;
}

/* The n bytes at @s with '-' for '/' and \x2d for '-' undone. */
static char *unescape(const char *s, size_t n)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };

	v2v_text_add(&out, "/", 1);
	for (size_t i = 0; i < n; i++) {
		unsigned code;
		char c = s[i] == '-' ? '/' : s[i];

		if (c == '\\' && i + 3 < n && s[i + 1] == 'x' &&
			isxdigit((unsigned char)s[i + 2]) &&
			sscanf(s + i + 2, "%2x", &code) == 1) {
			c = (char)code;
			i += 3;
		}
		if (c)
			v2v_text_add(&out, &c, 1);
	}
	return v2v_text_take(&out);
}

static char *escape(const char *path)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };

	for (const char *s = path + 1; *s; s++) {
		if (isalnum((unsigned char)*s) || strchr(":_.", *s))
			v2v_text_add(&out, s, 1);
		else if (*s == '/')
			v2v_text_add(&out, "-", 1);
		else
			v2v_text_addf(&out, "\\x%02x", (unsigned char)*s);
	}
	return v2v_text_take(&out);
}

/* Where the escaped path begins in a unit's name, and its length: false where
 * it has none of a device. */
static bool find_path(const char *name, size_t *ret_start, size_t *ret_length)
{
	const char *at = strchr(name, '@'), *s = at ? at + 1 : name;
	const char *dot = strrchr(s, '.');

	if (!v2v_starts_with(s, "dev-") || !dot ||
		!(at ? strcmp(dot, ".service") == 0
		     : strcmp(dot, ".device") == 0 ||
					strcmp(dot, ".swap") == 0))
		return false;
	*ret_start = (size_t)(s - name);
	*ret_length = (size_t)(dot - s);
	return true;
}

char *v2v_unit_device(const char *name)
{
	size_t start, length;

	return find_path(name, &start, &length) ? unescape(name + start, length)
						: NULL;
}

char *v2v_unit_rename(const struct v2v_devices *devices, const char *name)
{
	CLEANUP_FREE char *old = NULL, *path = NULL, *escaped = NULL;
	size_t start, length;

	/* A swap's name is that of a file; so may be other services'. */
	if (!find_path(name, &start, &length) ||
		!(v2v_ends_with(name, ".device") ||
			v2v_starts_with(name, FSCK)))
		return NULL;
	old = unescape(name + start, length);
	path = v2v_devices_path(devices, old);
	escaped = path ? escape(path) : NULL;
	return escaped ? v2v_format("%.*s%s%s", (int)start, name, escaped,
				 name + start + length)
		       : NULL;
}

static void put_words(struct v2v_edit *e, const char *s, size_t n)
{
	const bool goes_on = n && s[n - 1] == '\\';

	for (const char *end = s + n - goes_on; s < end;) {
		size_t length = 0;

		while (s < end && strchr(V2V_BLANKS, *s))
			v2v_edit_copy(e, s++, 1);
		while (s + length < end && !strchr(V2V_BLANKS, s[length]))
			length++;
		v2v_edit_device(e, "", s, length, v2v_unit_rename);
		s += length;
	}
	v2v_edit_copy(e, s, goes_on);
}

static void put_path(
	struct v2v_edit *e, const char *key, const char *s, size_t n)
{
	size_t length = 0;

	if (n && (*s == '"' || *s == '\'')) {
		v2v_edit_copy(e, s++, 1);
		n--;
	}
	while (length < n && !strchr(V2V_BLANKS "\"'", s[length]))
		length++;
	v2v_edit_device(e, key, s, length, v2v_devices_path);
	v2v_edit_copy(e, s + length, n - length);
}

/* `KEY = value`; a list goes on after a line that ends in a backslash, and so
 * does what is not a device. */
static void edit_line(struct v2v_edit *e, const char *s, size_t n, bool *list)
{
	size_t start = 0, key = 0, value;
	CLEANUP_FREE char *word = NULL;

	*list = false;
	while (start < n && strchr(V2V_BLANKS, s[start]))
		start++;
	while (start + key < n && isalpha((unsigned char)s[start + key]))
		key++;
	value = start + key;
	while (value < n && strchr(V2V_BLANKS, s[value]))
		value++;
	if (value >= n || s[value] != '=') {
		v2v_edit_copy(e, s, n);
		return;
	}
	value++;
	while (value < n && strchr(V2V_BLANKS, s[value]))
		value++;
	v2v_edit_copy(e, s, value);
	*list = has(lists, s + start, key);
	word = v2v_format("%.*s=", (int)key, s + start);
	if (*list)
		put_words(e, s + value, n - value);
	else if (has(paths, s + start, key))
		put_path(e, word, s + value, n - value);
	else
		v2v_edit_copy(e, s + value, n - value);
}

char *v2v_text_unit(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct v2v_edit e = { .devices = devices, .what = what };
	bool list = false, goes_on = false;

	while (*text) {
		size_t n = strcspn(text, "\n");
		const size_t indent = strspn(text, V2V_BLANKS);
		const bool comment = indent < n && strchr("#;", text[indent]);

		if (comment)
			v2v_edit_copy(&e, text, n);
		else if (!goes_on)
			edit_line(&e, text, n, &list);
		else if (list)
			put_words(&e, text, n);
		else
			v2v_edit_copy(&e, text, n);
		/* Comments may be within a continued line. */
		if (!comment)
			goes_on = n && text[n - 1] == '\\';
		text += n;
		if (*text)
			v2v_edit_copy(&e, text++, 1);
	}
	return v2v_edit_finish(&e);
}
