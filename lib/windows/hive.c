/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a hive says, by way of a child. */
#include "windows/hive.h"

#include "confine/alone.h"
#include "core/doc.h"
#include "core/open.h"
#include "windows/whole.h"

#include <unistd.h>

#define MAX_TOLD (32 << 20)

struct job {
	const char *path;
	void (*read)(struct v2v_registry *registry, json_t *told,
		const void *opaque);
	const void *opaque;
};

static void look(int in, int out, void *opaque)
{
	const struct job *job = opaque;
	json_auto_t *told = json_object();
	struct v2v_error err = { 0 };
	struct v2v_registry *registry CLEANUP_REGISTRY =
		v2v_registry_open(in, job->path, &err);

	if (registry)
		job->read(registry, told, job->opaque);
	else
		json_object_set_new(told, "error", v2v_json_text(err.text));
	json_dumpfd(told, out, JSON_COMPACT);
}

static int understand(int out, json_t **ret_told, struct v2v_error *err)
{
	const off_t size = lseek(out, 0, SEEK_END);
	CLEANUP_FREE char *text = NULL;
	json_auto_t *told = NULL;
	const char *reason;

	if (size > 0 && size <= MAX_TOLD) {
		text = v2v_alloc(1, (size_t)size + 1);
		if (pread(out, text, (size_t)size, 0) == size)
			told = json_loadb(text, (size_t)size,
				JSON_REJECT_DUPLICATES, NULL);
	}
	if (!json_is_object(told))
		return v2v_fail(err, "registry",
			"the process that reads the registry returned nothing");
	reason = json_string_value(json_object_get(told, "error"));
	if (reason)
		return v2v_fail(err, "registry", "%s", reason);
	*ret_told = json_incref(told);
	return 0;
}

int v2v_hive_read(const struct v2v_tree *tree, const char *path,
	void (*read)(struct v2v_registry *registry, json_t *told,
		const void *opaque),
	const void *opaque, json_t **ret_told, struct v2v_error *err)
{
	CLEANUP_CLOSE int in = v2v_hive_fetch(tree, path, NULL, err);
	CLEANUP_CLOSE int out = in < 0 ? -1 : v2v_memory_file("hive");
	struct job job = { path, read, opaque };

	if (in < 0)
		return -1;
	if (out < 0)
		return v2v_fail_errno(err, "cannot create a memory file");
	if (v2v_alone(look, in, out, &job, err) < 0)
		return v2v_fail_prefix(
			err, "cannot read the registry '%s'", path);
	return understand(out, ret_told, err);
}

struct inspect_job {
	void (*read)(struct v2v_registry *registry, struct v2v_inspect *told,
		const void *opaque);
	const void *opaque;
};

static void inspect_it(
	struct v2v_registry *registry, json_t *said, const void *opaque)
{
	const struct inspect_job *job = opaque;
	struct v2v_inspect told CLEANUP_INSPECT = { .major_version = -1,
		.minor_version = -1,
		.windows = v2v_windows_new() };

	job->read(registry, &told, job->opaque);
	json_object_set_new(said, "inspect", v2v_inspect_store(&told));
}

int v2v_hive_inspect(const struct v2v_tree *tree, const char *path,
	void (*read)(struct v2v_registry *registry, struct v2v_inspect *told,
		const void *opaque),
	const void *opaque, struct v2v_inspect *told, struct v2v_error *err)
{
	const struct inspect_job job = { read, opaque };
	json_auto_t *said = NULL;

	if (v2v_hive_read(tree, path, inspect_it, &job, &said, err) < 0)
		return -1;
	if (v2v_inspect_load(said, told, err) < 0)
		return v2v_fail_prefix(
			err, "what was read of the registry '%s'", path);
	return 0;
}
