/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A walk over the files of a disk. */
#include "model/disk-files.h"

static int each_of_layer(const struct v2v_disk_layer *layer,
	int (*call)(const char *file, void *opaque), void *opaque)
{
	int r = layer->file ? call(layer->file, opaque) : 0;

	v2v_list_foreach (const struct v2v_disk_extent, extent, &layer->extents)
		if (r == 0 && extent->file)
			r = call(extent->file, opaque);
	return r;
}

int v2v_disk_each_file(const struct v2v_disk *disk,
	int (*call)(const char *file, void *opaque), void *opaque)
{
	int r = disk->file ? call(disk->file, opaque) : 0;

	v2v_list_foreach (const struct v2v_disk_layer, layer, &disk->layers)
		if (r == 0)
			r = each_of_layer(layer, call, opaque);
	return r;
}
