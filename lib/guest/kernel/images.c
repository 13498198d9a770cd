/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the small kernel boots from and the disk with its tools, made once. */
#include "guest/kernel/private.h"

#include "core/libexec.h"
#include "core/open.h"
#include "core/safe-dir.h"
#include "kernel/boot-image.h"
#include "kernel/tools-image.h"

#include <sys/stat.h>

/* A folder in @above that nobody else can write to; the caller's. */
static char *own_folder(const char *above, struct v2v_error *err)
{
	CLEANUP_FREE char *dir =
		v2v_format("%s/v2v-cache-%u", above, (unsigned)geteuid());
	struct stat st;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		v2v_fail_errno(err, "cannot create '%s'", dir);
		return NULL;
	}
	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode) ||
		st.st_uid != geteuid() || (st.st_mode & 077)) {
		v2v_fail(err, "unsafe-directory",
			"'%s' is not a directory of this user alone", dir);
		return NULL;
	}
	return v2v_check_directory(above, err) < 0 ? NULL : v2v_take(dir);
}

/* Where images for the kernel are kept: where nothing can be, beside the work
 * directories.  The caller's. */
static char *open_cache(struct v2v *v, struct v2v_error *err)
{
	struct v2v_error why = { 0 };
	char *dir = v->cachedir ? own_folder(v->cachedir, &why) : NULL;

	if (dir && access(dir, W_OK) == 0)
		return dir;
	if (dir)
		v2v_fail_errno(&why, "cannot write to '%s'", dir);
	free(dir);
	if (v->cachedir)
		v2v_info(v, "cache-unused",
			"images for the small kernel are kept in '%s': %s",
			v->tmpdir, why.text);
	return own_folder(v->tmpdir, err);
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
	CLEANUP_FREE char *init = v2v_libexec_find("v2v-kernel-init");
	struct v2v_boot_image image = { .init = init };

	images->cache = open_cache(v, err);
	if (!images->cache || vehicle->find_kernel(v, &images->kernel, err) < 0)
		return -1;
	image.modules = images->kernel.modules;
	image.cache = images->cache;
	if (v2v_boot_image_get(v, &image, &images->boot, err) < 0)
		return -1;
	return v2v_tools_image_get(
		v, images->kernel.modules, images->cache, &images->tools, err);
}
