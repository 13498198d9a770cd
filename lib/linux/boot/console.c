/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Xen's consoles: xvc0, and hvc0 in a guest that ran on Xen. */
#include "linux/text/edit.h"
#include "linux/text/texts.h"

#define SERIAL "ttyS0"

static bool is_letter(char c)
{
	return c && !strchr(V2V_BLANKS "\n\"',;:/#", c);
}

/* The word @word in the @n bytes at @s, with nothing else of a word beside. */
static const char *find_word(const char *s, size_t n, const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i + length <= n; i++)
		if (strncmp(s + i, word, length) == 0 &&
			(i == 0 || !is_letter(s[i - 1]) || s[i - 1] == '=') &&
			(i + length == n || !is_letter(s[i + length])))
			return s + i;
	return NULL;
}

static bool is_active(const char *s, size_t n)
{
	size_t blanks = strspn(s, V2V_BLANKS);

	return blanks < n && s[blanks] != '#';
}

static bool has_line(const char *text, const char *word)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		if (is_active(text, n) && find_word(text, n, word))
			return true;
		text += n + (text[n] == '\n');
	}
	return false;
}

static void put_renamed(
	struct v2v_edit *e, const char *s, size_t n, const char *old_name)
{
	const char *found;

	while ((found = find_word(s, n, old_name))) {
		size_t before = (size_t)(found - s);

		v2v_edit_copy(e, s, before);
		v2v_text_addf(&e->out, SERIAL);
		v2v_edit_note(e, old_name, SERIAL);
		s += before + strlen(old_name);
		n -= before + strlen(old_name);
	}
	v2v_edit_copy(e, s, n);
}

/* Two gettys on one line take turns at reading it: the second is left out. */
static char *edit_inittab(
	const char *text, struct v2v_text *what, const char *old_name)
{
	struct v2v_edit e = { .what = what };
	const bool serial = has_line(text, SERIAL);

	while (*text) {
		size_t n = strcspn(text, "\n");
		bool found = is_active(text, n) && find_word(text, n, old_name);

		if (found && serial) {
			v2v_text_addf(&e.out, "#");
			v2v_edit_note(&e, old_name, "a comment");
			v2v_edit_copy(&e, text, n);
		} else if (found) {
			put_renamed(&e, text, n, old_name);
		} else {
			v2v_edit_copy(&e, text, n);
		}
		text += n;
		if (*text)
			v2v_edit_copy(&e, text++, 1);
	}
	return v2v_edit_finish(&e);
}

char *v2v_text_inittab_xvc(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	(void)devices;
	return edit_inittab(text, what, "xvc0");
}

char *v2v_text_inittab_hvc(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	(void)devices;
	return edit_inittab(text, what, "hvc0");
}

/* A terminal more does no harm: the old one stays. */
static char *edit_securetty(
	const char *text, struct v2v_text *what, const char *old_name)
{
	if (has_line(text, SERIAL) || !has_line(text, old_name))
		return NULL;
	v2v_what_add(what, SERIAL " added");
	return v2v_format("%s%s" SERIAL "\n", text,
		v2v_ends_with(text, "\n") ? "" : "\n");
}

char *v2v_text_securetty_xvc(const char *text,
	const struct v2v_devices *devices, struct v2v_text *what)
{
	(void)devices;
	return edit_securetty(text, what, "xvc0");
}

char *v2v_text_securetty_hvc(const char *text,
	const struct v2v_devices *devices, struct v2v_text *what)
{
	(void)devices;
	return edit_securetty(text, what, "hvc0");
}

/* console=hvc0, console=xvc0,… on a command line: all but the name stays.  A
 * line that has ttyS0 already would have it twice, which does no harm. */
static char *edit_line(
	const char *text, struct v2v_text *what, const char *old_name)
{
	CLEANUP_FREE char *word = v2v_format("console=%s", old_name);
	struct v2v_edit e = { .what = what };
	const char *end = text + strlen(text), *found;

	while ((found = find_word(text, (size_t)(end - text), word))) {
		v2v_edit_copy(&e, text, (size_t)(found - text));
		v2v_text_addf(&e.out, "console=" SERIAL);
		v2v_edit_note(&e, word, "console=" SERIAL);
		text = found + strlen(word);
	}
	v2v_edit_copy(&e, text, (size_t)(end - text));
	return v2v_edit_finish(&e);
}

/* The new name is longer: it goes off the padding of an environment block, and
 * one that is full stays as it is. */
static char *edit_console(
	const char *text, struct v2v_text *what, const char *old_name)
{
	struct v2v_text told CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = NULL;

	if (!v2v_text_is_grubenv(text))
		return edit_line(text, what, old_name);
	edited = edit_line(text, &told, old_name);
	return v2v_text_grubenv_fill(edited, strlen(text), &told, what);
}

char *v2v_text_console_xvc(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	(void)devices;
	return edit_console(text, what, "xvc0");
}

char *v2v_text_console_hvc(const char *text, const struct v2v_devices *devices,
	struct v2v_text *what)
{
	(void)devices;
	return edit_console(text, what, "hvc0");
}
