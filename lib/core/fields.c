/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Structs to JSON and back, by tables. */
#include "core/fields.h"

void *v2v_list_add(struct v2v_list *list, size_t size)
{
	list->items = v2v_regrow(list->items, &list->count, size);
	return (char *)list->items + (list->count - 1) * size;
}

void v2v_list_add_string(struct v2v_list *list, const char *s)
{
	char **item = v2v_list_add(list, sizeof *item);

	*item = v2v_strdup(s);
}

void v2v_strings_clear(struct v2v_list *list)
{
	v2v_list_foreach (char *, s, list)
		free(*s);
	free(list->items);
	*list = (struct v2v_list){ 0 };
}

static const char *expected(enum v2v_type type)
{
	switch (type) {
	case V2V_STRING:
		return "a string";
	case V2V_INT:
		return "an integer of 0 or more";
	case V2V_BOOL:
		return "true or false";
	case V2V_OBJECT:
		return "an object";
	case V2V_LIST:
	case V2V_STRINGS:
		return "an array";
	default:
		return "something else";
	}
}

static bool has_shape(enum v2v_type type, const json_t *json)
{
	switch (type) {
	case V2V_STRING:
		return json_is_string(json) &&
		       strlen(json_string_value(json)) ==
			       json_string_length(json);
	case V2V_INT:
		return json_is_integer(json) && json_integer_value(json) >= 0;
	case V2V_BOOL:
		return json_is_boolean(json);
	case V2V_OBJECT:
		return json_is_object(json);
	case V2V_LIST:
	case V2V_STRINGS:
		return json_is_array(json);
	default:
		return true;
	}
}

static int load_strings(const json_t *json, const char *where,
	struct v2v_list *out, struct v2v_error *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach (json, i, item) {
		if (!has_shape(V2V_STRING, item))
			return v2v_fail(err, "document-shape",
				"%s[%zu]: expected a string", where, i);
		v2v_list_add_string(out, json_string_value(item));
	}
	return 0;
}

int v2v_fields_load_list(const struct v2v_field *fields, size_t size,
	const json_t *json, const char *where, struct v2v_list *out,
	struct v2v_error *err)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(json))
		return v2v_fail(
			err, "document-shape", "%s: expected an array", where);
	json_array_foreach (json, i, item) {
		CLEANUP_FREE char *name = v2v_format("%s[%zu]", where, i);
		void *element = v2v_list_add(out, size);

		if (v2v_fields_load(fields, item, name, element, err) < 0) {
			out->count--;
			v2v_fields_clear_list(fields, size, out);
			return -1;
		}
	}
	return 0;
}

static int load_one(const struct v2v_field *f, const json_t *json,
	const char *where, void *member, struct v2v_error *err)
{
	if (!json || json_is_null(json)) {
		if (!f->nullable)
			return v2v_fail(err, "document-shape",
				"%s: expected %s", where, expected(f->type));
		if (f->type == V2V_INT)
			*(int64_t *)member = -1;
		return 0;
	}
	if (!has_shape(f->type, json))
		return v2v_fail(err, "document-shape", "%s: expected %s", where,
			expected(f->type));
	switch (f->type) {
	case V2V_STRING:
		*(char **)member = v2v_strdup(json_string_value(json));
		return 0;
	case V2V_INT:
		*(int64_t *)member = json_integer_value(json);
		return 0;
	case V2V_BOOL:
		*(bool *)member = json_is_true(json);
		return 0;
	case V2V_OBJECT:
		*(void **)member = v2v_alloc(1, f->size);
		return v2v_fields_load(
			f->of, json, where, *(void **)member, err);
	case V2V_LIST:
		return v2v_fields_load_list(
			f->of, f->size, json, where, member, err);
	case V2V_STRINGS:
		return load_strings(json, where, member, err);
	default:
		*(json_t **)member = json_incref((json_t *)json);
		return 0;
	}
}

/* Free and zero the members only; the size of the whole is not known here. */
static void clear_members(const struct v2v_field *fields, void *in);

int v2v_fields_load(const struct v2v_field *fields, const json_t *json,
	const char *where, void *out, struct v2v_error *err)
{
	if (!json_is_object(json))
		return v2v_fail(
			err, "document-shape", "%s: expected an object", where);
	for (const struct v2v_field *f = fields; f->key; f++) {
		CLEANUP_FREE char *name = v2v_format("%s.%s", where, f->key);

		if (load_one(f, json_object_get(json, f->key), name,
			    (char *)out + f->offset, err) < 0) {
			clear_members(fields, out);
			return -1;
		}
	}
	return 0;
}

static json_t *store_strings(const struct v2v_list *list)
{
	json_t *array = json_array();

	v2v_list_foreach (char *, s, list)
		json_array_append_new(array, v2v_json_text(*s));
	return array;
}

static json_t *store_one(const struct v2v_field *f, const void *member)
{
	const void *inner;

	switch (f->type) {
	case V2V_STRING:
		return v2v_json_text(*(char *const *)member);
	case V2V_INT:
		if (f->nullable && *(const int64_t *)member < 0)
			return json_null();
		return json_integer(*(const int64_t *)member);
	case V2V_BOOL:
		return json_boolean(*(const bool *)member);
	case V2V_OBJECT:
		inner = *(void *const *)member;
		return inner ? v2v_fields_store(f->of, inner) : json_null();
	case V2V_LIST:
		return v2v_fields_store_list(f->of, f->size, member);
	case V2V_STRINGS:
		return store_strings(member);
	default:
		inner = *(void *const *)member;
		return inner ? json_incref((json_t *)inner) : json_null();
	}
}

json_t *v2v_fields_store(const struct v2v_field *fields, const void *in)
{
	json_t *object = json_object();

	for (const struct v2v_field *f = fields; f->key; f++) {
		const void *member = (const char *)in + f->offset;

		if (!f->omitted || ((const struct v2v_list *)member)->count)
			json_object_set_new(
				object, f->key, store_one(f, member));
	}
	return object;
}

json_t *v2v_fields_store_list(
	const struct v2v_field *fields, size_t size, const struct v2v_list *in)
{
	json_t *array = json_array();

	for (size_t i = 0; i < in->count; i++)
		json_array_append_new(
			array, v2v_fields_store(fields,
				       (const char *)in->items + i * size));
	return array;
}

static void clear_one(const struct v2v_field *f, void *member)
{
	struct v2v_list *list = member;
	void **pointer = member;

	switch (f->type) {
	case V2V_STRING:
		free(*pointer);
		break;
	case V2V_OBJECT:
		if (*pointer)
			clear_members(f->of, *pointer);
		free(*pointer);
		break;
	case V2V_LIST:
		v2v_fields_clear_list(f->of, f->size, list);
		return;
	case V2V_STRINGS:
		v2v_list_foreach (char *, s, list)
			free(*s);
		free(list->items);
		*list = (struct v2v_list){ 0 };
		return;
	case V2V_JSON:
		json_decref(*pointer);
		break;
	default:
		return;
	}
	*pointer = NULL;
}

static void clear_members(const struct v2v_field *fields, void *in)
{
	for (const struct v2v_field *f = fields; f->key; f++)
		clear_one(f, (char *)in + f->offset);
}

void v2v_fields_clear(const struct v2v_field *fields, size_t size, void *in)
{
	if (!in)
		return;
	clear_members(fields, in);
	memset(in, 0, size);
}

void v2v_fields_clear_list(
	const struct v2v_field *fields, size_t size, struct v2v_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		clear_members(fields, (char *)list->items + i * size);
	free(list->items);
	*list = (struct v2v_list){ 0 };
}
