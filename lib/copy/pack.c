/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only user of libdeflate's and libzstd's packers. */
#include "copy/pack.h"

#include <libdeflate.h>
#include <zstd.h>

/* As small as qemu-img's zlib makes it, and several times as fast. */
#define DEFLATE_LEVEL 5

struct v2v_packer {
	struct libdeflate_compressor *deflater;
	ZSTD_CCtx *zstd;
	unsigned char *room;
	size_t size;
};

struct v2v_packer *v2v_packer_new(void)
{
	return v2v_alloc(1, sizeof(struct v2v_packer));
}

void v2v_packer_free(struct v2v_packer *packer)
{
	if (!packer)
		return;
	libdeflate_free_compressor(packer->deflater);
	ZSTD_freeCCtx(packer->zstd);
	free(packer->room);
	free(packer);
}

unsigned char *v2v_packer_room(struct v2v_packer *packer, size_t size)
{
	if (packer->size < size) {
		free(packer->room);
		packer->room = v2v_alloc(1, size);
		packer->size = size;
	}
	return packer->room;
}

static size_t pack_zstd(struct v2v_packer *packer, const unsigned char *data,
	size_t size, unsigned char *to, size_t room)
{
	size_t n;

	if (!packer->zstd)
		packer->zstd = ZSTD_createCCtx();
	if (!packer->zstd)
		abort();
	n = ZSTD_compressCCtx(
		packer->zstd, to, room, data, size, ZSTD_CLEVEL_DEFAULT);
	return ZSTD_isError(n) ? 0 : n;
}

size_t v2v_pack(struct v2v_packer *packer, bool is_zstd,
	const unsigned char *data, size_t size, unsigned char *to, size_t room)
{
	if (is_zstd)
		return pack_zstd(packer, data, size, to, room);
	if (!packer->deflater)
		packer->deflater = libdeflate_alloc_compressor(DEFLATE_LEVEL);
	if (!packer->deflater)
		abort();
	return libdeflate_deflate_compress(
		packer->deflater, data, size, to, room);
}
