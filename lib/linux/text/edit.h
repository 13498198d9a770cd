/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The engine of all editors of a guest's texts: it writes the new text, and
 * collects what was changed in words, for a message and guestcaps.changes.
 */
#ifndef V2V_LINUX_TEXT_EDIT_H
#define V2V_LINUX_TEXT_EDIT_H

#include "model/devices.h"

#define V2V_BLANKS " \t\r"

/* An edit under way: what is written so far, and what was changed. */
struct v2v_edit {
	const struct v2v_devices *devices; /* NULL: for no device's names */
	struct v2v_text out;
	struct v2v_text *what; /* the caller's */
	bool changed;
};

/* Add a note to @what, "a, b, c" for one file: each note once.  The guest's
 * texts may be hostile: a long note is cut short, and of many the last are left
 * out. */
void v2v_what_add(struct v2v_text *what, const char *fmt, ...) V2V_PRINTF(2, 3);

/* Gives the new name of an old one, or NULL: v2v_devices_replace() and its
 * like. */
typedef char *v2v_rename(const struct v2v_devices *devices, const char *name);

/* Copy @n bytes. */
void v2v_edit_copy(struct v2v_edit *e, const char *s, size_t n);

/* The text is changed: note "FROM → TO". */
void v2v_edit_note(struct v2v_edit *e, const char *from, const char *to);

/* Write the @n bytes at @s, or what replaces them if they are an old name;
 * @key ("root=", "") is only put before both names in what is recorded. */
void v2v_edit_device(struct v2v_edit *e, const char *key, const char *s,
	size_t n, v2v_rename *rename);

/* The new text, the caller's; NULL where nothing was changed. */
char *v2v_edit_finish(struct v2v_edit *e);

/* Call @line for each line, its newline left out; the newline is copied. */
void v2v_edit_lines(struct v2v_edit *e, const char *text,
	void (*line)(struct v2v_edit *e, const char *s, size_t n));

/* The same where another edit gave @before, which is taken over (NULL: it left
 * @text as it is); the text that both make, the caller's, or NULL. */
char *v2v_edit_also(struct v2v_edit *e, const char *text, char *before,
	void (*line)(struct v2v_edit *e, const char *s, size_t n));

/* The next line, with its newline; the caller's.  *@text moves on. */
char *v2v_edit_next_line(const char **text);

/* The new text where @edit gives lines: it gets each without its newline, and
 * gives the new one, the caller's, or NULL to leave it.  NULL where none is
 * changed. */
typedef char *v2v_line_edit(
	const char *line, void *opaque, struct v2v_text *what);
char *v2v_edit_each_line(const char *text, v2v_line_edit *edit, void *opaque,
	struct v2v_text *what);

/* Is it GRUB's environment block? */
bool v2v_text_is_grubenv(const char *text);

/* An edited environment block filled up to @size bytes, the caller's, and its
 * notes @told added to @what; NULL where there is none or it does not fit. */
char *v2v_text_grubenv_fill(const char *edited, size_t size,
	const struct v2v_text *told, struct v2v_text *what);
#endif
