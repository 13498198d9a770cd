/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files with a fixed order of fields: fstab, crypttab, device.map. */
#include "linux/storage/tables.h"
#include "linux/storage/unit.h"
#include "linux/text/edit.h"
#include "linux/text/texts.h"

/* A field that may be escaped; it is written as it was unless it is renamed. */
static void put_field(
	struct v2v_edit *e, const char *s, size_t n, v2v_rename *rename)
{
	CLEANUP_FREE char *name = v2v_table_device(s, n);
	CLEANUP_FREE char *new_name = rename(e->devices, name);

	if (!new_name) {
		v2v_edit_copy(e, s, n);
		return;
	}
	v2v_edit_note(e, name, new_name);
	v2v_text_addf(&e->out, "%s", new_name);
}

/* Options that name a device: external journals and logs, further disks. */
static const char *const options[] = {
	"journal_path=", "logdev=", "rtdev=", "device=", "header=", NULL
};

/* Options of systemd.mount(5) that name a unit, by its device's path too. */
static const char *const units[] = { "x-systemd.requires=", "x-systemd.after=",
	"x-systemd.before=", "x-systemd.wants=", NULL };

static char *rename_unit(const struct v2v_devices *devices, const char *name)
{
	return *name == '/' ? v2v_devices_path(devices, name)
			    : v2v_unit_rename(devices, name);
}

/* Is it one of @keys with its value?  Written, then. */
static bool put_option_of(struct v2v_edit *e, const char *const *keys,
	const char *s, size_t n, v2v_rename *rename)
{
	for (; *keys; keys++) {
		size_t key = strlen(*keys);

		if (n <= key || strncmp(s, *keys, key) != 0)
			continue;
		v2v_edit_copy(e, s, key);
		put_field(e, s + key, n - key, rename);
		return true;
	}
	return false;
}

static void put_option(struct v2v_edit *e, const char *s, size_t n)
{
	if (!put_option_of(e, options, s, n, v2v_devices_rename) &&
		!put_option_of(e, units, s, n, rename_unit))
		v2v_edit_copy(e, s, n);
}

static void put_options(struct v2v_edit *e, const char *s, size_t n)
{
	for (const char *end = s + n; s < end;) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		size_t length = (size_t)((comma ? comma : end) - s);

		put_option(e, s, length);
		s += length;
		if (comma)
			v2v_edit_copy(e, s++, 1);
	}
}

/* "/dev/sdc1:/key": a key on a device of its own. */
static void put_key(struct v2v_edit *e, const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);
	size_t length = colon ? (size_t)(colon - s) : n;

	v2v_edit_device(e, "", s, length, v2v_devices_rename);
	v2v_edit_copy(e, s + length, n - length);
}

enum field { PLAIN, DEVICE, NEW_NAME, OPTIONS, KEY };

static void put(struct v2v_edit *e, enum field kind, const char *s, size_t n)
{
	switch (kind) {
	case DEVICE:
		put_field(e, s, n, v2v_devices_replace);
		return;
	case NEW_NAME:
		put_field(e, s, n, v2v_devices_rename);
		return;
	case OPTIONS:
		put_options(e, s, n);
		return;
	case KEY:
		put_key(e, s, n);
		return;
	case PLAIN:
		break;
	}
	v2v_edit_copy(e, s, n);
}

#define MAX_FIELDS 4

static void edit_line(struct v2v_edit *e, const char *s, size_t n,
	const enum field kinds[MAX_FIELDS])
{
	const char *end = s + n;

	for (int i = 0; s < end; i++) {
		size_t length = 0;

		while (s < end && strchr(V2V_BLANKS, *s))
			v2v_edit_copy(e, s++, 1);
		if (s < end && *s == '#' && i == 0)
			break;
		while (s + length < end && !strchr(V2V_BLANKS, s[length]))
			length++;
		put(e, i < MAX_FIELDS ? kinds[i] : PLAIN, s, length);
		s += length;
	}
	v2v_edit_copy(e, s, (size_t)(end - s));
}

static char *edit(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what, const enum field kinds[MAX_FIELDS])
{
	struct v2v_edit e = { .devices = devices, .what = what };

	while (*text) {
		size_t n = strcspn(text, "\n");

		edit_line(&e, text, n, kinds);
		text += n;
		if (*text)
			v2v_edit_copy(&e, text++, 1);
	}
	return v2v_edit_finish(&e);
}

char *v2v_text_fstab(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	static const enum field kinds[] = { DEVICE, PLAIN, PLAIN, OPTIONS };

	return edit(text, devices, what, kinds);
}

char *v2v_text_crypttab(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	static const enum field kinds[] = { PLAIN, DEVICE, KEY, OPTIONS };

	return edit(text, devices, what, kinds);
}

char *v2v_text_install_device(const char *text,
	const struct v2v_devices *devices, struct v2v_text *what)
{
	static const enum field kinds[] = { NEW_NAME, PLAIN, PLAIN, PLAIN };

	return edit(text, devices, what, kinds);
}

/* "(hd1) /dev/disk/by-id/…" is disk 1, whatever its old name meant: the new
 * name, and where the old one begins. */
static char *name_of_number(const struct v2v_devices *devices, const char *s,
	size_t n, size_t *ret_start)
{
	CLEANUP_FREE char *line = v2v_strndup(s, n);
	CLEANUP_FREE char *letters = NULL;
	unsigned number;
	int start = 0;

	if (sscanf(line, " (hd%3u) %n", &number, &start) != 1 || !start ||
		!v2v_starts_with(line + start, "/dev/disk/by-") ||
		number >= devices->source->disks.count)
		return NULL;
	*ret_start = (size_t)start;
	letters = v2v_devices_letters(number);
	return v2v_format("/dev/%s%s", devices->prefix, letters);
}

static void edit_map(struct v2v_edit *e, const char *s, size_t n)
{
	static const enum field kinds[] = { PLAIN, NEW_NAME, PLAIN, PLAIN };
	size_t start;
	CLEANUP_FREE char *new_name = name_of_number(e->devices, s, n, &start);
	CLEANUP_FREE char *old_name = NULL;

	if (!new_name) {
		edit_line(e, s, n, kinds);
		return;
	}
	old_name = v2v_strndup(s + start, strcspn(s + start, V2V_BLANKS "\n"));
	v2v_edit_copy(e, s, start);
	v2v_edit_note(e, old_name, new_name);
	v2v_text_addf(&e->out, "%s", new_name);
	start += strlen(old_name);
	v2v_edit_copy(e, s + start, n - start);
}

char *v2v_text_device_map(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct v2v_edit e = { .devices = devices, .what = what };

	v2v_edit_lines(&e, text, edit_map);
	return v2v_edit_finish(&e);
}
