/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mdadm.conf: which devices are looked at for arrays. */
#include "linux/text/edit.h"
#include "linux/text/texts.h"

/* "/dev/sd*", "/dev/hd[ab]1": the pattern of the new disks. */
static char *rename_pattern(const struct v2v_devices *devices, const char *name)
{
	static const char *const prefixes[] = { "/dev/sd", "/dev/hd",
		"/dev/xvd", "/dev/vd" };

	if (!strpbrk(name, "*?["))
		return NULL;
	if (v2v_starts_with(name, "/dev/nvme") ||
		v2v_starts_with(name, "/dev/cciss/"))
		return v2v_format("/dev/%s*", devices->prefix);
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i]);
		CLEANUP_FREE char *now = NULL;

		if (!v2v_starts_with(name, prefixes[i]))
			continue;
		now = v2v_format("/dev/%s%s", devices->prefix, name + n);
		return strcmp(now, name) ? v2v_take(now) : NULL;
	}
	return NULL;
}

static char *rename_any(const struct v2v_devices *devices, const char *name)
{
	char *pattern = rename_pattern(devices, name);

	return pattern ? pattern : v2v_devices_rename(devices, name);
}

/* A word: a name, or devices=NAME,NAME */
static void edit_word(struct v2v_edit *e, const char *s, size_t n)
{
	const char *end = s + n;
	size_t key = strlen("devices=");

	if (n > key && strncasecmp(s, "devices=", key) == 0) {
		v2v_edit_copy(e, s, key);
		s += key;
	}
	while (s < end) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		size_t length = (size_t)((comma ? comma : end) - s);

		v2v_edit_device(e, "", s, length, rename_any);
		s += length;
		if (comma)
			v2v_edit_copy(e, s++, 1);
	}
}

static void edit_line(struct v2v_edit *e, const char *s, size_t n)
{
	const char *end = s + n;

	while (s < end && *s != '#') {
		size_t length = 0;

		while (s < end && strchr(V2V_BLANKS, *s))
			v2v_edit_copy(e, s++, 1);
		while (s + length < end && !strchr(V2V_BLANKS, s[length]))
			length++;
		if (length && *s == '#')
			break;
		edit_word(e, s, length);
		s += length;
	}
	v2v_edit_copy(e, s, (size_t)(end - s));
}

char *v2v_text_mdadm(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct v2v_edit e = { .devices = devices, .what = what };

	v2v_edit_lines(&e, text, edit_line);
	return v2v_edit_finish(&e);
}
