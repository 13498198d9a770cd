/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing an edited text, and what was changed. */
#include "texts/edit.h"

/* It is one line for people: bytes, then no more pairs are told. */
#define MAX_TOLD 1000
#define MORE	 ", …"

void v2v_edit_copy(struct v2v_edit *e, const char *s, size_t n)
{
	v2v_text_add(&e->out, s, n);
}

void v2v_edit_note(struct v2v_edit *e, const char *from, const char *to)
{
	CLEANUP_FREE char *told = v2v_format("%s → %s", from, to);

	e->changed = true;
	if (e->what->length > MAX_TOLD) {
		if (!v2v_ends_with(e->what->data, MORE))
			v2v_text_addf(e->what, MORE);
		return;
	}
	if (e->what->length && strstr(e->what->data, told))
		return;
	v2v_text_addf(e->what, "%s%s", e->what->length ? ", " : "", told);
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
