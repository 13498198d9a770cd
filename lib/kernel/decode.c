/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A reply's bytes, bounded. */
#include "kernel/decode.h"

#include "kernel/protocol.h"

struct v2v_decode v2v_decode_of(const struct v2v_text *data)
{
	return (struct v2v_decode){ .at = (const unsigned char *)data->data,
		.left = data->length };
}

static bool has(struct v2v_decode *in, size_t size)
{
	if (in->is_broken || size > in->left) {
		in->is_broken = true;
		return false;
	}
	return true;
}

static uint64_t get(struct v2v_decode *in, size_t bytes)
{
	uint64_t value = 0;

	if (!has(in, bytes))
		return 0;
	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)in->at[i] << (8 * i);
	in->at += bytes;
	in->left -= bytes;
	return value;
}

uint8_t v2v_decode_u8(struct v2v_decode *in)
{
	return (uint8_t)get(in, 1);
}

uint32_t v2v_decode_u32(struct v2v_decode *in)
{
	return (uint32_t)get(in, 4);
}

uint64_t v2v_decode_u64(struct v2v_decode *in)
{
	return get(in, 8);
}

char *v2v_decode_blob(struct v2v_decode *in, size_t *ret_size)
{
	size_t size = v2v_decode_u32(in);
	char *data;

	if (!has(in, size))
		size = 0;
	data = v2v_alloc(size + 1, 1);
	if (size) {
		memcpy(data, in->at, size);
		in->at += size;
		in->left -= size;
	}
	*ret_size = size;
	return data;
}

char *v2v_decode_string(struct v2v_decode *in)
{
	size_t size;
	char *s = v2v_decode_blob(in, &size);

	if (strlen(s) != size)
		in->is_broken = true;
	return s;
}

size_t v2v_decode_list(struct v2v_decode *in, size_t least, bool *ret_cut)
{
	uint8_t cut = v2v_decode_u8(in);
	size_t count = v2v_decode_u32(in);

	if (in->is_broken || cut > 1 || count > V2V_KERNEL_MAX_LIST ||
		count > in->left / least) {
		in->is_broken = true;
		return 0;
	}
	if (ret_cut)
		*ret_cut = cut;
	else
		in->is_cut |= cut;
	return count;
}

void v2v_decode_strings(
	struct v2v_decode *in, struct v2v_list *strings, bool *ret_cut)
{
	size_t count = v2v_decode_list(in, 4, ret_cut);

	for (size_t i = 0; i < count && !in->is_broken; i++) {
		CLEANUP_FREE char *s = v2v_decode_string(in);

		v2v_list_add_string(strings, s);
	}
}

int v2v_kernel_broken(struct v2v_error *err)
{
	return v2v_fail(err, "kernel-broken",
		"the small kernel gave an answer that is not one");
}

int v2v_decode_end(const struct v2v_decode *in, struct v2v_error *err)
{
	if (in->is_broken || in->left)
		return v2v_kernel_broken(err);
	if (in->is_cut)
		return v2v_fail(err, "kernel-cut",
			"there is more than the small kernel can list");
	return 0;
}
