/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing an edited text, and what was changed. */
#include "linux/text/edit.h"

#include <stdarg.h>

/* The notes of a file are one line for people. */
#define MAX_NOTES 1000 /* bytes; further notes are left out */
#define MAX_NOTE  300  /* bytes of one; its end is left out */
#define MORE	  ", …"

static bool has_note(const struct v2v_text *what, const char *note)
{
	const char *const start = what->length ? what->data : "";
	const size_t n = strlen(note);

	for (const char *s = start; (s = strstr(s, note)); s++)
		if ((s == start ||
			    (s - start >= 2 && v2v_starts_with(s - 2, ", "))) &&
			(!s[n] || v2v_starts_with(s + n, ", ")))
			return true;
	return false;
}

void v2v_what_add(struct v2v_text *what, const char *fmt, ...)
{
	CLEANUP_FREE char *note = NULL;
	size_t n;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&note, fmt, args) < 0)
		abort();
	va_end(args);
	n = v2v_utf8_cut(note, MAX_NOTE);
	if (note[n])
		memcpy(note + n, "...", sizeof "...");
	if (what->length > MAX_NOTES && !v2v_ends_with(what->data, MORE))
		v2v_text_addf(what, MORE);
	else if (what->length <= MAX_NOTES && !has_note(what, note))
		v2v_text_join(what, ", ", "%s", note);
}

void v2v_edit_copy(struct v2v_edit *e, const char *s, size_t n)
{
	v2v_text_add(&e->out, s, n);
}

void v2v_edit_note(struct v2v_edit *e, const char *from, const char *to)
{
	e->changed = true;
	v2v_what_add(e->what, "%s → %s", from, to);
}

void v2v_edit_device(struct v2v_edit *e, const char *key, const char *s,
	size_t n, v2v_rename *rename)
{
	CLEANUP_FREE char *name = v2v_strndup(s, n);
	CLEANUP_FREE char *new_name = rename(e->devices, name);
	CLEANUP_FREE char *from = v2v_format("%s%s", key, name);
	CLEANUP_FREE char *to = NULL;

	if (!new_name) {
		v2v_edit_copy(e, s, n);
		return;
	}
	to = v2v_format("%s%s", key, new_name);
	v2v_edit_note(e, from, to);
	v2v_text_addf(&e->out, "%s", new_name);
}

char *v2v_edit_finish(struct v2v_edit *e)
{
	if (e->changed)
		return v2v_text_take(&e->out);
	v2v_text_clear(&e->out);
	return NULL;
}

void v2v_edit_lines(struct v2v_edit *e, const char *text,
	void (*line)(struct v2v_edit *e, const char *s, size_t n))
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		line(e, text, n);
		text += n;
		if (*text)
			v2v_edit_copy(e, text++, 1);
	}
}

char *v2v_edit_each_line(const char *text, v2v_line_edit *edit, void *opaque,
	struct v2v_text *what)
{
	struct v2v_edit e = { .what = what };

	while (*text) {
		CLEANUP_FREE char *line = v2v_edit_next_line(&text);
		const size_t n = strcspn(line, "\n");
		const bool ends = line[n];
		CLEANUP_FREE char *edited = NULL;

		line[n] = '\0';
		edited = edit(line, opaque, what);
		e.changed |= edited != NULL;
		v2v_text_addf(&e.out, "%s%s", edited ? edited : line,
			ends ? "\n" : "");
	}
	return v2v_edit_finish(&e);
}

char *v2v_edit_next_line(const char **text)
{
	size_t n = strcspn(*text, "\n");
	char *line;

	n += (*text)[n] == '\n';
	line = v2v_strndup(*text, n);
	*text += n;
	return line;
}

char *v2v_edit_also(struct v2v_edit *e, const char *text, char *before,
	void (*line)(struct v2v_edit *e, const char *s, size_t n))
{
	char *edited;

	v2v_edit_lines(e, before ? before : text, line);
	edited = v2v_edit_finish(e);
	if (!edited)
		return before;
	free(before);
	return edited;
}
