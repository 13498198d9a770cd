/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the editors of lib/texts share. */
#ifndef V2V_TEXTS_EDIT_H
#define V2V_TEXTS_EDIT_H

#include "model/devices.h"

#define V2V_BLANKS " \t\r"

/* An edit under way: what is written so far, and what was changed. */
struct v2v_edit {
	const struct v2v_devices *devices;
	struct v2v_text out;
	struct v2v_text *what; /* the caller's */
	bool changed;
};

/* Gives the new name of an old one, or NULL: v2v_devices_replace() and its
 * like. */
typedef char *v2v_rename(const struct v2v_devices *devices, const char *name);

/* Copy @n bytes. */
void v2v_edit_copy(struct v2v_edit *e, const char *s, size_t n);

/* Record "FROM → TO", each pair once. */
void v2v_edit_note(struct v2v_edit *e, const char *from, const char *to);

/* Write the @n bytes at @s, or what replaces them if they are an old name;
 * @key ("root=", "") only stands before both names in what is recorded. */
void v2v_edit_device(struct v2v_edit *e, const char *key, const char *s,
	size_t n, v2v_rename *rename);

/* The new text, the caller's; NULL where nothing was changed. */
char *v2v_edit_finish(struct v2v_edit *e);

/* Call @line for each line, its newline left out; the newline is copied. */
void v2v_edit_lines(struct v2v_edit *e, const char *text,
	void (*line)(struct v2v_edit *e, const char *s, size_t n));

/* Is it GRUB's environment block? */
bool v2v_text_is_grubenv(const char *text);

/* An edited environment block filled up to @size bytes, the caller's; NULL
 * where it does not fit. */
char *v2v_text_grubenv_fill(const char *edited, size_t size);
#endif
