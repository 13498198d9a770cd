/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's packages, by the host's rpm in the small kernel. */
#include "guest/kernel/private.h"

static char *ask_rpm(
	struct v2v_appliance *a, const char *directory, const char *format)
{
	char *output = NULL;

	v2v_kernel_rpm(V2V_KERNEL_OF(a), directory, format, &output,
		V2V_KERNEL_ERROR(a));
	return output;
}

const struct v2v_appliance_packages v2v_kernel_packages_ops = {
	.rpm = ask_rpm,
};
