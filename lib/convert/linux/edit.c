/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text of the guest is edited, and each line's change is reported; what is
 * never written to is not. */
#include "convert/linux/linux.h"
#include "linux/sealed.h"

bool v2v_linux_is_sealed(struct v2v_linux *c, const char *path)
{
	bool sealed = v2v_is_sealed(c->tree, c->inspect, path);

	if (sealed)
		v2v_plan_note(c->plan, "guest-sealed",
			"%s: it is in the part of the system that is never "
			"written to, and stays as it is",
			path);
	return sealed;
}

/* Of one file; a menu says the same for each kernel. */
#define MAX_CHANGES 20

/* Each change once: the text tells the difference. */
static void change(struct v2v_linux *c, const struct v2v_device_file *file,
	const char *where, const char *what, struct v2v_list *known)
{
	v2v_list_foreach (char *, have, known)
		if (strcmp(*have, what) == 0)
			return;
	if (known->count >= MAX_CHANGES)
		return;
	v2v_list_add_string(known, what);
	v2v_plan_changed(c->plan, file->path, v2v_device_file_code(file, what),
		where, "%s", what);
}

/* Line by line, so that each can be named; a list over several lines, or a
 * line that is new, is one change. */
static void change_lines(struct v2v_linux *c,
	const struct v2v_device_file *file, const char *before,
	const char *after, const char *what)
{
	struct v2v_list known CLEANUP_STRINGS = { 0 };

	for (unsigned number = 1; *before && *after; number++) {
		size_t m = strcspn(before, "\n"), n = strcspn(after, "\n");
		CLEANUP_FREE char *line = v2v_strndup(before, m);
		CLEANUP_FREE char *where =
			v2v_format("%s:%u", file->path, number);
		CLEANUP_FREE char *edited = NULL;
		struct v2v_text part CLEANUP_TEXT = { 0 };

		if (m != n || memcmp(before, after, n) != 0)
			edited = file->edit(line, &c->devices, &part);
		if (edited)
			change(c, file, where, part.data, &known);
		before += m + (before[m] == '\n');
		after += n + (after[n] == '\n');
	}
	if (known.count == 0)
		change(c, file, NULL, what, &known);
}

int v2v_linux_edit(struct v2v_linux *c, const struct v2v_device_file *file,
	struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL, *edited = NULL;
	struct v2v_text what CLEANUP_TEXT = { 0 };

	if (v2v_tree_read(c->tree, file->path, &text, err) < 0)
		return -1;
	if (!text && !c->task->look_only)
		v2v_tree_warn_link(c->tree, file->path);
	edited = text ? file->edit(text, &c->devices, &what) : NULL;
	if (!edited || v2v_linux_is_sealed(c, file->path))
		return 0;
	if (v2v_plan_write(c->plan, file->path, edited, err) < 0)
		return -1;
	change_lines(c, file, text, edited, what.data);
	return 0;
}
