/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading any tree. */
#include "guest/tree.h"

#include "core/lines.h"
#include "initrd/pe.h"

int v2v_tree_read(const struct v2v_tree *tree, const char *path,
	char **ret_text, struct v2v_error *err)
{
	return tree->ops->read(tree, path, ret_text, err);
}

char *v2v_tree_text(const struct v2v_tree *tree, const char *path)
{
	char *text = NULL;

	tree->ops->read(tree, path, &text, NULL);
	return text;
}

static enum v2v_kind kind_of(const struct v2v_tree *tree, const char *path)
{
	struct v2v_tree_stat st;

	return tree->ops->stat(tree, path, &st) ? st.kind : V2V_KIND_NONE;
}

enum v2v_kind v2v_tree_kind(const struct v2v_tree *tree, const char *path)
{
	enum v2v_kind kind = kind_of(tree, path);

	return kind == V2V_KIND_NONE && v2v_tree_is_link(tree, path)
		       ? V2V_KIND_DANGLING
		       : kind;
}

bool v2v_tree_is_file(const struct v2v_tree *tree, const char *path)
{
	return kind_of(tree, path) == V2V_KIND_FILE;
}

bool v2v_tree_is_dir(const struct v2v_tree *tree, const char *path)
{
	return kind_of(tree, path) == V2V_KIND_DIRECTORY;
}

int64_t v2v_tree_size(const struct v2v_tree *tree, const char *path)
{
	struct v2v_tree_stat st;

	return tree->ops->stat(tree, path, &st) && st.kind == V2V_KIND_FILE
		       ? st.size
		       : -1;
}

bool v2v_tree_identity(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_device, uint64_t *ret_inode)
{
	struct v2v_tree_stat st;

	if (!tree->ops->stat(tree, path, &st) || st.kind != V2V_KIND_FILE)
		return false;
	*ret_device = st.device;
	*ret_inode = st.inode;
	return true;
}

bool v2v_tree_is_link(const struct v2v_tree *tree, const char *path)
{
	return tree->ops->is_link && tree->ops->is_link(tree, path);
}

const char *v2v_tree_link_fault(const struct v2v_tree *tree, const char *path)
{
	return tree->ops->link_fault ? tree->ops->link_fault(tree, path) : NULL;
}

bool v2v_tree_warn_link(const struct v2v_tree *tree, const char *path)
{
	return tree->ops->warn_link && tree->ops->warn_link(tree, path);
}

char *v2v_tree_resolve(const struct v2v_tree *tree, const char *path)
{
	return tree->ops->resolve(tree, path);
}

void v2v_tree_list(const struct v2v_tree *tree, const char *directory,
	struct v2v_list *names)
{
	tree->ops->list(tree, directory, names);
}

void v2v_tree_glob(const struct v2v_tree *tree, const char *pattern,
	struct v2v_list *names)
{
	if (tree->ops->glob)
		tree->ops->glob(tree, pattern, names);
}

char *v2v_tree_find(
	const struct v2v_tree *tree, const char *directory, const char *name)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_list(tree, directory, &names);
	v2v_list_foreach (char *, have, &names)
		if (strcasecmp(*have, name) == 0)
			return v2v_format("%s/%s", directory, *have);
	return NULL;
}

size_t v2v_tree_read_at(const struct v2v_tree *tree, const char *path,
	uint64_t offset, void *data, size_t size)
{
	return tree->ops->read_at
		       ? tree->ops->read_at(tree, path, offset, data, size)
		       : 0;
}

/* No kernel takes longer arguments. */
#define MAX_SECTION (64 << 10)

static char *section_of_image(
	const struct v2v_tree *tree, const char *path, const char *name)
{
	CLEANUP_FREE unsigned char *head = v2v_alloc(1, V2V_PE_HEAD);
	CLEANUP_FREE char *bytes = NULL;
	int64_t file_size = v2v_tree_size(tree, path);
	uint64_t offset, size;
	size_t n;

	if (file_size <= 0)
		return NULL;
	n = v2v_tree_read_at(tree, path, 0, head, V2V_PE_HEAD);
	if (!v2v_pe_find(head, n, (uint64_t)file_size, name, &offset, &size) ||
		size > MAX_SECTION)
		return NULL;
	bytes = v2v_alloc(1, size + 1);
	n = v2v_tree_read_at(tree, path, offset, bytes, (size_t)size);
	return n == size ? v2v_strdup(v2v_line_trim(bytes)) : NULL;
}

char *v2v_tree_section(
	const struct v2v_tree *tree, const char *path, const char *name)
{
	return (tree->ops->section ? tree->ops->section : section_of_image)(
		tree, path, name);
}

char *v2v_tree_sha1(const struct v2v_tree *tree, const char *path)
{
	return tree->ops->sha1 ? tree->ops->sha1(tree, path) : NULL;
}

int v2v_tree_fetch(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	if (!tree->ops->fetch)
		return v2v_fail(err, "guest-read",
			"cannot read the guest's '%s'", path);
	return tree->ops->fetch(tree, path, ret_size, err);
}

int v2v_tree_view(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	return tree->ops->view ? tree->ops->view(tree, path, ret_size, err)
			       : v2v_tree_fetch(tree, path, ret_size, err);
}

int v2v_tree_scratch(const struct v2v_tree *tree, struct v2v_error *err)
{
	if (!tree->ops->scratch)
		return v2v_fail(err, "io", "cannot make a temporary file");
	return tree->ops->scratch(tree, err);
}

int v2v_tree_alive(const struct v2v_tree *tree, struct v2v_error *err)
{
	return tree->ops->alive ? tree->ops->alive(tree, err) : 0;
}

int v2v_tree_check(const struct v2v_tree *tree, struct v2v_error *err)
{
	return tree->ops->check ? tree->ops->check(tree, err) : 0;
}

void v2v_tree_warn_cut(
	const struct v2v_tree *tree, const char *directory, unsigned most)
{
	if (tree->ops->warn_cut)
		tree->ops->warn_cut(tree, directory, most);
}

const struct v2v_list *v2v_tree_large(const struct v2v_tree *tree)
{
	static const struct v2v_list none;

	return tree->ops->large ? tree->ops->large(tree) : &none;
}
