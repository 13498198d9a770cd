/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's files as a tree, through the appliance. */
#include "guest/files.h"
#include "guest/private.h"

/*
 * Each question takes the appliance a while, and several parts ask the same:
 * answers are kept until something is written or mounted.  There may be many of
 * them.
 */
#define MAX_FACTS 50000

/* What is known already; NULL.  *@ret_key is for keep(). */
static json_t *known(struct v2v_guest *guest, const char *question,
	const char *path, char **ret_key)
{
	*ret_key = v2v_format("%s %s", question, path);
	return json_object_get(guest->facts, *ret_key);
}

static void keep(struct v2v_guest *guest, const char *key, json_t *answer)
{
	if (json_object_size(guest->facts) >= MAX_FACTS)
		json_object_clear(guest->facts);
	json_object_set_new_nocheck(guest->facts, key, answer);
}

static int64_t number(const json_t *array, size_t i)
{
	return json_integer_value(json_array_get(array, i));
}

static bool stat_of(const struct v2v_tree *tree, const char *path,
	struct v2v_tree_stat *ret_stat)
{
	CLEANUP_FREE char *key = NULL;
	const json_t *fact = known(tree->opaque, "stat", path, &key);
	bool found;

	if (fact) {
		*ret_stat = (struct v2v_tree_stat){
			.kind = (enum v2v_kind)number(fact, 0),
			.size = number(fact, 1),
			.device = (uint64_t)number(fact, 2),
			.inode = (uint64_t)number(fact, 3),
		};
		return json_array_size(fact) > 0;
	}
	found = v2v_guest_stat(tree->opaque, path, ret_stat);
	keep(tree->opaque, key,
		found ? json_pack("[iIII]", (int)ret_stat->kind,
				(json_int_t)ret_stat->size,
				(json_int_t)ret_stat->device,
				(json_int_t)ret_stat->inode)
		      : json_array());
	return found;
}

static int read_text(const struct v2v_tree *tree, const char *path,
	char **ret_text, struct v2v_error *err)
{
	struct v2v_guest *guest = tree->opaque;
	bool is_kept = json_object_get(guest->texts, path) != NULL;

	return v2v_guest_read_sized(guest, path,
		is_kept ? V2V_SIZE_UNKNOWN : v2v_tree_size(tree, path),
		ret_text, err);
}

static bool is_link(const struct v2v_tree *tree, const char *path)
{
	CLEANUP_FREE char *key = NULL;
	const json_t *fact = known(tree->opaque, "link", path, &key);
	bool is;

	if (fact)
		return json_is_true(fact);
	is = v2v_guest_is_link(tree->opaque, path);
	keep(tree->opaque, key, json_boolean(is));
	return is;
}

static char *resolve(const struct v2v_tree *tree, const char *path)
{
	CLEANUP_FREE char *key = NULL;
	const json_t *fact = known(tree->opaque, "resolve", path, &key);
	char *real;

	if (fact)
		return v2v_strdup(json_string_value(fact));
	real = v2v_guest_resolve(tree->opaque, path);
	keep(tree->opaque, key, real ? json_string_nocheck(real) : json_null());
	return real;
}

/* Names by @ask, of a directory or for a pattern. */
static void names_by(const struct v2v_tree *tree, const char *question,
	void (*ask)(struct v2v_guest *guest, const char *path,
		struct v2v_list *names),
	const char *path, struct v2v_list *names)
{
	CLEANUP_FREE char *key = NULL;
	json_t *fact = known(tree->opaque, question, path, &key), *name;
	size_t i, before = names->count;

	json_array_foreach (fact, i, name) {
		v2v_list_add_string(names, json_string_value(name));
	}
	if (fact)
		return;
	ask(tree->opaque, path, names);
	fact = json_array();
	for (i = before; i < names->count; i++)
		json_array_append_new(
			fact, json_string_nocheck(v2v_items(char *, names)[i]));
	keep(tree->opaque, key, fact);
}

static void list(const struct v2v_tree *tree, const char *directory,
	struct v2v_list *names)
{
	names_by(tree, "list", v2v_guest_list, directory, names);
}

static void glob(const struct v2v_tree *tree, const char *pattern,
	struct v2v_list *names)
{
	names_by(tree, "glob", v2v_guest_glob, pattern, names);
}

static const char *link_fault(const struct v2v_tree *tree, const char *path)
{
	return is_link(tree, path) ? v2v_guest_link_fault(tree->opaque, path)
				   : NULL;
}

static bool warn_link(const struct v2v_tree *tree, const char *path)
{
	return v2v_guest_tell_link(tree->opaque, path);
}

/* Of a file alone: the appliance would wait at a pipe for somebody to write. */
static size_t read_at(const struct v2v_tree *tree, const char *path,
	uint64_t offset, void *data, size_t size)
{
	return v2v_tree_is_file(tree, path) ? v2v_guest_read_at(tree->opaque,
						      path, offset, data, size)
					    : 0;
}

static char *sha1(const struct v2v_tree *tree, const char *path)
{
	return v2v_tree_is_file(tree, path) ? v2v_guest_sha1(tree->opaque, path)
					    : NULL;
}

static int fetch(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	struct v2v_tree_stat st = { 0 };
	bool known = tree->ops->stat(tree, path, &st);

	return v2v_guest_fetch_kept(
		tree->opaque, path, known ? &st : NULL, false, ret_size, err);
}

static int view(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	struct v2v_tree_stat st = { 0 };
	bool known = tree->ops->stat(tree, path, &st);

	return v2v_guest_fetch_kept(
		tree->opaque, path, known ? &st : NULL, true, ret_size, err);
}

static int scratch(const struct v2v_tree *tree, struct v2v_error *err)
{
	return v2v_guest_scratch(tree->opaque, err);
}

static int check(const struct v2v_tree *tree, struct v2v_error *err)
{
	return v2v_guest_check_time(tree->opaque, err);
}

static int alive(const struct v2v_tree *tree, struct v2v_error *err)
{
	return v2v_guest_check(tree->opaque, err);
}

static void warn_cut(
	const struct v2v_tree *tree, const char *directory, unsigned most)
{
	v2v_guest_tell_cut(tree->opaque, directory, most);
}

static const struct v2v_list *large(const struct v2v_tree *tree)
{
	return v2v_guest_large(tree->opaque);
}

struct v2v_tree v2v_tree_of_guest(struct v2v_guest *guest)
{
	static const struct v2v_tree_ops ops = {
		.read = read_text,
		.stat = stat_of,
		.list = list,
		.resolve = resolve,
		.is_link = is_link,
		.link_fault = link_fault,
		.warn_link = warn_link,
		.glob = glob,
		.read_at = read_at,
		.sha1 = sha1,
		.fetch = fetch,
		.view = view,
		.scratch = scratch,
		.check = check,
		.alive = alive,
		.warn_cut = warn_cut,
		.large = large,
	};

	return (struct v2v_tree){ &ops, guest };
}
