/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A serial console, where it is asked for: kernel arguments. */
#include "linux/text/edit.h"
#include "linux/text/texts.h"

#define SERIAL "console=ttyS0,115200n8"

/* Where arguments go in a line; 0: nowhere in this one. */
typedef size_t place(const char *s, size_t n);

static bool has(const char *s, size_t n, const char *part)
{
	return memmem(s, n, part, strlen(part)) != NULL;
}

/* Without blanks at its end. */
static size_t end_of(const char *s, size_t n)
{
	while (n && strchr(V2V_BLANKS, s[n - 1]))
		n--;
	return n;
}

static bool begins(const char *s, size_t n, const char *word)
{
	size_t blanks = strspn(s, V2V_BLANKS), length = strlen(word);

	return blanks + length < n &&
	       strncasecmp(s + blanks, word, length) == 0;
}

/* Inside of the quotes of KEY="…", or at the end of KEY=… */
static size_t in_value(const char *s, size_t n)
{
	size_t end = end_of(s, n);

	return end && (s[end - 1] == '"' || s[end - 1] == '\'') ? end - 1 : end;
}

/* The last console is /dev/console; a line that names none would lose the
 * screen, which is there by itself otherwise. */
static void put_line(struct v2v_edit *e, const char *s, size_t n, size_t at)
{
	const char *tty = has(s, n, "console=") ? "" : "console=tty0 ";
	bool blank = at && !strchr(V2V_BLANKS "\"'=", s[at - 1]);

	if (!at || has(s, n, "console=ttyS")) {
		v2v_edit_copy(e, s, n);
		return;
	}
	v2v_edit_copy(e, s, at);
	v2v_text_addf(&e->out, "%s%s" SERIAL, blank ? " " : "", tty);
	v2v_edit_copy(e, s + at, n - at);
	v2v_what_add(e->what, SERIAL " added");
	e->changed = true;
}

static char *edit(const char *text, struct v2v_text *what, place *at)
{
	struct v2v_edit e = { .what = what };

	while (*text) {
		size_t n = strcspn(text, "\n");

		put_line(&e, text, n, at(text, n));
		text += n;
		if (*text)
			v2v_edit_copy(&e, text++, 1);
	}
	return v2v_edit_finish(&e);
}

/* linux, linux16, linuxefi with a root, which memtest has not; RHEL 8's
 * `set kernelopts="root=…"`.  Several commands on a line are left alone. */
static size_t in_grub2(const char *s, size_t n)
{
	if (!has(s, n, "root="))
		return 0;
	if (begins(s, n, "set ") && has(s, n, "kernelopts="))
		return in_value(s, n);
	if (!begins(s, n, "linux") || has(s, n, ";") || has(s, n, "}"))
		return 0;
	return end_of(s, n);
}

static size_t in_menu_lst(const char *s, size_t n)
{
	if (!has(s, n, "root="))
		return 0;
	if (begins(s, n, "# kopt=") || begins(s, n, "kernel") ||
		begins(s, n, "module"))
		return end_of(s, n);
	return 0;
}

/* What $kernelopts holds is added to where it is set. */
static size_t in_entry(const char *s, size_t n)
{
	if (!begins(s, n, "options") || has(s, n, "$kernelopts") ||
		!has(s, n, "root="))
		return 0;
	return end_of(s, n);
}

static size_t in_extlinux(const char *s, size_t n)
{
	return begins(s, n, "append") && has(s, n, "root=") ? end_of(s, n) : 0;
}

static size_t in_cmdline(const char *s, size_t n)
{
	return !begins(s, n, "#") && has(s, n, "root=") ? end_of(s, n) : 0;
}

static size_t in_grubenv(const char *s, size_t n)
{
	return begins(s, n, "kernelopts=") ? end_of(s, n) : 0;
}

/* The variables that tools put on each kernel's command line. */
static size_t in_defaults(const char *s, size_t n)
{
	static const char *const keys[] = { "GRUB_CMDLINE_LINUX=",
		"DEFAULT_APPEND=", "default_kernel_opts=",
		"EXTLINUX_PARAMETERS=", "U_BOOT_PARAMETERS=" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (n > strlen(keys[i]) &&
			strncmp(s, keys[i], strlen(keys[i])) == 0 &&
			strchr("\"'", s[strlen(keys[i])]))
			return in_value(s, n);
	return 0;
}

#define EDITOR(name, at)                                                       \
	char *name(const char *text, const struct v2v_devices *devices,        \
		struct v2v_text *what)                                         \
	{                                                                      \
		(void)devices;                                                 \
		return edit(text, what, at);                                   \
	}

EDITOR(v2v_text_serial_grub2, in_grub2)
EDITOR(v2v_text_serial_menu_lst, in_menu_lst)
EDITOR(v2v_text_serial_entry, in_entry)
EDITOR(v2v_text_serial_extlinux, in_extlinux)
EDITOR(v2v_text_serial_cmdline, in_cmdline)
EDITOR(v2v_text_serial_defaults, in_defaults)

char *v2v_text_serial_grubenv(const char *text,
	const struct v2v_devices *devices, struct v2v_text *what)
{
	struct v2v_text told CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = edit(text, &told, in_grubenv);

	(void)devices;
	return v2v_text_grubenv_fill(edited, strlen(text), &told, what);
}
