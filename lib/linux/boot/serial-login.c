/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A login on the serial console, for systems without systemd, which starts one
 * by itself. */
#include "linux/text/edit.h"
#include "linux/text/texts.h"

#define TTY "ttyS0"

static bool has(const char *s, size_t n, const char *part)
{
	return memmem(s, n, part, strlen(part)) != NULL;
}

static bool is_getty(const char *s, size_t n, const char *tty)
{
	return has(s, n, ":respawn:") && has(s, n, "getty") && has(s, n, tty);
}

/* The first line that is a login on @tty, active or a comment; its length. */
static const char *find_getty(
	const char *text, const char *tty, bool comment, size_t *ret_length)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		if ((*text == '#') == comment && is_getty(text, n, tty)) {
			*ret_length = n;
			return text;
		}
		text += n + (text[n] == '\n');
	}
	return NULL;
}

/* The line of tty1 for ttyS0: "1:2345:respawn:/sbin/getty 38400 tty1", or
 * busybox's "tty1::respawn:…", whose first field is the terminal. */
static char *like(const char *line, size_t n)
{
	CLEANUP_FREE char *copy = v2v_strndup(line, n);
	char *levels = strchr(copy, ':'), *program;

	if (!levels)
		return NULL;
	*levels++ = '\0';
	program = strstr(levels, ":respawn:");
	if (!program)
		return NULL;
	*program = '\0';
	program += strlen(":respawn:");
	program[strcspn(program, V2V_BLANKS)] = '\0';
	if (!strstr(program, "getty"))
		return NULL;
	/* mingetty knows no serial lines. */
	return v2v_format("%s:%s:respawn:%s -L 115200 " TTY " vt100\n",
		*levels ? "S0" : TTY, levels,
		v2v_ends_with(program, "mingetty") ? "/sbin/agetty" : program);
}

char *v2v_text_serial_inittab(const char *text,
	const struct v2v_devices *devices, struct v2v_text *what)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *added = NULL;
	const char *line, *rest;
	size_t n;

	(void)devices;
	if (find_getty(text, TTY, false, &n))
		return NULL;
	line = find_getty(text, TTY, true, &n);
	rest = line ? line + strspn(line, "#" V2V_BLANKS) : NULL;
	if (!line && (line = find_getty(text, "tty1", false, &n))) {
		rest = line + n + (line[n] == '\n');
		added = like(line, n);
		line = added ? rest : NULL;
	}
	if (!line)
		return NULL;
	v2v_text_add(&out, text, (size_t)(line - text));
	if (added)
		v2v_text_addf(&out, "%s%s",
			out.data[out.length - 1] == '\n' ? "" : "\n", added);
	v2v_text_addf(&out, "%s", rest);
	v2v_what_add(what, "a login on " TTY);
	return v2v_text_take(&out);
}

char *v2v_text_serial_securetty(const char *text,
	const struct v2v_devices *devices, struct v2v_text *what)
{
	const char *rest = text;

	(void)devices;
	while (*rest) {
		size_t n = strcspn(rest, "\n");

		if (n >= strlen(TTY) && strncmp(rest, TTY, strlen(TTY)) == 0 &&
			strspn(rest + strlen(TTY), V2V_BLANKS) ==
				n - strlen(TTY))
			return NULL;
		rest += n + (rest[n] == '\n');
	}
	v2v_what_add(what, TTY " added");
	return v2v_format("%s%s" TTY "\n", text,
		!*text || v2v_ends_with(text, "\n") ? "" : "\n");
}
