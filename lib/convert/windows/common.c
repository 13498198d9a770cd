/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts have in common. */
#include "convert/windows/windows.h"

#include "windows/windows.h"

bool v2v_windows_is_since(
	const struct v2v_windows_work *work, int64_t major, int64_t minor)
{
	const struct v2v_inspect *inspect = work->inspect;

	return inspect->major_version > major ||
	       (inspect->major_version == major &&
		       inspect->minor_version >= minor);
}

char *v2v_windows_key(const struct v2v_windows_work *work, const char *below)
{
	return v2v_format("%s\\%s", work->set, below);
}

const struct v2v_windows_driver *v2v_windows_driver_of(
	const struct v2v_windows_work *work, const char *service)
{
	v2v_list_foreach (const struct v2v_windows_driver, driver,
		&work->windows->drivers)
		if (driver->service &&
			strcasecmp(driver->service, service) == 0)
			return driver;
	return NULL;
}

void v2v_windows_start(struct v2v_windows_work *work, const char *service,
	unsigned start, const char *code, const char *why)
{
	CLEANUP_FREE char *below = v2v_format("Services\\%s", service);
	CLEANUP_FREE char *key = v2v_windows_key(work, below);
	CLEANUP_FREE char *instead = v2v_format("%s\\StartOverride", key);

	v2v_edit_dword(&work->in_system, key, "Start", start, code, why);
	v2v_edit_delete_key(&work->in_system, instead, code, why);
}

int64_t v2v_windows_san_policy(const struct v2v_windows_work *work)
{
	const int64_t policy = work->windows->san_policy;

	if (work->task->source->disks.count < 2 ||
		!v2v_windows_is_since(work, 6, 0))
		return -1;
	if (policy < 0)
		return v2v_windows_is_server(work->inspect) ? 0 : -1;
	return policy >= 2 && policy <= 4 ? policy : -1;
}

const char *v2v_windows_boot_top(const struct v2v_windows_work *work)
{
	const struct v2v_windows_boot *boot = work->windows->boot;

	if (!boot || !boot->device || !boot->file)
		return NULL;
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &work->inspect->mountpoints)
		if (v2v_streq(mount->device, boot->device))
			return strcmp(mount->path, "/") == 0 ? "" : mount->path;
	return NULL;
}
