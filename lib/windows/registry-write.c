/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hives are changed through libhivex. */
#include "windows/registry-write.h"

#include "windows/registry-private.h"

void v2v_value_clear(struct v2v_value *value)
{
	free(value->data);
	*value = (struct v2v_value){ 0 };
}

bool v2v_value_is_same(const struct v2v_value *a, const struct v2v_value *b)
{
	if (!a->is_there || !b->is_there)
		return a->is_there == b->is_there;
	return a->type == b->type && a->size == b->size &&
	       (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

struct v2v_registry *v2v_registry_open_to_write(
	int copy, const char *path, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", copy);
	hive_h *hive = hivex_open(name, HIVEX_OPEN_WRITE);

	if (!hive) {
		v2v_fail_errno(err, "cannot read the registry '%s'", path);
		return NULL;
	}
	return v2v_registry_new(hive);
}

static int cannot(struct v2v_error *err, const char *name)
{
	return v2v_fail(err, "registry", "cannot change '%s' in the hive: %s",
		name, strerror(errno));
}

static int get(struct v2v_registry *registry, hive_value_h handle,
	struct v2v_value *ret, struct v2v_error *err)
{
	hive_type type = 0;
	size_t size = 0;
	char *data;

	if (hivex_value_type(registry->hive, handle, &type, &size) < 0)
		return cannot(err, "a value");
	if (size > V2V_VALUE_MOST)
		return v2v_fail(err, "registry", "a value is too large");
	data = hivex_value_value(registry->hive, handle, &type, &size);
	if (!data)
		return cannot(err, "a value");
	*ret = (struct v2v_value){ true, type, (unsigned char *)data, size };
	return 0;
}

int v2v_registry_get(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, struct v2v_value *ret, struct v2v_error *err)
{
	hive_value_h value = hivex_node_get_value(registry->hive, key, name);

	*ret = (struct v2v_value){ 0 };
	return value ? get(registry, value, ret, err) : 0;
}

static int set(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, const struct v2v_value *value, struct v2v_error *err)
{
	hive_set_value one = { (char *)name, value->type, value->size,
		(char *)value->data };

	return hivex_node_set_value(registry->hive, key, &one, 0) < 0
		       ? cannot(err, name)
		       : 0;
}

static void free_all(hive_set_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(values[i].key);
		free(values[i].value);
	}
	free(values);
}

/* All values but @without. */
static int gather(struct v2v_registry *registry, const hive_value_h *handles,
	hive_value_h without, hive_set_value *values, size_t *count,
	struct v2v_error *err)
{
	for (; *handles; handles++) {
		struct v2v_value value = { 0 };
		hive_set_value *one = &values[*count];

		if (*handles == without)
			continue;
		one->key = hivex_value_key(registry->hive, *handles);
		if (!one->key || get(registry, *handles, &value, err) < 0) {
			free(one->key);
			return cannot(err, "a value");
		}
		one->t = value.type;
		one->len = value.size;
		one->value = (char *)value.data;
		++*count;
	}
	return 0;
}

/* libhivex sets all values of a key, or one: it deletes none. */
static int drop(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, struct v2v_error *err)
{
	hive_value_h value = hivex_node_get_value(registry->hive, key, name);
	CLEANUP_FREE hive_value_h *handles =
		hivex_node_values(registry->hive, key);
	hive_set_value *values;
	size_t n = 0, count = 0;
	int status;

	if (!value)
		return 0;
	if (!handles)
		return cannot(err, name);
	while (handles[n])
		n++;
	values = v2v_alloc(n + 1, sizeof *values);
	status = gather(registry, handles, value, values, &count, err);
	if (status == 0 && hivex_node_set_values(
				   registry->hive, key, count, values, 0) < 0)
		status = cannot(err, name);
	free_all(values, count);
	return status;
}

int v2v_registry_put(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, const struct v2v_value *value, struct v2v_error *err)
{
	return value->is_there ? set(registry, key, name, value, err)
			       : drop(registry, key, name, err);
}

v2v_registry_key v2v_registry_add(struct v2v_registry *registry,
	v2v_registry_key key, const char *name, struct v2v_error *err)
{
	hive_node_h made = hivex_node_add_child(registry->hive, key, name);

	if (!made)
		cannot(err, name);
	return made;
}

int v2v_registry_delete(struct v2v_registry *registry, v2v_registry_key key,
	struct v2v_error *err)
{
	return hivex_node_delete_child(registry->hive, key) < 0
		       ? cannot(err, "a key")
		       : 0;
}

char *v2v_registry_name(struct v2v_registry *registry, v2v_registry_key key)
{
	return hivex_node_name(registry->hive, key);
}

int v2v_registry_commit(struct v2v_registry *registry, struct v2v_error *err)
{
	return hivex_commit(registry->hive, NULL, 0) < 0
		       ? v2v_fail_errno(err, "cannot write the hive")
		       : 0;
}
