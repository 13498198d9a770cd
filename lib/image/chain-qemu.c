/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What qemu's reader of VMDKs sees in a descriptor (block/vmdk.c).  It is given
 * the chain too, as the layer below an overlay: where it would pass over a line
 * that we read, or take another one, the guest would see another disk. */
#include "image/chain-private.h"
#include "image/descriptor.h"

#include <string.h>

#define QEMU_TEXT 10240 /* bytes in which it looks for the parent */
#define QEMU_NAME "511" /* bytes that it takes of an extent's name */

struct line {
	char access[11], type[11], name[512];
	long long sectors, offset;
};

bool v2v_qemu_sees_parent(const char *text, const char *name)
{
	CLEANUP_FREE char *hint = v2v_format("parentFileNameHint=\"%s\"", name);
	const char *at = strstr(text, hint);

	return at && (size_t)(at - text) + strlen(hint) <= QEMU_TEXT;
}

/* Its vmdk_parse_extents(), to the letter; what has another kind is passed
 * over there. */
static bool is_extent(const char *at, struct line *line)
{
	line->offset = 0;
	return sscanf(at, "%10s %lld %10s \"%" QEMU_NAME "[^\n\r\"]\" %lld",
		       line->access, &line->sectors, line->type, line->name,
		       &line->offset) >= 4 &&
	       strcmp(line->access, "RW") == 0;
}

static bool is_same(
	const struct v2v_vmdk_extent *extent, const struct line *line)
{
	return line->sectors >= 0 && line->offset >= 0 &&
	       (uint64_t)line->sectors == extent->sectors &&
	       (uint64_t)line->offset == extent->offset &&
	       v2v_streq(line->type, extent->type) &&
	       v2v_streq(line->name, extent->name);
}

bool v2v_qemu_sees_extents(
	const char *text, const struct v2v_vmdk_descriptor *descriptor)
{
	const struct v2v_list *all = &descriptor->extents;
	const struct v2v_vmdk_extent *extents = all->items;
	size_t i = 0;
	struct line line;

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (is_extent(at, &line) &&
			(i == all->count || !is_same(&extents[i++], &line)))
			return false;
	}
	/* It has no zeros: behind its last extent all reads as such. */
	while (i < all->count && strcmp(extents[i].type, "ZERO") == 0)
		i++;
	return i == all->count;
}
