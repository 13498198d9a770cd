/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two kinds of sources. */
#ifndef V2V_VIRTIO_WIN_SOURCE_PRIVATE_H
#define V2V_VIRTIO_WIN_SOURCE_PRIVATE_H

#include "windows/virtio-win/source.h"

/* A virtio-win of 2025 has 3000 files, the largest of 30 MB. */
#define V2V_SOURCE_FILES     20000
#define V2V_SOURCE_FILE_SIZE (64U << 20)
#define V2V_SOURCE_ALL_SIZE  (512U << 20) /* of what is fetched at once */

/* Add one; false: there are too many. */
bool v2v_source_add(struct v2v_driver_source *source, const char *path,
	uint64_t size, const char *link);

/* A directory: list what is below source->fd; open what is wanted. */
int v2v_source_list_dir(
	struct v2v_driver_source *source, struct v2v_error *err);
int v2v_source_fetch_dir(const struct v2v_driver_source *source,
	struct v2v_fetch *wanted, size_t count, struct v2v_error *err);

/* An image. */
int v2v_source_list_image(
	struct v2v_driver_source *source, struct v2v_error *err);
int v2v_source_fetch_image(const struct v2v_driver_source *source,
	struct v2v_fetch *wanted, size_t count, struct v2v_error *err);

/* "virtio-win": there are too many files, or one is too large. */
int v2v_source_fail_files(
	const struct v2v_driver_source *source, struct v2v_error *err);
int v2v_source_fail_size(const struct v2v_driver_source *source,
	const char *path, struct v2v_error *err);
#endif
