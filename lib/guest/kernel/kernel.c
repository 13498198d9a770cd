/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The backends on the small kernel: they differ in how they start. */
#include "guest/kernel/private.h"

#define OPS(vehicle)                                                           \
	{                                                                      \
		.name = #vehicle, .life = &v2v_##vehicle##_life,               \
		.devices = &v2v_kernel_devices_ops,                            \
		.mounts = &v2v_kernel_mounts_ops,                              \
		.files = &v2v_kernel_files_ops,                                \
		.attributes = &v2v_kernel_attributes_ops,                      \
		.writing = &v2v_kernel_writing_ops,                            \
		.packages = &v2v_kernel_packages_ops,                          \
	}

const struct v2v_appliance_ops v2v_uml_ops = OPS(uml);
const struct v2v_appliance_ops v2v_qemu_ops = OPS(qemu);
