/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks in layers. */
#include "unpack/chain.h"

#include "core/file.h"
#include "image/chain.h"
#include "image/headers.h"

int v2v_unpack_chain(
	const char *format, struct v2v_disk *disk, struct v2v_error *err)
{
	struct v2v_list layers CLEANUP_LAYERS = { 0 };
	const struct v2v_disk_layer *top;

	if (!format)
		format = v2v_image_probe(disk->file, err);
	if (!format ||
		v2v_disk_chain_read(disk->file, format, &layers, err) < 0)
		return -1;
	top = layers.items;
	disk->format = v2v_strdup(top->format);
	disk->subformat = v2v_strdup(top->subformat);
	disk->virtual_size = top->virtual_size;
	disk->backing_chain = true;
	if (!v2v_disk_chain_is_one(&layers))
		return 0;
	disk->layers = layers;
	layers = (struct v2v_list){ 0 };
	return 0;
}
