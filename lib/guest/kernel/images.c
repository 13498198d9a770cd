/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the small kernel boots from and the disk with its tools, made once. */
#include "guest/kernel/private.h"

#include "guest/cache.h"
#include "kernel/boot-image.h"
#include "kernel/tools-image.h"

#include <limits.h>

#ifndef V2V_LIBEXECDIR
#define V2V_LIBEXECDIR "/usr/local/libexec"
#endif
#define INIT "v2v-tools/v2v-kernel-init"

/* Beside the program that runs, as in the folder where all is built; else
 * where it is installed.  The caller's. */
static char *find_init(void)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	CLEANUP_FREE char *beside = NULL;
	char *slash;

	program[n < 0 ? 0 : n] = '\0';
	slash = strrchr(program, '/');
	if (slash) {
		*slash = '\0';
		beside = v2v_format("%s/../libexec/" INIT, program);
	}
	if (beside && access(beside, R_OK) == 0)
		return v2v_take(beside);
	return v2v_strdup(V2V_LIBEXECDIR "/" INIT);
}

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
	CLEANUP_FREE char *init = find_init();
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
