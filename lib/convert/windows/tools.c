/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the old hypervisor installed is not started any more: of no use, and
 * some of it hinders.  Nothing is uninstalled.  Drivers of disks and cards
 * stay, as the Windows may still have to boot where it was; so do those of a
 * VirtualBox that runs machines in it (VBoxDrv).
 */
#include "convert/windows/windows.h"

#include "windows/windows.h"

#define CODE "tools-disabled"
#define OFF  4

/* '*' at the end: what begins so. */
static const char *const services[] = { "vmci", "vsock", "vmrawdsk", "VMMemCtl",
	"vmdebug", "vm3dmp*", "vm3dservice", "VMTools", "VGAuthService",
	"vmhgfs", "VMUpgradeHelper", "GISvc", "vmvss", "VBoxGuest", "VBoxMouse",
	"VBoxSF", "VBoxVideo*", "VBoxWddm", "VBoxService", "rhelscsi",
	"prl_*" };

/* They drive nothing by themselves. */
static const char *const filters[] = { "vmmouse", "vmusbmouse" };

static bool is_disabled(const char *service)
{
	return v2v_any(service, services, v2v_windows_is_named);
}

static bool is_dropped(const char *driver)
{
	return is_disabled(driver) ||
	       v2v_any(driver, filters, v2v_windows_is_named);
}

static void disable(
	struct v2v_windows_work *work, const struct v2v_windows_tool *tool)
{
	CLEANUP_FREE char *why = v2v_format("of %s, of no use on KVM",
		tool->product ? tool->product : "another hypervisor");

	v2v_windows_start(work, tool->service, OFF, CODE, why);
}

/* A network provider that does not answer delays each logon. */
static void drop_provider(struct v2v_windows_work *work, const char *service)
{
	static const char *const orders[] = { "Order", "HwOrder" };

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		CLEANUP_FREE char *below =
			v2v_format("Control\\NetworkProvider\\%s", orders[i]);
		CLEANUP_FREE char *key = v2v_windows_key(work, below);

		v2v_edit_drop_item(&work->in_system, key, "ProviderOrder",
			service, CODE, "a network provider that is off");
	}
}

static void drop_filter(
	struct v2v_windows_work *work, const struct v2v_windows_filter *filter)
{
	CLEANUP_FREE char *key = v2v_windows_key(work, filter->key);

	v2v_edit_drop_item(&work->in_system, key, filter->value, filter->driver,
		CODE, "a device whose filter does not load does not start");
}

int v2v_windows_tools(struct v2v_windows_work *work, struct v2v_error *err)
{
	const struct v2v_windows *w = work->windows;

	(void)err;
	v2v_list_foreach (const struct v2v_windows_tool, tool, &w->tools) {
		if (!tool->service || !is_disabled(tool->service))
			continue;
		disable(work, tool);
		drop_provider(work, tool->service);
	}
	v2v_list_foreach (const struct v2v_windows_filter, filter, &w->filters)
		if (filter->key && filter->value && filter->driver &&
			is_dropped(filter->driver))
			drop_filter(work, filter);
	return 0;
}
