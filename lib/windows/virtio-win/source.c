/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sources of drivers: which kind one is, what is found in it. */
#include "windows/virtio-win/source-private.h"

#include "core/open.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static void drop_files(struct v2v_driver_source *source)
{
	v2v_list_foreach (struct v2v_source_file, file, &source->files) {
		free(file->path);
		free(file->key);
		free(file->link);
	}
	free(source->files.items);
	source->files = (struct v2v_list){ NULL, 0 };
}

void v2v_driver_source_clear(struct v2v_driver_source *source)
{
	drop_files(source);
	free(v2v_take(source->place));
	v2v_cleanup_close(&source->fd);
	source->fd = -1;
}

static int compare_keys(const void *a, const void *b)
{
	const struct v2v_source_file *one = a, *other = b;
	int order = strcmp(one->key, other->key);

	return order ? order : strcmp(one->path, other->path);
}

static int list(struct v2v_driver_source *source, struct v2v_error *err)
{
	if ((source->is_image ? v2v_source_list_image : v2v_source_list_dir)(
		    source, err) < 0)
		return -1;
	if (source->files.count)
		qsort(source->files.items, source->files.count,
			sizeof(struct v2v_source_file), compare_keys);
	return 0;
}

static int open_place(const char *place, struct v2v_driver_source *source,
	struct v2v_error *err)
{
	struct stat st;

	source->place = v2v_strdup(place);
	/* O_NONBLOCK: it may be a FIFO. */
	source->fd = v2v_open(place, O_RDONLY | O_NONBLOCK, 0);
	if (source->fd < 0 || fstat(source->fd, &st) < 0)
		return v2v_fail(err, "virtio-win",
			"cannot open the drivers of virtio-win: '%s': %s",
			place, strerror(errno));
	source->is_image = S_ISREG(st.st_mode) || S_ISBLK(st.st_mode);
	if (!source->is_image && !S_ISDIR(st.st_mode))
		return v2v_fail(err, "virtio-win",
			"'%s' is neither a directory nor an ISO image of "
			"virtio-win",
			place);
	return 0;
}

static int check_drivers(
	const struct v2v_driver_source *source, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_source_file, file, &source->files)
		if (v2v_ends_with(file->key, ".inf"))
			return 0;
	return v2v_fail(err, "virtio-win", "'%s' has no drivers of virtio-win",
		source->place);
}

/* The image that is in a directory which has no drivers; NULL. */
static const char *find_image(const struct v2v_driver_source *source)
{
	const char *found = NULL;
	size_t images = 0;

	v2v_list_foreach (const struct v2v_source_file, file, &source->files) {
		if (v2v_ends_with(file->key, ".inf"))
			return NULL;
		if (strchr(file->key, '/') || !v2v_ends_with(file->key, ".iso"))
			continue;
		if (v2v_streq(file->key, "virtio-win.iso"))
			return file->path;
		found = file->path;
		images++;
	}
	return images == 1 ? found : NULL;
}

int v2v_driver_source_open(const char *place, struct v2v_driver_source *source,
	struct v2v_error *err)
{
	CLEANUP_FREE char *image = NULL;
	const char *name;

	*source = (struct v2v_driver_source){ .fd = -1 };
	if (open_place(place, source, err) < 0 || list(source, err) < 0)
		return -1;
	name = source->is_image ? NULL : find_image(source);
	if (!name)
		return check_drivers(source, err);
	image = v2v_format("%s/%s", place, name);
	v2v_driver_source_clear(source);
	if (open_place(image, source, err) < 0 || list(source, err) < 0)
		return -1;
	return check_drivers(source, err);
}

const struct v2v_source_file *v2v_driver_source_below(
	const struct v2v_driver_source *source, const char *prefix,
	size_t *ret_count)
{
	const struct v2v_source_file *first = NULL;

	*ret_count = 0;
	v2v_list_foreach (const struct v2v_source_file, file, &source->files) {
		if (!v2v_starts_with(file->key, prefix))
			continue;
		if (!first)
			first = file;
		++*ret_count;
	}
	return first;
}

int v2v_driver_source_fetch(const struct v2v_driver_source *source,
	struct v2v_fetch *wanted, size_t count, struct v2v_error *err)
{
	uint64_t all = 0;

	for (size_t i = 0; i < count; i++) {
		if (wanted[i].file->size > V2V_SOURCE_FILE_SIZE)
			return v2v_source_fail_size(
				source, wanted[i].file->path, err);
		all += wanted[i].file->size;
	}
	if (all > V2V_SOURCE_ALL_SIZE)
		return v2v_fail(err, "virtio-win",
			"'%s': the drivers are too large: %llu bytes (at most "
			"%u)",
			source->place, (unsigned long long)all,
			V2V_SOURCE_ALL_SIZE);
	return (source->is_image
			? v2v_source_fetch_image
			: v2v_source_fetch_dir)(source, wanted, count, err);
}
