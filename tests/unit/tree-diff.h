/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the files below one folder differ from those below another, for people:
 * texts by lines, initrds by the members that were appended. */
#ifndef V2V_TEST_TREE_DIFF_H
#define V2V_TEST_TREE_DIFF_H

#include "cases.h"

#include "core/fields.h"
#include "core/lines.h"
#include "initrd/cpio.h"

#include <dirent.h>
#include <sys/stat.h>

/* Names below @dir, in order; @see gets each but directories. */
static void walk(const char *dir, const char *name,
	void (*see)(const char *name, void *opaque), void *opaque)
{
	CLEANUP_FREE char *path = v2v_format("%s%s", dir, name);
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);

	assert(n >= 0);
	for (int i = 0; i < n; i++) {
		const char *base = names[i]->d_name;
		CLEANUP_FREE char *below = v2v_format("%s/%s", name, base);
		CLEANUP_FREE char *real = v2v_format("%s%s", dir, below);
		struct stat st;

		assert(lstat(real, &st) == 0);
		if (strcmp(base, ".") && strcmp(base, "..")) {
			if (S_ISDIR(st.st_mode))
				walk(dir, below, see, opaque);
			else
				see(below, opaque);
		}
		free(names[i]);
	}
	free(names);
}

/* The content of a file, or where a link leads; NULL: nothing there. */
static char *content_of(const char *dir, const char *name, size_t *ret_size)
{
	CLEANUP_FREE char *path = v2v_format("%s%s", dir, name);
	char to[4096];
	struct stat st;
	ssize_t n;

	*ret_size = 0;
	if (lstat(path, &st) < 0)
		return NULL;
	if (!S_ISLNK(st.st_mode))
		return read_whole_size(path, ret_size);
	n = readlink(path, to, sizeof to);
	assert(n > 0);
	return v2v_format("link to %.*s\n", (int)n, to);
}

static void split_lines(const char *text, struct v2v_list *lines)
{
	while (text && *text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		v2v_list_add_string(lines, line);
	}
}

/* The rest of GRUB's environment block. */
static bool is_padding(const char *line)
{
	return strlen(line) > 80 && !line[strspn(line, "#")];
}

/* Lines that are in one only, as diff(1) finds them: the longest common
 * sequence, @table[i][j] its length from there on. */
static void diff_lines(const struct v2v_list *a, const struct v2v_list *b,
	struct v2v_text *out)
{
	char **x = a->items, **y = b->items;
	size_t m = a->count, n = b->count, i = 0, j = 0, w = n + 1;
	CLEANUP_FREE unsigned *table = v2v_alloc((m + 1) * w, sizeof *table);

	for (i = m; i-- > 0;)
		for (j = n; j-- > 0;)
			table[i * w + j] =
				strcmp(x[i], y[j]) == 0
					? table[(i + 1) * w + j + 1] + 1
				: table[(i + 1) * w + j] > table[i * w + j + 1]
					? table[(i + 1) * w + j]
					: table[i * w + j + 1];
	for (i = j = 0; i < m || j < n;)
		if (i < m && j < n && strcmp(x[i], y[j]) == 0)
			i++, j++;
		else if (i < m && is_padding(x[i]))
			i++;
		else if (j < n && is_padding(y[j]))
			j++;
		else if (i < m && (j == n || table[(i + 1) * w + j] >=
						     table[i * w + j + 1]))
			v2v_text_addf(out, "-%s\n", x[i++]);
		else
			v2v_text_addf(out, "+%s\n", y[j++]);
}

/* What was appended to an initrd: the names of its members. */
static void tell_members(const char *data, size_t size, struct v2v_text *out)
{
	for (size_t at = 0; at + V2V_CPIO_HEADER < size;) {
		unsigned long file, name;
		char number[9] = "";

		if (memcmp(data + at, "070701", 6) != 0) {
			at += 4;
			continue;
		}
		memcpy(number, data + at + 54, 8);
		file = strtoul(number, NULL, 16);
		memcpy(number, data + at + 94, 8);
		name = strtoul(number, NULL, 16);
		if (file && !strstr(data + at + V2V_CPIO_HEADER, "modules."))
			v2v_text_addf(
				out, "+ %s\n", data + at + V2V_CPIO_HEADER);
		at += (V2V_CPIO_HEADER + name + 3) / 4 * 4 + (file + 3) / 4 * 4;
	}
}

struct comparison {
	const char *before, *after;
	bool backwards; /* only what is gone */
	struct v2v_text *out;
	struct v2v_list *changed; /* of char *: names */
};

static bool is_text(const char *data, size_t size)
{
	return !memchr(data, 0, size);
}

static void compare(const char *name, void *opaque)
{
	const struct comparison *c = opaque;
	size_t old_size, new_size;
	CLEANUP_FREE char *old = content_of(c->before, name, &old_size);
	CLEANUP_FREE char *new = content_of(c->after, name, &new_size);
	struct v2v_list a CLEANUP_STRINGS = { 0 }, b CLEANUP_STRINGS = { 0 };

	if (c->backwards ? new != NULL
			 : old && old_size ==
					   new_size &&memcmp(old, new,
						   old_size ? old_size
							    : strlen(old)) == 0)
		return;
	v2v_list_add_string(c->changed, name);
	v2v_text_addf(c->out, "%s%s\n", name,
		!old   ? " (new)"
		: !new ? " (gone)"
		       : "");
	if (!new)
		return;
	if (old && !is_text(old, old_size) && new_size > old_size &&
		memcmp(old, new, old_size) == 0) {
		tell_members(new + old_size, new_size - old_size, c->out);
	} else if (!is_text(new, new_size)) {
		v2v_text_addf(c->out, "+ %zu bytes\n", new_size);
	} else {
		split_lines(old, &a);
		split_lines(new, &b);
		diff_lines(&a, &b, c->out);
	}
}

/* What one tree has that the other has not. */
static void compare_trees(const char *before, const char *after,
	struct v2v_text *out, struct v2v_list *changed)
{
	struct comparison c = { before, after, false, out, changed };

	walk(after, "", compare, &c);
	c.backwards = true;
	walk(before, "", compare, &c);
}
#endif
