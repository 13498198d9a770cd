/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hives through libhivex. */
#include "windows/registry-private.h"

#define MOST_KEYS    20000
#define MOST_STRING  4096
#define MOST_STRINGS 64

/* In a damaged hive keys share their lists, so that a walk of some levels has
 * more keys than the hive; a real one has some 40000 in all. */
#define MOST_VISITS 200000

struct v2v_registry *v2v_registry_new(hive_h *hive)
{
	struct v2v_registry *registry = v2v_alloc(1, sizeof *registry);

	registry->hive = hive;
	registry->left = MOST_VISITS;
	return registry;
}

struct v2v_registry *v2v_registry_open(
	int copy, const char *path, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", copy);
	hive_h *hive = hivex_open(name, 0);

	if (!hive) {
		v2v_fail_errno(err, "cannot read the registry '%s'", path);
		return NULL;
	}
	return v2v_registry_new(hive);
}

void v2v_registry_free(struct v2v_registry *registry)
{
	if (registry)
		hivex_close(registry->hive);
	free(registry);
}

v2v_registry_key v2v_registry_root(struct v2v_registry *registry)
{
	return hivex_root(registry->hive);
}

v2v_registry_key v2v_registry_find(
	struct v2v_registry *registry, v2v_registry_key key, const char *path)
{
	while (key && *path) {
		const size_t n = strcspn(path, "\\");
		CLEANUP_FREE char *name = v2v_strndup(path, n);

		key = hivex_node_get_child(registry->hive, key, name);
		path += n + (path[n] == '\\');
	}
	return key;
}

/* The value, if it has no more than @most bytes; 0. */
static hive_value_h value_of(struct v2v_registry *registry,
	v2v_registry_key key, const char *name, size_t most,
	hive_type *ret_type, size_t *ret_size)
{
	hive_value_h value =
		key ? hivex_node_get_value(registry->hive, key, name) : 0;

	return value &&
			       hivex_value_type(registry->hive, value, ret_type,
				       ret_size) == 0 &&
			       *ret_size <= most
		       ? value
		       : 0;
}

/* UTF-16 is at most twice as long. */
#define MOST_UTF16 ((size_t)2 * MOST_STRING)

char *v2v_registry_string(
	struct v2v_registry *registry, v2v_registry_key key, const char *name)
{
	hive_type type;
	size_t size;
	hive_value_h value =
		value_of(registry, key, name, MOST_UTF16, &type, &size);
	CLEANUP_FREE char *text =
		value ? hivex_value_string(registry->hive, value) : NULL;

	return text && strlen(text) < MOST_STRING ? v2v_take(text) : NULL;
}

static void free_all(char **texts)
{
	for (char **text = texts; text && *text; text++)
		free(*text);
	free(texts);
}

void v2v_registry_strings(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, struct v2v_list *strings)
{
	hive_type type;
	size_t size;
	hive_value_h value =
		value_of(registry, key, name, MOST_UTF16, &type, &size);
	char **texts;

	if (!value || type != hive_t_REG_MULTI_SZ)
		return;
	texts = hivex_value_multiple_strings(registry->hive, value);
	for (size_t i = 0; texts && texts[i] && i < MOST_STRINGS; i++)
		v2v_list_add_string(strings, texts[i]);
	free_all(texts);
}

size_t v2v_registry_bytes(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *data, size_t most)
{
	hive_type type;
	size_t size;
	hive_value_h value = value_of(registry, key, name, most, &type, &size);
	CLEANUP_FREE char *bytes =
		value ? hivex_value_value(registry->hive, value, &type, &size)
		      : NULL;

	if (!bytes || size > most)
		return 0;
	memcpy(data, bytes, size);
	return size;
}

int64_t v2v_registry_number(
	struct v2v_registry *registry, v2v_registry_key key, const char *name)
{
	hive_type type;
	size_t size;
	hive_value_h value =
		value_of(registry, key, name, sizeof(int64_t), &type, &size);

	if (value && type == hive_t_REG_DWORD && size == sizeof(uint32_t))
		return (uint32_t)hivex_value_dword(registry->hive, value);
	if (value && type == hive_t_REG_QWORD && size == sizeof(int64_t))
		return hivex_value_qword(registry->hive, value);
	return -1;
}

/* One more, number @i of its list. */
static bool may_visit(struct v2v_registry *registry, size_t i)
{
	return i < MOST_KEYS && registry->left && registry->left--;
}

void v2v_registry_each(struct v2v_registry *registry, v2v_registry_key key,
	void (*call)(struct v2v_registry *registry, v2v_registry_key key,
		const char *name, void *opaque),
	void *opaque)
{
	CLEANUP_FREE hive_node_h *keys =
		key ? hivex_node_children(registry->hive, key) : NULL;

	for (size_t i = 0; keys && keys[i] && may_visit(registry, i); i++) {
		CLEANUP_FREE char *name =
			hivex_node_name(registry->hive, keys[i]);

		if (name && strlen(name) < MOST_STRING)
			call(registry, keys[i], name, opaque);
	}
}

void v2v_registry_each_value(struct v2v_registry *registry,
	v2v_registry_key key,
	void (*call)(struct v2v_registry *registry, v2v_registry_key key,
		const char *name, void *opaque),
	void *opaque)
{
	CLEANUP_FREE hive_value_h *values =
		key ? hivex_node_values(registry->hive, key) : NULL;

	for (size_t i = 0; values && values[i] && may_visit(registry, i); i++) {
		CLEANUP_FREE char *name =
			hivex_value_key(registry->hive, values[i]);

		if (name && strlen(name) < MOST_STRING)
			call(registry, key, name, opaque);
	}
}
