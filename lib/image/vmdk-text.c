/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What else than a sparse VMDK is called one: descriptors, and snapshots. */
#include "core/file.h"
#include "image/descriptor.h"
#include "image/headers.h"

#define TITLE 512 /* bytes that hold the title of any descriptor */

/* All of it, or of what is too long the beginning; the caller's. */
static char *read_text(
	const struct v2v_slice *slice, size_t *ret_size, struct v2v_error *err)
{
	size_t n = slice->size <= V2V_VMDK_MAX_DESCRIPTOR ? slice->size : TITLE;
	CLEANUP_FREE char *text = v2v_alloc(1, n + 1);

	if (v2v_slice_read(slice, text, n, 0, err) < 0)
		return NULL;
	*ret_size = n;
	return v2v_take(text);
}

static bool is_descriptor(const char *text, size_t size, bool is_all)
{
	struct v2v_vmdk_descriptor d CLEANUP_VMDK_DESCRIPTOR = { 0 };

	v2v_vmdk_descriptor_read(text, size, &d);
	return is_all ? v2v_vmdk_descriptor_is_one(&d) : d.has_title;
}

bool v2v_vmdk_is_text(const struct v2v_slice *slice)
{
	size_t n;
	CLEANUP_FREE char *text = read_text(slice, &n, NULL);

	return text && is_descriptor(text, n, n == slice->size);
}

int v2v_image_read_descriptor(const char *file, int64_t offset, int64_t size,
	char **ret_text, size_t *ret_size, struct v2v_error *err)
{
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd = v2v_slice_open(&slice, file, offset, size, err);
	CLEANUP_FREE char *text =
		fd < 0 ? NULL : read_text(&slice, ret_size, err);

	if (!text)
		return -1;
	if (*ret_size != slice.size || !is_descriptor(text, *ret_size, true))
		return 0;
	*ret_text = v2v_take(text);
	return 1;
}

bool v2v_vmdk_is_delta(const struct v2v_slice *slice)
{
	static const struct {
		size_t length;
		unsigned char magic[8];
	} magics[] = {
		{ 4, { 'C', 'O', 'W', 'D' } },
		{ 8, { 0xbe, 0xba, 0xfe, 0xca, 0, 0, 0, 0 } },
	};
	unsigned char start[8];

	if (v2v_slice_read(slice, start, sizeof start, 0, NULL) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (memcmp(start, magics[i].magic, magics[i].length) == 0)
			return true;
	return false;
}

int v2v_vmdk_descriptor_check(const char *name,
	const struct v2v_vmdk_descriptor *d, struct v2v_error *err)
{
	if (d->strange)
		return v2v_fail(err, "image-descriptor",
			"'%s': cannot parse line %u of the VMDK descriptor",
			name, d->strange);
	if (d->has_conflict || d->has_tail)
		return v2v_fail(err, "image-descriptor",
			"'%s': the VMDK descriptor has %s", name,
			d->has_tail ? "data after its end"
				    : "two values for one key");
	if (d->extent_count == 0)
		return v2v_fail(err, "image-extent",
			"'%s': the VMDK descriptor has no extent", name);
	if (d->extent_count > V2V_VMDK_MAX_EXTENTS)
		return v2v_fail(err, "image-extent",
			"'%s': the VMDK descriptor has more than %d extents",
			name, V2V_VMDK_MAX_EXTENTS);
	return 0;
}
