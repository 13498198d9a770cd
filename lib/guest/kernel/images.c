/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the small kernel boots from and the disk with its tools, made once. */
#include "guest/kernel/private.h"

#include "core/libexec.h"
#include "guest/cache.h"
#include "kernel/boot-image.h"
#include "kernel/tools-image.h"

void v2v_kernel_images_clear(struct v2v_kernel_images *images)
{
	v2v_vehicle_kernel_clear(&images->kernel);
	free(images->cache);
	free(images->boot);
	free(images->tools);
}

int v2v_kernel_images_get(struct v2v *v, const struct v2v_vehicle_ops *vehicle,
	struct v2v_kernel_images *images, struct v2v_error *err)
{
	CLEANUP_FREE char *init = v2v_libexec_find("v2v-kernel-init");
	struct v2v_boot_image image = { .init = init };

	images->cache = v2v_cache_open(v, err);
	if (!images->cache || vehicle->find_kernel(v, &images->kernel, err) < 0)
		return -1;
	image.modules = images->kernel.modules;
	image.cache = images->cache;
	if (v2v_boot_image_get(v, &image, &images->boot, err) < 0)
		return -1;
	return v2v_tools_image_get(
		v, images->kernel.modules, images->cache, &images->tools, err);
}
