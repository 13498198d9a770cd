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

#include "inspect/lines.h"
#include "inspect/tree.h"
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

static inline char *text_tree_text(
	const struct v2v_tree *tree, const char *path)
{
	const struct text_file *file = text_tree_find(tree, path);

	return file ? v2v_strdup(file->text) : NULL;
}

static inline bool text_tree_is_file(
	const struct v2v_tree *tree, const char *path)
{
	return text_tree_find(tree, path) != NULL;
}

static inline char *text_tree_resolve(
	const struct v2v_tree *tree, const char *path)
{
	return text_tree_find(tree, path) ? v2v_strdup(path) : NULL;
}

/* Folders are what files lie in.  A file whose text is "dangling" or "device"
 * is such a thing. */
static inline enum v2v_kind text_tree_kind(
	const struct v2v_tree *tree, const char *path)
{
	const struct text_file *file = text_tree_find(tree, path);
	struct v2v_list names = { 0 };
	bool any;

	if (file)
		return strcmp(file->text, "dangling\n") == 0 ? V2V_KIND_DANGLING
		       : strcmp(file->text, "device\n") == 0 ? V2V_KIND_OTHER
							     : V2V_KIND_FILE;
	tree->list(tree, path, &names);
	any = names.count > 0;
	v2v_guest_names_clear(&names);
	return any ? V2V_KIND_DIRECTORY : V2V_KIND_NONE;
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
	char *uuid = v2v_line_split(type);
	struct v2v_mountpoint *mount =
		v2v_list_add(&inspect->mountpoints, sizeof *mount);
	struct v2v_filesystem *fs;
	const char *btrfs = "btrfsvol:";

	mount->path = v2v_strdup(path);
	mount->device = v2v_strdup(device);
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
	struct v2v_text now = { 0 };
	struct text_file *file = NULL;

	*t = (struct text_tree){ .tree = { text_tree_text, text_tree_is_file,
					 text_tree_list, text_tree_resolve,
					 text_tree_kind, text_tree_section,
					 &t->files } };
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
