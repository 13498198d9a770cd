/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lvm.conf: a filter that accepts the old names only hides the new disks, and
 * with them the root.  Patterns are regular expressions between delimiters:
 * "a|^/dev/sda2$|", "r/.*" and "/".
 */
#include "linux/text/edit.h"
#include "linux/text/texts.h"

#include <ctype.h>

/* "mapper/sda3_crypt": what Debian calls an opened disk keeps its name. */
static bool is_mapped(const char *start, const char *s)
{
	static const char folder[] = "mapper/";
	size_t n = sizeof folder - 1;

	return (size_t)(s - start) >= n && strncmp(s - n, folder, n) == 0;
}

/* "sd", "hd", "xvd" at @s as the beginning of a disk's name: its length. */
static size_t prefix_at(const char *start, const char *s)
{
	static const char *const prefixes[] = { "sd", "hd", "xvd", "vd" };

	if (s > start && isalnum((unsigned char)s[-1]))
		return 0;
	if (is_mapped(start, s))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (v2v_starts_with(s, prefixes[i]) &&
			!isupper((unsigned char)s[n]) &&
			!isdigit((unsigned char)s[n]))
			return n;
	}
	return 0;
}

/* A pattern that cannot be translated letter by letter: its accepted devices
 * become all new disks. */
static bool is_opaque(const char *pattern)
{
	static const char *const parts[] = { "by-id/", "by-path/", "nvme",
		"cciss" };

	return v2v_contains_any(pattern, parts);
}

static char *translate(const struct v2v_devices *devices, const char *pattern)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	const char *s = pattern + 1;

	if (is_opaque(pattern)) {
		if (*pattern != 'a')
			return NULL;
		return v2v_format("a|^/dev/%s[a-z]+[0-9]*$|", devices->prefix);
	}
	v2v_text_add(&out, pattern, 1);
	while (*s) {
		size_t n = prefix_at(pattern + 1, s);

		if (n) {
			v2v_text_addf(&out, "%s", devices->prefix);
			s += n;
		} else {
			v2v_text_add(&out, s++, 1);
		}
	}
	return strcmp(out.data, pattern) ? v2v_text_take(&out) : NULL;
}

static void edit_pattern(struct v2v_edit *e, const char *s, size_t n)
{
	CLEANUP_FREE char *pattern = v2v_strndup(s, n);
	CLEANUP_FREE char *now = NULL;

	/* The shortest is "a||". */
	if (n >= 3 && (*pattern == 'a' || *pattern == 'r'))
		now = translate(e->devices, pattern);
	if (now)
		v2v_edit_note(e, pattern, now);
	v2v_text_addf(&e->out, "%s", now ? now : pattern);
}

/* From behind "filter =" to the end of its list; returns what is left. */
static const char *edit_list(struct v2v_edit *e, const char *s)
{
	bool brackets = false;

	for (; *s && *s != ']'; s++) {
		size_t n;

		if (*s == '#') {
			n = strcspn(s, "\n");
			v2v_edit_copy(e, s, n);
			s += n;
		}
		v2v_edit_copy(e, s, *s != '\0');
		brackets |= *s == '[';
		if (*s == '\n' && !brackets)
			return s + 1;
		if (*s != '"') {
			if (!*s)
				break;
			continue;
		}
		n = strcspn(s + 1, "\"\n");
		edit_pattern(e, s + 1, n);
		s += n;
		if (s[1] == '"')
			v2v_edit_copy(e, ++s, 1);
	}
	return s;
}

static size_t filter_at(const char *line)
{
	size_t n = strspn(line, V2V_BLANKS);

	/* devices/filter is the same in one word. */
	if (v2v_starts_with(line + n, "devices/"))
		n += strlen("devices/");
	if (v2v_starts_with(line + n, "global_"))
		n += strlen("global_");
	if (!v2v_starts_with(line + n, "filter"))
		return 0;
	n += strlen("filter");
	n += strspn(line + n, V2V_BLANKS);
	return line[n] == '=' ? n + 1 : 0;
}

char *v2v_text_lvm(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct v2v_edit e = { .devices = devices, .what = what };
	const char *s = text;

	while (*s) {
		size_t n = s == text || s[-1] == '\n' ? filter_at(s) : 0;

		if (n) {
			v2v_edit_copy(&e, s, n);
			s = edit_list(&e, s + n);
		} else {
			n = strcspn(s, "\n");
			n += s[n] == '\n';
			v2v_edit_copy(&e, s, n);
			s += n;
		}
	}
	return v2v_edit_finish(&e);
}
