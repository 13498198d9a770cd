/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Structs to JSON and back, by tables.  A section of the document is a struct
 * and a table of its members; from the table come reading (errors name the
 * member: `source.disks[0].file: expected a string`), writing and freeing.
 *
 * C types: V2V_STRING char *; V2V_INT int64_t, -1 is unknown (null) where the
 * member is nullable; V2V_BOOL bool; V2V_OBJECT a pointer to a struct;
 * V2V_LIST struct v2v_list of structs; V2V_STRINGS struct v2v_list of char *;
 * V2V_JSON json_t *, taken as it is.
 * A nullable member may be null or absent; any other must be there.
 */
#ifndef V2V_FIELDS_H
#define V2V_FIELDS_H

#include "core/error.h"

enum v2v_type {
	V2V_END,
	V2V_STRING,
	V2V_INT,
	V2V_BOOL,
	V2V_OBJECT,
	V2V_LIST,
	V2V_STRINGS,
	V2V_JSON,
};

struct v2v_list {
	void *items; /* owned: structs, or char * for V2V_STRINGS */
	size_t count;
};

struct v2v_field {
	const char *key;
	enum v2v_type type;
	size_t offset;
	bool nullable;
	const struct v2v_field *of; /* V2V_OBJECT, V2V_LIST: the inner table */
	size_t size;		    /* and the inner struct's size */
	bool omitted;		    /* V2V_LIST: absent where it is empty */
};

/* clang-format takes a stringified member for a directive. */
/* clang-format off */
#define V2V_FIELD(t, member, type) \
	{ #member, type, offsetof(t, member), false, NULL, 0, false }
#define V2V_FIELD_OR_NULL(t, member, type) \
	{ #member, type, offsetof(t, member), true, NULL, 0, false }
#define V2V_FIELD_LIST(t, member, table, inner) \
	{ #member, V2V_LIST, offsetof(t, member), true, table, sizeof(inner), \
		false }
#define V2V_FIELD_LIST_IF_ANY(t, member, table, inner) \
	{ #member, V2V_LIST, offsetof(t, member), true, table, sizeof(inner), \
		true }
#define V2V_FIELD_OBJECT(t, member, table, inner) \
	{ #member, V2V_OBJECT, offsetof(t, member), true, table, \
		sizeof(inner), false }
#define V2V_FIELD_END { NULL, V2V_END, 0, false, NULL, 0, false }
/* clang-format on */

/* The elements of a list, typed: v2v_items(struct v2v_disk, &source->disks). */
#define v2v_items(type, list) ((type *)(list)->items)
#define v2v_list_foreach(type, item, list)                                     \
	for (type *item = (list)->items;                                       \
		item && item < (type *)(list)->items + (list)->count; item++)

/* The last element of a list that is not empty. */
#define v2v_last_item(type, list) (v2v_items(type, list) + (list)->count - 1)

/* Add a zeroed element of @size bytes to @list; its address, until the next. */
void *v2v_list_add(struct v2v_list *list, size_t size);

/* Add a copy of @s to a V2V_STRINGS list. */
void v2v_list_add_string(struct v2v_list *list, const char *s);

/* Free the strings of a V2V_STRINGS list, and empty it. */
void v2v_strings_clear(struct v2v_list *list);
#define CLEANUP_STRINGS __attribute__((cleanup(v2v_strings_clear)))

/* Fill the zeroed struct @out from the object @json.  @where ("source") begins
 * the names in errors.  After -1 @out is empty again. */
int v2v_fields_load(const struct v2v_field *fields, const json_t *json,
	const char *where, void *out, struct v2v_error *err);

/* Fill a list of structs from the array @json. */
int v2v_fields_load_list(const struct v2v_field *fields, size_t size,
	const json_t *json, const char *where, struct v2v_list *out,
	struct v2v_error *err);

/* A new object / array, the caller's to drop. */
json_t *v2v_fields_store(const struct v2v_field *fields, const void *in);
json_t *v2v_fields_store_list(
	const struct v2v_field *fields, size_t size, const struct v2v_list *in);

/* Free what the struct / the list owns and zero it. */
void v2v_fields_clear(const struct v2v_field *fields, size_t size, void *in);
void v2v_fields_clear_list(
	const struct v2v_field *fields, size_t size, struct v2v_list *list);

bool v2v_is_utf8(const char *text);

/* The length of @text, or where to cut a longer one so that at most @most bytes
 * are left and no character is cut in two. */
size_t v2v_utf8_cut(const char *text, size_t most);

/* Text that may not be UTF-8 as a JSON string: broken bytes become U+FFFD.
 * NULL gives null. */
json_t *v2v_json_text(const char *text);
#endif
