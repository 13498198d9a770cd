/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hives through libhivex. */
#include "windows/registry.h"

#include "windows/whole.h"

#include <hivex.h>

#define MOST_KEYS   20000
#define MOST_STRING 4096

struct v2v_registry {
	hive_h *hive;
};

struct v2v_registry *v2v_registry_open(
	const struct v2v_tree *tree, const char *path, struct v2v_error *err)
{
	struct v2v_registry *registry;
	CLEANUP_FREE char *name = NULL;
	CLEANUP_CLOSE int fd = -1;
	hive_h *hive;

	fd = v2v_hive_fetch(tree, path, NULL, err);
	if (fd < 0)
		return NULL;
	name = v2v_format("/proc/self/fd/%d", fd);
	hive = hivex_open(name, 0);
	if (!hive) {
		v2v_fail_errno(err, "cannot read the registry '%s'", path);
		return NULL;
	}
	registry = v2v_alloc(1, sizeof *registry);
	registry->hive = hive;
	return registry;
}

void v2v_registry_free(struct v2v_registry *registry)
{
	if (registry)
		hivex_close(registry->hive);
	free(registry);
}

v2v_registry_key v2v_registry_find(
	struct v2v_registry *registry, const char *const *path)
{
	hive_node_h node = hivex_root(registry->hive);

	for (; node && *path; path++)
		node = hivex_node_get_child(registry->hive, node, *path);
	return node;
}

char *v2v_registry_string(
	struct v2v_registry *registry, v2v_registry_key key, const char *name)
{
	hive_value_h value = hivex_node_get_value(registry->hive, key, name);
	CLEANUP_FREE char *text = NULL;
	hive_type type;
	size_t size;

	/* UTF-16 is at most twice as long. */
	if (!value ||
		hivex_value_type(registry->hive, value, &type, &size) < 0 ||
		size > (size_t)2 * MOST_STRING)
		return NULL;
	text = hivex_value_string(registry->hive, value);
	return text && strlen(text) < MOST_STRING ? v2v_take(text) : NULL;
}

bool v2v_registry_number(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, uint32_t *ret_number)
{
	hive_value_h value = hivex_node_get_value(registry->hive, key, name);
	hive_type type;
	size_t size;

	if (!value ||
		hivex_value_type(registry->hive, value, &type, &size) < 0 ||
		type != hive_t_REG_DWORD || size != sizeof *ret_number)
		return false;
	*ret_number = (uint32_t)hivex_value_dword(registry->hive, value);
	return true;
}

void v2v_registry_each(struct v2v_registry *registry, v2v_registry_key key,
	void (*call)(struct v2v_registry *registry, v2v_registry_key key,
		const char *name, void *opaque),
	void *opaque)
{
	CLEANUP_FREE hive_node_h *keys =
		hivex_node_children(registry->hive, key);

	for (size_t i = 0; keys && keys[i] && i < MOST_KEYS; i++) {
		CLEANUP_FREE char *name =
			hivex_node_name(registry->hive, keys[i]);

		if (name && strlen(name) < MOST_STRING)
			call(registry, keys[i], name, opaque);
	}
}
