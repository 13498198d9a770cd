/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest in one text, for the readers of bootloaders:
 *
 *	firmware uefi
 *	distro debian
 *	mount / /dev/sda2 ext4 aaaa-2
 *	==== /boot/grub/grub.cfg
 *	the file's text, to the next such line
 */
#ifndef V2V_TEST_TEXT_TREE_H
#define V2V_TEST_TEXT_TREE_H

#include "core/lines.h"
#include "guest/tree.h"
#include "model/inspect.h"

#include <strings.h>

#define TREE_FILE "==== "

struct text_file {
	char *path, *text;
};

struct text_tree {
	struct v2v_tree tree;  /* opaque points at files */
	struct v2v_list files; /* of struct text_file */
	struct v2v_inspect inspect;
};

static inline const struct text_file *text_tree_find(
	const struct v2v_tree *tree, const char *path)
{
	const struct v2v_list *files = tree->opaque;

	v2v_list_foreach (const struct text_file, file, files)
		if (strcmp(file->path, path) == 0)
			return file;
	return NULL;
}

static inline int text_tree_read_file(const struct v2v_tree *tree,
	const char *path, char **ret_text, struct v2v_error *err)
{
	const struct text_file *file = text_tree_find(tree, path);

	(void)err;
	*ret_text = file ? v2v_strdup(file->text) : NULL;
	return 0;
}

#define TREE_LINK "link "

/* A file whose text is "link TARGET" is a link to it: the first in the path,
 * followed; the caller's, or NULL. */
static inline char *text_tree_follow(
	const struct v2v_tree *tree, const char *path)
{
	for (const char *end = path; *end; end += *end != '\0') {
		CLEANUP_FREE char *part = NULL, *target = NULL;
		const struct text_file *file;
		size_t n;

		end += strcspn(end + 1, "/") + 1;
		part = v2v_strndup(path, (size_t)(end - path));
		file = text_tree_find(tree, part);
		if (!file || !v2v_starts_with(file->text, TREE_LINK))
			continue;
		n = strlen(TREE_LINK);
		target = v2v_strndup(
			file->text + n, strcspn(file->text + n, "\n"));
		if (*target == '/')
			return v2v_format("%s%s", target, end);
		*strrchr(part, '/') = '\0';
		for (; v2v_starts_with(target, "../");
			memmove(target, target + 3, strlen(target + 2)))
			*strrchr(part, '/') = '\0';
		return v2v_format("%s/%s%s", part, target, end);
	}
	return NULL;
}

static inline char *text_tree_resolve(
	const struct v2v_tree *tree, const char *path)
{
	char *now = v2v_strdup(path), *next;

	for (unsigned i = 0; i < 8 && (next = text_tree_follow(tree, now));
		i++) {
		free(now);
		now = next;
	}
	if (v2v_tree_kind(tree, now) != V2V_KIND_NONE)
		return now;
	free(now);
	return NULL;
}

/* Folders are what files lie in.  A file whose text is "dangling" or "device"
 * is such a thing. */
static inline bool text_tree_stat(const struct v2v_tree *tree, const char *path,
	struct v2v_tree_stat *ret_stat)
{
	const struct text_file *file = text_tree_find(tree, path);
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	*ret_stat = (struct v2v_tree_stat){ .kind = V2V_KIND_DIRECTORY };
	if (!file) {
		v2v_tree_list(tree, path, &names);
		return names.count > 0;
	}
	ret_stat->kind = strcmp(file->text, "device\n") == 0 ? V2V_KIND_OTHER
							     : V2V_KIND_FILE;
	ret_stat->size = (int64_t)strlen(file->text);
	ret_stat->inode = (uint64_t)(uintptr_t)file;
	return strcmp(file->text, "dangling\n") != 0;
}

static inline bool text_tree_is_link(
	const struct v2v_tree *tree, const char *path)
{
	const struct text_file *file = text_tree_find(tree, path);

	return file && strcmp(file->text, "dangling\n") == 0;
}

/* ".cmdline root=/dev/sda1": a line of an image for each section. */
static inline char *text_tree_section(
	const struct v2v_tree *tree, const char *path, const char *name)
{
	const struct text_file *file = text_tree_find(tree, path);
	size_t n = strlen(name);

	for (const char *s = file ? file->text : ""; *s;) {
		size_t length = strcspn(s, "\n");

		if (strncmp(s, name, n) == 0 && s[n] == ' ')
			return v2v_strndup(s + n + 1, length - n - 1);
		s += length + (s[length] == '\n');
	}
	return NULL;
}

static inline int text_tree_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline void text_tree_list(const struct v2v_tree *tree,
	const char *directory, struct v2v_list *names)
{
	const struct v2v_list *files = tree->opaque;
	size_t n = strlen(directory);

	v2v_list_foreach (const struct text_file, file, files) {
		const char *rest = file->path + n + 1;
		CLEANUP_FREE char *name = NULL;
		bool known = false;

		if (!v2v_starts_with(file->path, directory) ||
			file->path[n] != '/')
			continue;
		name = v2v_strndup(rest, strcspn(rest, "/"));
		v2v_list_foreach (char *, have, names)
			known |= strcmp(*have, name) == 0;
		if (!known)
			v2v_list_add_string(names, name);
	}
	if (names->count)
		qsort(names->items, names->count, sizeof(char *),
			text_tree_order);
}

static inline void text_tree_mount(struct v2v_inspect *inspect, char *path)
{
	char *device = v2v_line_split(path), *type = v2v_line_split(device);
	char *uuid = v2v_line_split(type), *directory = v2v_line_split(uuid);
	struct v2v_mountpoint *mount =
		v2v_list_add(&inspect->mountpoints, sizeof *mount);
	struct v2v_filesystem *fs;
	const char *btrfs = "btrfsvol:";

	mount->path = v2v_strdup(path);
	mount->device = v2v_strdup(device);
	if (*directory)
		mount->directory = v2v_strdup(directory);
	if (v2v_starts_with(device, btrfs)) {
		device += strlen(btrfs);
		device[strnlen(device, strlen("/dev/sda1"))] = '\0';
	}
	fs = v2v_list_add(&inspect->filesystems, sizeof *fs);
	fs->device = v2v_strdup(device);
	fs->type = v2v_strdup(type);
	fs->uuid = v2v_strdup(uuid);
}

static inline void text_tree_head(struct v2v_inspect *inspect, char *line)
{
	char *rest = v2v_line_split(line);

	if (strcmp(line, "firmware") == 0 && !inspect->firmware)
		inspect->firmware = v2v_strdup(rest);
	else if (strcmp(line, "arch") == 0 && !inspect->arch)
		inspect->arch = v2v_strdup(rest);
	else if (strcmp(line, "distro") == 0 && !inspect->distro)
		inspect->distro = v2v_strdup(rest);
	else if (strcmp(line, "mount") == 0)
		text_tree_mount(inspect, rest);
}

static inline void text_tree_read(struct text_tree *t, const char *text)
{
	static const struct v2v_tree_ops ops = {
		.read = text_tree_read_file,
		.stat = text_tree_stat,
		.list = text_tree_list,
		.resolve = text_tree_resolve,
		.is_link = text_tree_is_link,
		.section = text_tree_section,
	};
	struct v2v_text now = { 0 };
	struct text_file *file = NULL;

	*t = (struct text_tree){ .tree = { &ops, &t->files } };
	while (*text) {
		size_t n = strcspn(text, "\n");
		CLEANUP_FREE char *line = v2v_strndup(text, n);

		if (v2v_starts_with(line, TREE_FILE)) {
			if (file)
				file->text = v2v_text_take(&now);
			file = v2v_list_add(&t->files, sizeof *file);
			file->path = v2v_strdup(line + strlen(TREE_FILE));
		} else if (file) {
			v2v_text_add(&now, text, n + (text[n] == '\n'));
		} else {
			text_tree_head(&t->inspect, line);
		}
		text += n + (text[n] == '\n');
	}
	if (file)
		file->text = v2v_text_take(&now);
}

static inline void text_tree_clear(struct text_tree *t)
{
	v2v_list_foreach (struct text_file, file, &t->files) {
		free(file->path);
		free(file->text);
	}
	free(t->files.items);
	v2v_inspect_clear(&t->inspect);
}
#endif
