/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* elilo.conf: kernel arguments, and the settings that become some. */
#include "linux/text/edit.h"
#include "linux/text/texts.h"

/* The length of `KEY =` with blanks around, at the start of the line, where
 * @key is it; 0 elsewhere. */
static size_t setting(const char *s, size_t n, const char *key)
{
	size_t at = strspn(s, V2V_BLANKS);

	if (at >= n || !v2v_starts_with(s + at, key))
		return 0;
	at += strlen(key);
	at += strspn(s + at, V2V_BLANKS);
	if (at >= n || s[at] != '=')
		return 0;
	at++;
	return at + strspn(s + at, V2V_BLANKS "\"");
}

/* `root = /dev/sda2`: without blanks it is the form of an argument. */
static void edit_root(struct v2v_edit *e, const char *s, size_t n)
{
	size_t at = setting(s, n, "root");
	size_t length = at < n ? strcspn(s + at, V2V_BLANKS "\n\"") : 0;

	if (!at || !length) {
		v2v_edit_copy(e, s, n);
		return;
	}
	v2v_edit_copy(e, s, at);
	v2v_edit_device(e, "root=", s + at, length, v2v_devices_root);
	v2v_edit_copy(e, s + at + length, n - at - length);
}

char *v2v_text_elilo(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct v2v_edit e = { .devices = devices, .what = what };

	return v2v_edit_also(
		&e, text, v2v_text_cmdline(text, devices, what), edit_root);
}
