/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of a hive as JSON. */
#include "windows/edited.h"

#include "core/doc.h"

#include <unistd.h>

#define MAX_TOLD (32 << 20)

/* Of a key that is deleted. */
#define MOST_GONE  4096
#define MOST_DEPTH 16

static json_t *told_value(const struct v2v_value *value)
{
	struct v2v_text hex CLEANUP_TEXT = { 0 };
	json_t *told;

	if (!value || !value->is_there)
		return json_null();
	told = json_object();
	v2v_text_addf(&hex, "%s", "");
	for (size_t i = 0; i < value->size; i++)
		v2v_text_addf(&hex, "%02x", value->data[i]);
	json_object_set_new(told, "type", json_integer(value->type));
	json_object_set_new(told, "data", json_string(hex.data));
	return told;
}

/* What is not in the hive is spelled as the edit has it. */
static char *spelled(struct v2v_registry *registry, const char *path)
{
	v2v_registry_key key = v2v_registry_root(registry);
	struct v2v_text out = { 0 };

	v2v_text_addf(&out, "%s", "");
	while (*path) {
		const size_t n = strcspn(path, "\\");
		CLEANUP_FREE char *name = v2v_strndup(path, n), *own = NULL;

		key = v2v_registry_find(registry, key, name);
		own = key ? v2v_registry_name(registry, key) : NULL;
		v2v_text_addf(
			&out, "%s%s", out.length ? "\\" : "", own ? own : name);
		path += n + (path[n] == '\\');
	}
	return v2v_text_take(&out);
}

static void tell(json_t *told, enum v2v_edited_type type, const char *key,
	const char *name, size_t edit, const struct v2v_value *before,
	const struct v2v_value *after)
{
	json_t *one = json_object();

	json_object_set_new(one, "type", json_integer(type));
	json_object_set_new(one, "key", v2v_json_text(key));
	json_object_set_new(one, "name", v2v_json_text(name));
	json_object_set_new(one, "edit", json_integer((json_int_t)edit));
	json_object_set_new(one, "before", told_value(before));
	json_object_set_new(one, "after", told_value(after));
	json_array_append_new(told, one);
}

void v2v_edited_tell(json_t *told, enum v2v_edited_type type,
	const struct v2v_edited_place *place, const struct v2v_value *before,
	const struct v2v_value *after)
{
	CLEANUP_FREE char *key = spelled(place->registry, place->key);

	tell(told, type, key, place->name, place->edit, before, after);
}

/* A key under way. */
struct gone {
	json_t *told;
	const char *path;
	size_t edit;
	unsigned depth;
};

static void tell_value(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	const struct gone *gone = opaque;
	struct v2v_value before CLEANUP_VALUE = { 0 };

	if (json_array_size(gone->told) < MOST_GONE &&
		v2v_registry_get(registry, key, name, &before, NULL) == 0 &&
		before.is_there)
		tell(gone->told, V2V_EDITED_VALUE, gone->path, name, gone->edit,
			&before, NULL);
}

static void tell_all(
	struct v2v_registry *registry, v2v_registry_key key, struct gone *gone);

static void tell_below(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	const struct gone *above = opaque;
	CLEANUP_FREE char *path = v2v_format("%s\\%s", above->path, name);
	struct gone gone = { above->told, path, above->edit, above->depth + 1 };

	if (gone.depth < MOST_DEPTH)
		tell_all(registry, key, &gone);
}

static void tell_all(
	struct v2v_registry *registry, v2v_registry_key key, struct gone *gone)
{
	v2v_registry_each_value(registry, key, tell_value, gone);
	v2v_registry_each(registry, key, tell_below, gone);
}

void v2v_edited_tell_gone(json_t *told, const struct v2v_edited_place *place,
	v2v_registry_key key)
{
	CLEANUP_FREE char *path = spelled(place->registry, place->key);
	struct gone gone = { told, path, place->edit, 0 };

	tell_all(place->registry, key, &gone);
	tell(told, V2V_EDITED_NO_KEY, path, NULL, place->edit, NULL, NULL);
}

void v2v_edited_clear(struct v2v_list *list)
{
	v2v_list_foreach (struct v2v_edited, edited, list) {
		free(edited->key);
		free(edited->name);
		v2v_value_clear(&edited->before);
		v2v_value_clear(&edited->after);
	}
	free(list->items);
	*list = (struct v2v_list){ NULL, 0 };
}

static int digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

static bool load_value(const json_t *told, struct v2v_value *ret)
{
	const char *hex = json_string_value(json_object_get(told, "data"));
	const size_t size = hex ? strlen(hex) / 2 : 0;

	if (json_is_null(told))
		return true;
	if (!hex || size > V2V_VALUE_MOST)
		return false;
	*ret = (struct v2v_value){ true,
		(uint32_t)json_integer_value(json_object_get(told, "type")),
		v2v_alloc(1, size + 1), size };
	for (size_t i = 0; i < size; i++) {
		const int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret->data[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static bool load_one(const json_t *told, const struct v2v_edits *edits,
	struct v2v_edited *edited)
{
	const json_int_t index =
		json_integer_value(json_object_get(told, "edit"));
	const json_int_t type =
		json_integer_value(json_object_get(told, "type"));

	if (index < 0 || (size_t)index >= edits->list.count ||
		type < V2V_EDITED_VALUE || type > V2V_EDITED_NO_KEY)
		return false;
	edited->type = (enum v2v_edited_type)type;
	edited->edit = v2v_items(struct v2v_edit, &edits->list) + index;
	edited->key =
		v2v_strdup(json_string_value(json_object_get(told, "key")));
	edited->name =
		v2v_strdup(json_string_value(json_object_get(told, "name")));
	return edited->key &&
	       !edited->name == (edited->type != V2V_EDITED_VALUE) &&
	       load_value(json_object_get(told, "before"), &edited->before) &&
	       load_value(json_object_get(told, "after"), &edited->after);
}

static json_t *read_told(int out)
{
	const off_t size = lseek(out, 0, SEEK_END);
	CLEANUP_FREE char *text = NULL;

	if (size <= 0 || size > MAX_TOLD)
		return NULL;
	text = v2v_alloc(1, (size_t)size + 1);
	if (pread(out, text, (size_t)size, 0) != size)
		return NULL;
	return json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, NULL);
}

int v2v_edited_load(int out, const struct v2v_edits *edits,
	struct v2v_list *list, struct v2v_error *err)
{
	json_auto_t *told = read_told(out);
	const json_t *all = json_object_get(told, "edited"), *one;
	const char *reason = json_string_value(json_object_get(told, "error"));
	size_t i;

	if (reason)
		return v2v_fail(err, "registry", "%s", reason);
	if (!json_is_array(all))
		return v2v_fail(err, "registry",
			"the process that edits the registry returned nothing");
	json_array_foreach (all, i, one) {
		struct v2v_edited *edited = v2v_list_add(list, sizeof *edited);

		if (!load_one(one, edits, edited))
			return v2v_fail(err, "registry",
				"the process that edits the registry returned "
				"something invalid");
	}
	return 0;
}
