/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What VHD and VHDX have in common. */
#include "image/blocks.h"
#include "image/encoding.h"

#define SECTOR 512ULL
#define UNUSED 0xffffffffU

enum v2v_block_kind v2v_blocks_kind(const struct v2v_blocks *blocks,
	const unsigned char *entry, uint64_t *ret_byte)
{
	if (!blocks->ratio) {
		uint32_t sector = be32(entry);

		*ret_byte = sector * SECTOR + blocks->bitmap;
		return sector == UNUSED	       ? V2V_BLOCK_BELOW
		       : blocks->is_difference ? V2V_BLOCK_PART
					       : V2V_BLOCK_WHOLE;
	}
	*ret_byte = le64(entry) >> 20 << 20;
	switch (le64(entry) & 7) {
	case 0:
		return V2V_BLOCK_BELOW;
	case 6:
		return V2V_BLOCK_WHOLE;
	case 7:
		return V2V_BLOCK_PART;
	default:
		return V2V_BLOCK_ZERO;
	}
}

void v2v_parent_add_last(struct v2v_list *names)
{
	size_t count = names->count;

	for (size_t i = 0; i < count; i++) {
		const char *whole = ((char **)names->items)[i], *last = whole;

		for (const char *p = whole; *p; p++)
			if (*p == '/' || *p == ':')
				last = p + 1;
		if (last != whole && *last)
			v2v_list_add_string(names, last);
	}
}

char *v2v_parent_name(const unsigned char *text, size_t size,
	const char *encoding, bool is_relative)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	const char *from;
	size_t n = 0;

	while (n + 1 < size && (text[n] || text[n + 1]))
		n += 2;
	if (!n || !v2v_encoding_decode((const char *)text, n, encoding, &out) ||
		!out.length)
		return NULL;
	for (char *p = out.data; (p = strchr(p, '\\'));)
		*p = '/';
	from = is_relative ? NULL : strrchr(out.data, '/');
	from = from ? from + 1 : out.data;
	return *from ? v2v_strdup(from) : NULL;
}
