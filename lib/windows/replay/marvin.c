/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marvin32, as the .NET runtime has it. */
#include "windows/replay/replay-private.h"

#define SEED_LOW  0x7a4e55c5
#define SEED_HIGH 0x82ef4d88

struct marvin {
	uint32_t low, high;
};

static uint32_t rotate(uint32_t n, unsigned bits)
{
	return n << bits | n >> (32 - bits);
}

static void mix(struct marvin *m, uint32_t word)
{
	m->low += word;
	m->high ^= m->low;
	m->low = rotate(m->low, 20) + m->high;
	m->high = rotate(m->high, 9) ^ m->low;
	m->low = rotate(m->low, 27) + m->high;
	m->high = rotate(m->high, 19);
}

uint64_t v2v_hive_hash(const unsigned char *data, size_t size)
{
	struct marvin m = { SEED_LOW, SEED_HIGH };
	unsigned char end[4] = { 0 };

	for (; size >= sizeof end; data += sizeof end, size -= sizeof end)
		mix(&m, le32(data));
	memcpy(end, data, size);
	end[size] = 0x80;
	mix(&m, le32(end));
	mix(&m, 0);
	return (uint64_t)m.high << 32 | m.low;
}
