/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sums over windows of a disk. */
#include "copy/sums.h"

#include <libdeflate.h>

#define MAX_WINDOWS (1ULL << 16)

struct v2v_sums {
	unsigned shift; /* clusters of a window, as a power of two */
	uint64_t count; /* of windows */
	uint64_t *copied, *back;
};

struct v2v_sums *v2v_sums_new(uint64_t size)
{
	struct v2v_sums *sums = v2v_alloc(1, sizeof *sums);
	uint64_t clusters = size / V2V_CLUSTER + 1;

	while (clusters >> sums->shift >= MAX_WINDOWS)
		sums->shift++;
	sums->count = (clusters >> sums->shift) + 1;
	sums->copied = v2v_alloc(sums->count, sizeof *sums->copied);
	sums->back = v2v_alloc(sums->count, sizeof *sums->back);
	return sums;
}

void v2v_sums_free(struct v2v_sums *sums)
{
	if (!sums)
		return;
	free(sums->copied);
	free(sums->back);
	free(sums);
}

/* Each bit of the result hangs on each of @n (the finaliser of SplitMix64). */
static uint64_t mix(uint64_t n)
{
	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ULL;
	n = (n ^ n >> 27) * 0x94d049bb133111ebULL;
	return n ^ n >> 31;
}

static uint64_t digest(const unsigned char *data, uint64_t cluster)
{
	uint64_t crc = libdeflate_crc32(0, data, V2V_CLUSTER);
	uint64_t adler = libdeflate_adler32(1, data, V2V_CLUSTER);

	return mix(mix(crc << 32 | adler) ^ mix(cluster + 1));
}

void v2v_sums_add(
	struct v2v_sums *sums, const struct v2v_batch *batch, bool back)
{
	uint64_t *windows = back ? sums->back : sums->copied;

	for (size_t i = 0; i < batch->count; i++) {
		uint64_t cluster = batch->clusters[i];

		if (!batch->is_zero[i])
			__atomic_fetch_add(&windows[cluster >> sums->shift],
				digest(batch->data + i * V2V_CLUSTER, cluster),
				__ATOMIC_RELAXED);
	}
}

bool v2v_sums_agree(
	const struct v2v_sums *sums, uint64_t *ret_at, uint64_t *ret_size)
{
	*ret_size = V2V_CLUSTER << sums->shift;
	for (uint64_t i = 0; i < sums->count; i++) {
		*ret_at = i * *ret_size;
		if (sums->copied[i] != sums->back[i])
			return false;
	}
	return true;
}
