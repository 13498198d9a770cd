/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drivers of the disk controllers that KVM offers. */
#include "windows/windows.h"

static const char *const controllers[] = { "storahci", "stornvme", "msahci",
	"intelide", "pciide", "atapi", "viostor", "vioscsi" };

bool v2v_windows_is_controller(const char *service)
{
	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++)
		if (strcasecmp(service, controllers[i]) == 0)
			return true;
	return false;
}

bool v2v_windows_is_off(const struct v2v_windows_driver *driver)
{
	return driver->start_override >= 0 ? driver->start_override > 0
					   : driver->start > 0;
}
