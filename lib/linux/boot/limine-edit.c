/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* limine.conf: kernel arguments, and check sums of what is changed. */
#include "linux/text/edit.h"
#include "linux/text/texts.h"

#include <ctype.h>

#define SUM 128 /* digits of a BLAKE2b in hexadecimal */

/* `module_path: boot():/initramfs.img#SUM`: the length before '#', or @n. */
static size_t before_sum(const char *s, size_t n)
{
	static const char key[] = "module_path";
	size_t start = strspn(s, V2V_BLANKS), at = n, digits = 0;

	if (start >= n || strncasecmp(s + start, key, strlen(key)) != 0)
		return n;
	while (at > start && isspace((unsigned char)s[at - 1]))
		at--;
	while (at > start && isxdigit((unsigned char)s[at - 1])) {
		at--;
		digits++;
	}
	return digits == SUM && at > start && s[at - 1] == '#' ? at - 1 : n;
}

/* An initrd that modules are appended to has another sum, and Limine does not
 * start a kernel whose initrd has not the one that is written. */
static void drop_sum(struct v2v_edit *e, const char *s, size_t n)
{
	size_t at = before_sum(s, n);

	v2v_edit_copy(e, s, at);
	if (at < n)
		v2v_edit_note(e, V2V_LIMINE_SUM, "none");
}

char *v2v_text_limine(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	struct v2v_edit e = { .devices = devices, .what = what };

	return v2v_edit_also(
		&e, text, v2v_text_cmdline(text, devices, what), drop_sum);
}
