/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The descriptor that a sparse VMDK has in it: an allow list; what is not known
 * to be harmless is refused. */
#include "image/descriptor.h"

#include <string.h>

/* The extent's name is never looked at: it is the file that the descriptor
 * is in. */
static bool is_own_extent(const struct v2v_vmdk_descriptor *d)
{
	const struct v2v_vmdk_extent *first = d->extents.items;

	return d->extent_count == 1 && strcasecmp(first->type, "SPARSE") == 0;
}

static int judge(const struct v2v_vmdk_descriptor *d, const char *name,
	const char **ret_subformat, struct v2v_error *err)
{
	const char *type = v2v_vmdk_type(d->create_type, V2V_VMDK_OWN);

	if (d->has_parent)
		return v2v_vmdk_fail_parent(name, err);
	if (!is_own_extent(d))
		return v2v_fail(err, "image-extent",
			"'%s': a VMDK whose data is in other files is refused",
			name);
	if (d->has_conflict)
		return v2v_fail(err, "image-descriptor",
			"'%s': the VMDK descriptor has two values for one key",
			name);
	if (!type)
		return v2v_fail(err, "image-subformat",
			"'%s': VMDK of type '%s' is not supported", name,
			d->create_type ? d->create_type : "unknown");
	*ret_subformat = type;
	return 0;
}

int v2v_vmdk_check_descriptor(const char *text, const char *name,
	const char **ret_subformat, struct v2v_error *err)
{
	struct v2v_vmdk_descriptor d CLEANUP_VMDK_DESCRIPTOR = { 0 };

	v2v_vmdk_descriptor_read(text, strlen(text), &d);
	/* qemu takes the parent from wherever in the text the word is. */
	d.has_parent |= strcasestr(text, "parentFileNameHint") != NULL;
	return judge(&d, name, ret_subformat, err);
}

uint64_t v2v_vmdk_described_size(const char *text)
{
	struct v2v_vmdk_descriptor d CLEANUP_VMDK_DESCRIPTOR = { 0 };
	const struct v2v_vmdk_extent *first;

	v2v_vmdk_descriptor_read(text, strlen(text), &d);
	first = d.extents.items;
	return first ? first->sectors : 0;
}
