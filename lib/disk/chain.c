/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The readers of a disk's layers. */
#include "image/chain.h"
#include "disk/formats.h"

/* As v2v_reader_open()'s: what has no reader of its own stays NULL. */
static int open_extent(struct v2v *v, const struct v2v_disk_extent *extent,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	bool is_raw = v2v_streq(extent->format, "raw");
	/* From its beginning a file is taken whole: the last sector of a raw
	 * image may be cut short, and is filled up. */
	bool is_part = is_raw && extent->offset > 0;
	struct v2v_media media;

	if (v2v_media_open(&media, extent->file, is_part ? extent->offset : -1,
		    is_part ? extent->size : -1, err) < 0)
		return -1;
	if (is_raw)
		return v2v_reader_raw(
			&media, (uint64_t)extent->size, ret_reader, err);
	if (v2v_streq(extent->format, "vmdk"))
		return v2v_reader_vmdk(v, &media, ret_reader, err);
	if (v2v_streq(extent->format, "cowd") ||
		v2v_streq(extent->format, "sesparse"))
		return v2v_reader_delta(&media, ret_reader, err);
	if (v2v_streq(extent->format, "qcow2"))
		return v2v_reader_qcow2(&media, true, ret_reader, err);
	if (v2v_streq(extent->format, "vhd") ||
		v2v_streq(extent->format, "vhdx"))
		return v2v_reader_blocks(&media,
			v2v_streq(extent->format, "vhdx"), ret_reader, err);
	v2v_media_close(&media);
	return 0;
}

/* *@ret_reader stays NULL where one of the extents has no reader. */
static int open_layer(struct v2v *v, const struct v2v_disk_layer *layer,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	const struct v2v_disk_extent *first = layer->extents.items;
	struct v2v_reader *joined CLEANUP_READER = NULL;

	if (layer->extents.count == 1 && first->file)
		return open_extent(v, first, ret_reader, err);
	joined = v2v_reader_joined();
	v2v_list_foreach (
		const struct v2v_disk_extent, extent, &layer->extents) {
		struct v2v_reader *part = NULL;

		if (extent->file) {
			if (open_extent(v, extent, &part, err) < 0)
				return -1;
			if (!part)
				return 0;
		}
		v2v_reader_join(joined, part, (uint64_t)extent->size);
	}
	*ret_reader = v2v_take(joined);
	return 0;
}

int v2v_reader_chain(struct v2v *v, const struct v2v_list *layers,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	const struct v2v_disk_layer *all = layers->items;
	struct v2v_reader *below CLEANUP_READER = NULL;

	for (size_t i = layers->count; i-- > 0;) {
		struct v2v_reader *top = NULL;

		if (open_layer(v, &all[i], &top, err) < 0)
			return -1;
		if (!top)
			return 0;
		below = below ? v2v_reader_stack(top, v2v_take(below),
					(uint64_t)all[i].virtual_size)
			      : top;
	}
	*ret_reader = v2v_take(below);
	return 0;
}
