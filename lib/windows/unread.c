/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a hive did not say what it should. */
#include "windows/hive.h"
#include "windows/windows.h"

struct hive {
	const char *name, *path; /* NULL: there is no such file */
	const char *key;	 /* what is known comes from there */
};

static void look_for_key(
	struct v2v_registry *registry, json_t *told, const void *opaque)
{
	json_object_set_new(told, "found",
		json_boolean(v2v_registry_find(
			registry, v2v_registry_root(registry), opaque)));
}

/* The caller's. */
static char *reason_of(const struct v2v_tree *tree, const struct hive *hive)
{
	struct v2v_error err = { 0 };
	json_auto_t *told = NULL;

	if (!hive->path)
		return v2v_format("hive %s not found", hive->name);
	if (v2v_hive_read(
		    tree, hive->path, look_for_key, hive->key, &told, &err) < 0)
		return v2v_strdup(err.text);
	if (!json_is_true(json_object_get(told, "found")))
		return v2v_format("no key '%s'", hive->key);
	return v2v_format("values of the key '%s' are missing", hive->key);
}

static void tell(const struct v2v_tree *tree, const char *systemroot,
	const struct hive *hive,
	void (*call)(void *opaque, const char *path, const char *reason),
	void *opaque)
{
	CLEANUP_FREE char *reason = reason_of(tree, hive);
	CLEANUP_FREE char *usual =
		v2v_format("%s/system32/config/%s", systemroot, hive->name);

	call(opaque, hive->path ? hive->path : usual, reason);
}

void v2v_windows_each_unread(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect,
	void (*call)(void *opaque, const char *path, const char *reason),
	void *opaque)
{
	const struct v2v_windows *w = inspect->windows;
	const struct hive of_software = { "SOFTWARE", w->software_hive,
		"Microsoft\\Windows NT\\CurrentVersion" };
	const struct hive of_system = { "SYSTEM", w->system_hive, "Select" };

	/* One is not read without the other. */
	if (!w->software_hive || (w->system_hive && !inspect->product_name))
		tell(tree, w->systemroot, &of_software, call, opaque);
	if (!w->system_hive || (w->software_hive && !w->current_control_set))
		tell(tree, w->systemroot, &of_system, call, opaque);
}
