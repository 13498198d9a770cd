/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A layer that is a VHD or a VHDX. */
#include "image/chain-private.h"
#include "image/vhd.h"
#include "image/vhdx.h"

static char *hex(const unsigned char *id)
{
	struct v2v_text text = { 0 };

	for (int i = 0; i < 16; i++)
		v2v_text_addf(&text, "%02x", id[i]);
	return v2v_text_take(&text);
}

int v2v_disk_chain_read_vhd(struct v2v_link *link, struct v2v_error *err)
{
	static const char *const types[] = { [V2V_VHD_FIXED] = "fixed",
		[V2V_VHD_DYNAMIC] = "dynamic",
		[V2V_VHD_DIFFERENCING] = "differencing" };
	struct v2v_vhd vhd = { .type = 0 };
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd =
		v2v_slice_open(&slice, link->layer.file, -1, -1, err);

	if (fd < 0 || v2v_vhd_read(&slice, true, &vhd, err) < 0)
		return -1;
	link->layer.subformat = v2v_strdup(types[vhd.type]);
	link->layer.virtual_size = (int64_t)vhd.size;
	link->id = hex(vhd.id);
	v2v_link_own_extent(link, "vhd");
	if (vhd.type != V2V_VHD_DIFFERENCING)
		return 0;
	link->parent_id = hex(vhd.parent_id);
	return v2v_vhd_parent(&slice, &vhd, &link->names, err);
}

int v2v_disk_chain_read_vhdx(struct v2v_link *link, struct v2v_error *err)
{
	struct v2v_vhdx vhdx;
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd =
		v2v_slice_open(&slice, link->layer.file, -1, -1, err);

	if (fd < 0 || v2v_vhdx_read(&slice, true, &vhdx, err) < 0)
		return -1;
	link->layer.subformat = v2v_strdup(vhdx.is_difference ? "differencing"
					   : vhdx.is_fixed    ? "fixed"
							      : "dynamic");
	link->layer.virtual_size = (int64_t)vhdx.size;
	link->id = v2v_vhdx_id(vhdx.data_id);
	v2v_link_own_extent(link, "vhdx");
	return vhdx.is_difference
		       ? v2v_vhdx_parent(&slice, &vhdx, &link->names,
				 &link->parent_id, &link->other_id, err)
		       : 0;
}
