/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What backends hand over: lists of tags and of extended attributes. */
#include "guest/appliance.h"

void v2v_appliance_xattr_add(
	struct v2v_list *list, const char *name, const void *value, size_t size)
{
	struct v2v_appliance_xattr *xattr = v2v_list_add(list, sizeof *xattr);

	xattr->name = v2v_strdup(name);
	xattr->value = v2v_alloc(1, size + 1);
	if (size)
		memcpy(xattr->value, value, size);
	xattr->size = size;
}

void v2v_appliance_xattrs_clear(struct v2v_list *list)
{
	v2v_list_foreach (struct v2v_appliance_xattr, xattr, list) {
		free(xattr->name);
		free(xattr->value);
	}
	free(list->items);
	*list = (struct v2v_list){ 0 };
}

void v2v_appliance_tag_add(
	struct v2v_list *list, const char *name, const char *value)
{
	struct v2v_appliance_tag *tag = v2v_list_add(list, sizeof *tag);

	tag->name = v2v_strdup(name);
	tag->value = v2v_strdup(value);
}

const char *v2v_appliance_tag(const struct v2v_list *list, const char *name)
{
	v2v_list_foreach (const struct v2v_appliance_tag, tag, list)
		if (strcmp(tag->name, name) == 0)
			return tag->value;
	return NULL;
}

void v2v_appliance_tags_clear(struct v2v_list *list)
{
	v2v_list_foreach (struct v2v_appliance_tag, tag, list) {
		free(tag->name);
		free(tag->value);
	}
	free(list->items);
	*list = (struct v2v_list){ 0 };
}
