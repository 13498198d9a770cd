/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of an initrd that are kept when it is read. */
#include "initrd/loading.h"
#include "linux/kernels/initramfs.h"
#include "linux/kernels/stale.h"

const char *const *v2v_initramfs_captured(
	const char *files[V2V_INITRAMFS_FILES])
{
	size_t n = 0;

	for (const char *const *s = v2v_stale_files; *s; s++)
		files[n++] = *s;
	for (const char *const *s = v2v_loading_files;
		*s && n + 1 < V2V_INITRAMFS_FILES; s++)
		files[n++] = *s;
	files[n] = NULL;
	return files;
}
