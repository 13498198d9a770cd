/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's files as a tree. */
#include "inspect/tree.h"

#include "guest/files.h"
#include "initrd/pe.h"
#include "inspect/lines.h"

static char *text(const struct v2v_tree *tree, const char *path)
{
	return v2v_guest_text(tree->opaque, path);
}

static bool is_file(const struct v2v_tree *tree, const char *path)
{
	return v2v_guest_is_file(tree->opaque, path);
}

static void list(const struct v2v_tree *tree, const char *directory,
	struct v2v_list *names)
{
	v2v_guest_list(tree->opaque, directory, names);
}

static char *resolve(const struct v2v_tree *tree, const char *path)
{
	return v2v_guest_resolve(tree->opaque, path);
}

static enum v2v_kind kind(const struct v2v_tree *tree, const char *path)
{
	return v2v_guest_kind(tree->opaque, path);
}

/* No kernel takes longer arguments. */
#define MAX_SECTION (64 << 10)

static char *section(
	const struct v2v_tree *tree, const char *path, const char *name)
{
	CLEANUP_FREE unsigned char *head = v2v_alloc(1, V2V_PE_HEAD);
	CLEANUP_FREE char *bytes = NULL;
	int64_t file_size = v2v_guest_size(tree->opaque, path);
	uint64_t offset, size;
	size_t n;

	if (file_size <= 0)
		return NULL;
	n = v2v_guest_read_at(tree->opaque, path, 0, head, V2V_PE_HEAD);
	if (!v2v_pe_find(head, n, (uint64_t)file_size, name, &offset, &size) ||
		size > MAX_SECTION)
		return NULL;
	bytes = v2v_alloc(1, size + 1);
	n = v2v_guest_read_at(tree->opaque, path, offset, bytes, (size_t)size);
	return n == size ? v2v_strdup(v2v_line_trim(bytes)) : NULL;
}

struct v2v_tree v2v_tree_of_guest(struct v2v_guest *guest)
{
	return (struct v2v_tree){ text, is_file, list, resolve, kind, section,
		guest };
}

char *v2v_tree_find(
	const struct v2v_tree *tree, const char *directory, const char *name)
{
	struct v2v_list names CLEANUP_NAMES = { 0 };

	tree->list(tree, directory, &names);
	v2v_list_foreach (char *, have, &names)
		if (strcasecmp(*have, name) == 0)
			return v2v_format("%s/%s", directory, *have);
	return NULL;
}
