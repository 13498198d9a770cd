/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The edits of a hive are carried out, in a child. */
#include "windows/edit-apply.h"

#include "confine/alone.h"
#include "core/open.h"
#include "windows/edited.h"
#include "windows/items.h"
#include "windows/replay/replay.h"
#include "windows/whole.h"

#include <unistd.h>

/* A commit adds bins; keys and values of ours are few. */
#define GROWTH	(64U << 20)
#define MEMORY	(512U << 20)
#define SECONDS 120

struct job {
	const char *path;
	const struct v2v_edits *edits;
};

/* One edit, in the child. */
struct carrying {
	struct v2v_registry *registry;
	const struct v2v_edit *edit;
	size_t index;
	json_t *told;
};

/* The key of the edit; what is missing of it is made.  0 on failure. */
static v2v_registry_key make_key(
	const struct carrying *c, struct v2v_error *err)
{
	v2v_registry_key key = v2v_registry_root(c->registry);

	for (const char *path = c->edit->key; key && *path;) {
		const size_t n = strcspn(path, "\\");
		CLEANUP_FREE char *name = v2v_strndup(path, n);
		v2v_registry_key below =
			v2v_registry_find(c->registry, key, name);

		if (!below)
			below = v2v_registry_add(c->registry, key, name, err);
		key = below;
		path += n + (path[n] == '\\');
	}
	return key;
}

static v2v_registry_key find_key(const struct carrying *c)
{
	return v2v_registry_find(
		c->registry, v2v_registry_root(c->registry), c->edit->key);
}

/* What the value is to be. */
static int new_value(const struct v2v_edit *edit,
	const struct v2v_value *before, struct v2v_value *ret_after,
	struct v2v_error *err)
{
	*ret_after = (struct v2v_value){ 0 };
	switch (edit->type) {
	case V2V_EDIT_SET:
		*ret_after = (struct v2v_value){ true, edit->value_type,
			v2v_alloc(1, edit->size + 1), edit->size };
		if (edit->size)
			memcpy(ret_after->data, edit->data, edit->size);
		return 0;
	case V2V_EDIT_ADD_ITEM:
		return v2v_items_add(
			before, edit->value_type, edit->item, ret_after, err);
	case V2V_EDIT_DROP_ITEM:
		return v2v_items_drop(before, edit->item, ret_after, err);
	default:
		return 0;
	}
}

static int change_value(
	const struct carrying *c, v2v_registry_key key, struct v2v_error *err)
{
	const struct v2v_edit *edit = c->edit;
	struct v2v_value before CLEANUP_VALUE = { 0 };
	struct v2v_value after CLEANUP_VALUE = { 0 };

	if (v2v_registry_get(c->registry, key, edit->name, &before, err) < 0 ||
		new_value(edit, &before, &after, err) < 0)
		return -1;
	if (v2v_value_is_same(&before, &after))
		return 0;
	if (v2v_registry_put(c->registry, key, edit->name, &after, err) < 0)
		return -1;
	v2v_edited_tell(c->told, V2V_EDITED_VALUE,
		&(struct v2v_edited_place){
			c->registry, edit->key, edit->name, c->index },
		&before, &after);
	return 0;
}

static int set_value(const struct carrying *c, struct v2v_error *err)
{
	v2v_registry_key key = make_key(c, err);

	return key ? change_value(c, key, err) : -1;
}

static int delete_key(
	const struct carrying *c, v2v_registry_key key, struct v2v_error *err)
{
	v2v_edited_tell_gone(c->told,
		&(struct v2v_edited_place){
			c->registry, c->edit->key, NULL, c->index },
		key);
	return v2v_registry_delete(c->registry, key, err);
}

static int carry_out(const struct carrying *c, struct v2v_error *err)
{
	v2v_registry_key key;

	switch (c->edit->type) {
	case V2V_EDIT_SET:
	case V2V_EDIT_ADD_ITEM:
		return set_value(c, err);
	case V2V_EDIT_DROP_ITEM:
		key = find_key(c);
		return key ? change_value(c, key, err) : 0;
	case V2V_EDIT_DELETE_KEY:
		key = find_key(c);
		return key ? delete_key(c, key, err) : 0;
	}
	return -1;
}

int v2v_edits_carry_out(struct v2v_registry *registry,
	const struct v2v_edits *edits, json_t *told, struct v2v_error *err)
{
	struct carrying c = { registry, edits->list.items, 0, told };

	for (; c.index < edits->list.count; c.index++, c.edit++)
		if (carry_out(&c, err) < 0)
			return v2v_fail_prefix(err, "'%s'", c.edit->key);
	return 0;
}

static void edit(int in, int out, void *opaque)
{
	const struct job *job = opaque;
	struct v2v_error err = { 0 };
	json_auto_t *told = json_object(), *edited = json_array();
	struct v2v_registry *registry CLEANUP_REGISTRY =
		v2v_registry_open_to_write(in, job->path, &err);

	if (registry &&
		v2v_edits_carry_out(registry, job->edits, edited, &err) == 0 &&
		json_array_size(edited))
		v2v_registry_commit(registry, &err);
	if (err.text[0])
		json_object_set_new(told, "error", v2v_json_text(err.text));
	json_object_set(told, "edited", edited);
	json_dumpfd(told, out, JSON_COMPACT);
}

/* Is it what libhivex writes: no log belongs to it? */
static int check_result(
	int hive, const char *path, uint64_t most, struct v2v_error *err)
{
	unsigned char head[4096];
	const off_t size = lseek(hive, 0, SEEK_END);
	struct v2v_hive_bytes bytes = { head, sizeof head };

	if (size < (off_t)sizeof head || (uint64_t)size > most ||
		pread(hive, head, sizeof head, 0) != sizeof head ||
		!v2v_hive_is_clean(&bytes))
		return v2v_fail(err, "registry",
			"the hive '%s' is damaged after it was edited", path);
	return 0;
}

static int edit_copy(int hive, const char *path, const struct v2v_edits *edits,
	struct v2v_list *edited, struct v2v_error *err)
{
	CLEANUP_CLOSE int out = v2v_memory_file("edited");
	const off_t size = lseek(hive, 0, SEEK_END);
	const struct v2v_alone_limits limits = {
		.memory = MEMORY + 4 * (uint64_t)(size < 0 ? 0 : size),
		.file = GROWTH + (uint64_t)(size < 0 ? 0 : size),
		.seconds = SECONDS,
		.writes = true,
	};
	struct job job = { path, edits };

	if (out < 0 || size < 0)
		return v2v_fail_errno(err, "cannot create a memory file");
	if (v2v_alone_within(&limits, edit, hive, out, &job, err) < 0)
		return v2v_fail_prefix(
			err, "cannot change the registry '%s'", path);
	if (v2v_edited_load(out, edits, edited, err) < 0)
		return v2v_fail_prefix(err, "'%s'", path);
	return edited->count ? check_result(hive, path, limits.file, err) : 0;
}

int v2v_hive_edit(const struct v2v_tree *tree, const char *path,
	const struct v2v_edits *edits, struct v2v_list *edited, int *ret_hive,
	unsigned *ret_writes, struct v2v_error *err)
{
	struct v2v_hive_state state = { 0 };
	CLEANUP_CLOSE int hive = v2v_hive_fetch(tree, path, &state, err);

	if (hive < 0)
		return -1;
	if (state.dirty.text[0])
		return v2v_fail(err, "registry-dirty", "%s: %s", path,
			state.dirty.text);
	if (edit_copy(hive, path, edits, edited, err) < 0)
		return -1;
	*ret_hive = edited->count ? v2v_take_fd(&hive) : -1;
	*ret_writes = state.writes;
	return 0;
}
