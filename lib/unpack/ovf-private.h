/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of OVF share: walking the tree, hardware items. */
#ifndef V2V_UNPACK_OVF_PRIVATE_H
#define V2V_UNPACK_OVF_PRIVATE_H

#include "unpack/ovf.h"

#include <libxml/tree.h>

/* The first child, or the next sibling, that is an element of that local name;
 * NULL @name: any element. */
xmlNode *v2v_ovf_child(const xmlNode *parent, const char *name);
xmlNode *v2v_ovf_next(const xmlNode *node, const char *name);

/* The text in an element / the value of an attribute of any namespace, trimmed;
 * the caller's, NULL where there is none (an empty one too). */
char *v2v_ovf_text(const xmlNode *node);
char *v2v_ovf_child_text(const xmlNode *parent, const char *name);
char *v2v_ovf_attribute(const xmlNode *node, const char *name);

/* An Item of VirtualHardwareSection (CIM_ResourceAllocationSettingData). */
struct v2v_ovf_item {
	const xmlNode *node;
	long line;
	int64_t type; /* ResourceType */
	char *id, *parent, *subtype;
	int64_t address;	   /* of a controller on its bus; -1 */
	int64_t address_on_parent; /* -1 */
};

/* Fill @items (of struct v2v_ovf_item) with those of the section that belong to
 * the configuration (NULL: none is chosen), without bounds min and max. */
int v2v_ovf_items(const xmlNode *section, const char *configuration,
	struct v2v_list *items, struct v2v_error *err);
void v2v_ovf_items_clear(struct v2v_list *items);

/* The value of <vmw:Config vmw:key="KEY" vmw:value="…"/> beneath @parent. */
char *v2v_ovf_config(const xmlNode *parent, const char *key);

/* Disks, removables and NICs out of the items. */
int v2v_ovf_devices(const xmlNode *envelope, const struct v2v_list *items,
	struct v2v_ovf *ovf, struct v2v_error *err);
#endif
