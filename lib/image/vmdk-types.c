/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of VMDKs, as createType names them. */
#include "image/descriptor.h"

static const struct {
	const char *name; /* in its usual spelling */
	unsigned kinds;
} types[] = {
	{ "monolithicSparse", V2V_VMDK_OWN | V2V_VMDK_FILES },
	{ "streamOptimized", V2V_VMDK_OWN },
	{ "monolithicFlat", V2V_VMDK_FILES },
	{ "twoGbMaxExtentFlat", V2V_VMDK_FILES },
	{ "twoGbMaxExtentSparse", V2V_VMDK_FILES },
	{ "2GbMaxExtentFlat", V2V_VMDK_FILES },
	{ "2GbMaxExtentSparse", V2V_VMDK_FILES },
	{ "vmfs", V2V_VMDK_FILES },
	{ "vmfsThin", V2V_VMDK_FILES },
	{ "vmfsPreallocated", V2V_VMDK_FILES },
	{ "vmfsEagerZeroedThick", V2V_VMDK_FILES },
	{ "custom", V2V_VMDK_FILES },
	{ "vmfsSparse", V2V_VMDK_DELTA },
	{ "seSparse", V2V_VMDK_DELTA },
	{ "fullDevice", V2V_VMDK_DEVICE },
	{ "partitionedDevice", V2V_VMDK_DEVICE },
	{ "vmfsRaw", V2V_VMDK_DEVICE },
	{ "vmfsRDM", V2V_VMDK_DEVICE },
	{ "vmfsRDMP", V2V_VMDK_DEVICE },
	{ "vmfsRawDeviceMap", V2V_VMDK_DEVICE },
	{ "vmfsPassthroughRawDeviceMap", V2V_VMDK_DEVICE },
};

const char *v2v_vmdk_type(const char *name, unsigned kinds)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(types); i++)
		if ((types[i].kinds & kinds) &&
			strcasecmp(name, types[i].name) == 0)
			return types[i].name;
	return NULL;
}
