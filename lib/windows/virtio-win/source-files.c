/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of a source's files, which is bounded. */
#include "windows/virtio-win/source-private.h"

#include <ctype.h>

int v2v_source_fail_files(
	const struct v2v_driver_source *source, struct v2v_error *err)
{
	return v2v_fail(err, "virtio-win", "'%s': more than %d files",
		source->place, V2V_SOURCE_FILES);
}

int v2v_source_fail_size(const struct v2v_driver_source *source,
	const char *path, struct v2v_error *err)
{
	return v2v_fail(err, "virtio-win", "'%s': '%s' is too large",
		source->place, path);
}

bool v2v_source_add(struct v2v_driver_source *source, const char *path,
	uint64_t size, const char *link)
{
	struct v2v_source_file *file;

	if (source->files.count >= V2V_SOURCE_FILES)
		return false;
	file = v2v_list_add(&source->files, sizeof *file);
	file->path = v2v_strdup(path);
	file->key = v2v_strdup(path);
	for (char *s = file->key; *s; s++)
		*s = (char)tolower((unsigned char)*s);
	file->link = v2v_strdup(link);
	file->size = size;
	return true;
}
