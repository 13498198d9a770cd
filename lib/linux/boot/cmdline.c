/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices on kernel command lines. */
#include "linux/text/edit.h"
#include "linux/text/texts.h"

#include <ctype.h>

struct key {
	const char *word;
	v2v_rename *rename;
};

/* The kernel's own, dracut's and FIPS'; genkernel's (real_root …), Photon's
 * variable for root=, mkinitcpio's and Alpine's for encrypted roots, Debian's
 * cryptopts=source=…, systemd's for /usr and LUKS, arrays that the kernel
 * assembles; options of rootflags= and rd.luks.options=, which take a path. */
static const struct key arguments[] = {
	{ "root=", v2v_devices_root },
	{ "resume=", v2v_devices_argument },
	{ "boot=", v2v_devices_argument },
	{ "real_root=", v2v_devices_root },
	{ "rootpartition=", v2v_devices_root },
	{ "real_resume=", v2v_devices_argument },
	{ "crypt_root=", v2v_devices_argument },
	{ "crypt_swap=", v2v_devices_argument },
	{ "cryptroot=", v2v_devices_argument },
	{ "cryptdevice=", v2v_devices_argument },
	{ "cryptkey=", v2v_devices_argument },
	{ "source=", v2v_devices_argument },
	{ "mount.usr=", v2v_devices_argument },
	{ "rd.luks.key=", v2v_devices_argument },
	{ "luks.key=", v2v_devices_argument },
	{ "rd.luks.data=", v2v_devices_rename },
	{ "luks.data=", v2v_devices_rename },
	{ "rd.luks.header=", v2v_devices_rename },
	{ "luks.header=", v2v_devices_rename },
	{ "header=", v2v_devices_rename },
	{ "journal_path=", v2v_devices_rename },
	{ "logdev=", v2v_devices_rename },
	{ "rtdev=", v2v_devices_rename },
	{ "device=", v2v_devices_rename },
	{ "md=", v2v_devices_rename },
	{ NULL, NULL },
};

static const struct key resume[] = {
	{ "RESUME=", v2v_devices_replace },
	{ NULL, NULL },
};

/* Is there a key at @s, with nothing of a word before it?  '=': unquoted
 * values (kernelopts=root=…); ',': cryptopts=target=x,source=…  */
static const struct key *key_at(
	const char *text, const char *s, const struct key *keys)
{
	if (s > text && !strchr(V2V_BLANKS "\n\"'=,", s[-1]))
		return NULL;
	for (; keys->word; keys++)
		if (v2v_starts_with(s, keys->word))
			return keys;
	return NULL;
}

/* "/dev/sda2:root", "0,/dev/sda1,/dev/sdb1", "UUID=/dev/sdb1"; a by-path name
 * has colons.  The value's end, or where another key begins:
 * "/dev/sda3,header=/dev/sdb1". */
static const char *put_value(struct v2v_edit *e, const struct key *key,
	const struct key *keys, const char *s, size_t n)
{
	for (const char *end = s + n; s < end;) {
		bool by_path = v2v_starts_with(s, "/dev/disk/by-path/");
		size_t length = strcspn(s, by_path ? "," : ",:=");

		if (length > (size_t)(end - s))
			length = (size_t)(end - s);
		v2v_edit_device(e, key->word, s, length, key->rename);
		s += length;
		if (s < end)
			v2v_edit_copy(e, s++, 1);
		if (s < end && key_at(s - 1, s, keys))
			break;
	}
	return s;
}

/* "# kopt=…", "# kopt_2_6=…", "# xenkopt=…", "# defoptions=…": Debian's
 * update-grub reads them. */
static bool is_magic(const char *line)
{
	static const char *const words[] = { "kopt", "xenkopt", "defoptions",
		"altoptions", "xenhopt" };

	if (!v2v_starts_with(line, "# "))
		return false;
	return v2v_starts_with_any(line + 2, words);
}

static void edit_keys(struct v2v_edit *e, const char *text,
	const struct key *keys, bool magic)
{
	const char *s = text;
	bool comment = false;

	while (*s) {
		const struct key *key;
		size_t n;

		if (s == text || s[-1] == '\n')
			comment = s[strspn(s, V2V_BLANKS)] == '#' &&
				  !(magic && is_magic(s));
		key = comment ? NULL : key_at(text, s, keys);
		if (!key) {
			v2v_edit_copy(e, s++, 1);
			continue;
		}
		n = strlen(key->word);
		v2v_edit_copy(e, s, n);
		s += n;
		/* root="/dev/sda2", as LILO's like write it */
		if (*s == '"' || *s == '\'')
			v2v_edit_copy(e, s++, 1);
		n = strcspn(s, V2V_BLANKS "\n\"'");
		s = put_value(e, key, keys, s, n);
	}
}

static char *edit(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what, const struct key *keys, bool magic)
{
	struct v2v_edit e = { .devices = devices, .what = what };

	edit_keys(&e, text, keys, magic);
	return v2v_edit_finish(&e);
}

char *v2v_text_cmdline(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	return edit(text, devices, what, arguments, false);
}

char *v2v_text_menu_lst(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	return edit(text, devices, what, arguments, true);
}

/* `resume device = /dev/sda2` of /etc/uswsusp.conf and /etc/suspend.conf */
static void edit_uswsusp(struct v2v_edit *e, const char *s, size_t n)
{
	size_t start = strspn(s, V2V_BLANKS), end = n;

	if (v2v_starts_with(s + start, "resume device")) {
		start += strlen("resume device");
		start += strspn(s + start, V2V_BLANKS "=:");
	} else {
		start = n;
	}
	if (start > n)
		start = n;
	while (end > start && strchr(V2V_BLANKS, s[end - 1]))
		end--;
	v2v_edit_copy(e, s, start);
	/* s2disk opens it: a name, no UUID=. */
	v2v_edit_device(e, "", s + start, end - start, v2v_devices_rename);
	v2v_edit_copy(e, s + end, n - end);
}

char *v2v_text_resume(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct v2v_edit e = { .devices = devices, .what = what };

	if (!strstr(text, "resume device"))
		return edit(text, devices, what, resume, false);
	v2v_edit_lines(&e, text, edit_uswsusp);
	return v2v_edit_finish(&e);
}
