/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One layer while it is read. */
#include "image/chain-private.h"

void v2v_link_clear(struct v2v_link *link)
{
	struct v2v_list one = { 0 };

	*(struct v2v_disk_layer *)v2v_list_add(
		&one, sizeof(struct v2v_disk_layer)) = link->layer;
	v2v_layers_clear(&one);
	free(link->parent);
	free(link->parent_format);
	free(link->id);
	free(link->parent_id);
	free(link->other_id);
	v2v_strings_clear(&link->names);
	*link = (struct v2v_link){ .id = NULL };
}

void v2v_link_own_extent(struct v2v_link *link, const char *format)
{
	struct v2v_disk_extent *extent =
		v2v_list_add(&link->layer.extents, sizeof *extent);

	extent->file = v2v_strdup(link->layer.file);
	extent->format = v2v_strdup(format);
	extent->size = link->layer.virtual_size;
}
