/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of virtio's drivers. */
#include "convert/windows/virtio.h"

#include "windows/windows.h"

#include <string.h>

#define CODE "virtio-drivers"

/* @below the folder of Windows, as it is spelled there if it is there; the
 * caller's. */
static char *place_of(const struct v2v_windows_work *work, const char *below)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", work->root, below);
	char *real = v2v_windows_path(work->tree, path);

	return real ? real : v2v_take(path);
}

/* A file that the guest has under another spelling is that one. */
static int put(const struct v2v_windows_work *work, const char *folder,
	const struct v2v_driver_file *file, struct v2v_error *err)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", folder, file->name);
	CLEANUP_FREE char *real = v2v_windows_path(work->tree, path);

	return v2v_plan_replace(work->plan, real ? real : path, file->fd, err);
}

static const char *signer_of(const struct v2v_driver *driver)
{
	const char *signer = v2v_driver_signer(driver);

	return signer ? signer : "nobody";
}

int v2v_virtio_copy_program(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *driver, struct v2v_error *err)
{
	const struct v2v_windows_work *work = virtio->work;
	CLEANUP_FREE char *name = v2v_format("%s.sys", driver->known->name);
	const struct v2v_driver_file *file = v2v_driver_file_find(driver, name);
	CLEANUP_FREE char *folder = place_of(work, "System32/drivers");
	CLEANUP_FREE char *path = v2v_format("%s/%s", folder, name);

	if (!file || put(work, folder, file, err) < 0)
		return file ? -1
			    : v2v_fail(err, "virtio-win", "'%s' has no %s",
				      driver->folder, name);
	v2v_plan_changed(work->plan, path, CODE, NULL,
		"the disk's driver: %s of %s, signed by '%s'", driver->folder,
		virtio->drivers.place, signer_of(driver));
	return 0;
}

static int make_folder(const struct v2v_windows_work *work, const char *path,
	struct v2v_error *err)
{
	if (v2v_tree_is_dir(work->tree, path))
		return 0;
	return v2v_plan_make_dir(work->plan, path, err);
}

int v2v_virtio_copy_driver(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *driver, struct v2v_error *err)
{
	const struct v2v_windows_work *work = virtio->work;
	CLEANUP_FREE char *above = place_of(work, "Drivers");
	CLEANUP_FREE char *below = v2v_format("%s/VirtIO", above);
	CLEANUP_FREE char *real = v2v_windows_path(work->tree, below);
	const char *folder = real ? real : below;

	if (make_folder(work, above, err) < 0 ||
		make_folder(work, folder, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_driver_file, file, &driver->files)
		if (put(work, folder, file, err) < 0)
			return -1;
	v2v_plan_changed(work->plan, folder, CODE, NULL,
		"%s of %s for Plug and Play: %zu files, signed by '%s'",
		driver->folder, virtio->drivers.place, driver->files.count,
		signer_of(driver));
	return 0;
}
