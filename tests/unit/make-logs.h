/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Transaction logs of a registry hive, made of the states that the hive went
 * through: what Windows writes between one and the next.  Shares no code with
 * lib/windows/replay.
 */
#ifndef V2V_TEST_MAKE_LOGS_H
#define V2V_TEST_MAKE_LOGS_H

#include "make-hive.h"

#define BASE 4096

/* A file; zeroed: there is none. */
struct bytes {
	unsigned char *data;
	size_t size;
};

static inline uint32_t word(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static inline void put64(unsigned char *at, uint64_t value)
{
	put32(at, (uint32_t)value);
	put32(at + 4, (uint32_t)(value >> 32));
}

/* Marvin32 with the two halves of its state in one word: high, low. */
static inline uint64_t marvin_round(uint64_t state, uint32_t input)
{
	uint32_t a = (uint32_t)state + input, b = (uint32_t)(state >> 32);

	b ^= a;
	a = (a << 20 | a >> 12) + b;
	b = (b << 9 | b >> 23) ^ a;
	a = (a << 27 | a >> 5) + b;
	b = b << 19 | b >> 13;
	return (uint64_t)b << 32 | a;
}

static inline uint64_t marvin_of(const unsigned char *data, size_t size)
{
	uint64_t state = UINT64_C(0x82ef4d887a4e55c5);
	uint32_t rest = 0x80;
	size_t i;

	for (i = 0; i + 4 <= size; i += 4)
		state = marvin_round(state, word(data + i));
	for (size_t j = size; j > i; j--)
		rest = rest << 8 | data[j - 1];
	return marvin_round(marvin_round(state, rest), 0);
}

static inline void sum_head(unsigned char *head)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < 508; i += 4)
		sum ^= word(head + i);
	put32(head + 508, sum == 0 ? 1 : sum == UINT32_MAX ? sum - 1 : sum);
}

static inline void set_head(unsigned char *head, uint32_t primary,
	uint32_t secondary, uint32_t type, uint64_t stamp)
{
	put32(head + 4, primary);
	put32(head + 8, secondary);
	put64(head + 12, stamp);
	put32(head + 28, type);
	sum_head(head);
}

static inline struct bytes copy_bytes(const struct bytes *from)
{
	struct bytes copy = { v2v_alloc(1, from->size + 1), from->size };

	if (from->size)
		memcpy(copy.data, from->data, from->size);
	return copy;
}

static inline void add_bytes(
	struct bytes *to, const unsigned char *data, size_t size)
{
	struct bytes all = { v2v_alloc(1, to->size + size + 1),
		to->size + size };

	if (to->size)
		memcpy(all.data, to->data, to->size);
	if (data)
		memcpy(all.data + to->size, data, size);
	free(to->data);
	*to = all;
}

/* The head of a log, as one of @state. */
static inline struct bytes make_log(const struct bytes *state, uint32_t type,
	uint32_t sequence, uint64_t stamp)
{
	struct bytes log = { 0 };

	add_bytes(&log, state->data, 512);
	set_head(log.data, sequence, sequence, type, stamp);
	return log;
}

static inline uint32_t bins_of(const struct bytes *state)
{
	return word(state->data + 40);
}

/* Does the sector at @at differ? */
static inline bool is_dirty(const struct bytes *from, const struct bytes *to,
	size_t at, size_t size)
{
	return at + size > from->size ||
	       memcmp(from->data + at, to->data + at, size) != 0;
}

/* An entry with all hashes; @refs: offset, size… of @count pages. */
static inline void add_raw_entry(struct bytes *log, uint32_t sequence,
	uint32_t flags, uint32_t bins, const uint32_t *refs, size_t count,
	const unsigned char *pages)
{
	struct bytes entry = { v2v_alloc(1, 40), 40 };
	unsigned char ref[8];
	size_t size = 0;

	for (size_t i = 0; i < count; i++) {
		put32(ref, refs[2 * i]);
		put32(ref + 4, refs[2 * i + 1]);
		add_bytes(&entry, ref, sizeof ref);
		size += refs[2 * i + 1];
	}
	add_bytes(&entry, pages, size);
	add_bytes(&entry, NULL, (512 - entry.size % 512) % 512);
	memcpy(entry.data, "HvLE", 4);
	put32(entry.data + 4, (uint32_t)entry.size);
	put32(entry.data + 8, flags);
	put32(entry.data + 12, sequence);
	put32(entry.data + 16, bins);
	put32(entry.data + 20, (uint32_t)count);
	put64(entry.data + 24, marvin_of(entry.data + 40, entry.size - 40));
	put64(entry.data + 32, marvin_of(entry.data, 32));
	add_bytes(log, entry.data, entry.size);
	free(entry.data);
}

/* What leads from one state to the next, in pages of @page bytes. */
static inline void add_entry(struct bytes *log, uint32_t sequence,
	const struct bytes *from, const struct bytes *to, uint32_t page)
{
	uint32_t *refs = v2v_alloc(to->size / page, 2 * sizeof *refs);
	struct bytes pages = { 0 };
	size_t count = 0;

	for (size_t at = BASE; at < BASE + (size_t)bins_of(to); at += page) {
		if (!is_dirty(from, to, at, page))
			continue;
		add_bytes(&pages, to->data + at, page);
		if (count && refs[2 * count - 2] + refs[2 * count - 1] ==
				     at - BASE) {
			refs[2 * count - 1] += page;
			continue;
		}
		refs[2 * count] = (uint32_t)at - BASE;
		refs[2 * count++ + 1] = page;
	}
	add_raw_entry(log, sequence, 0, bins_of(to), refs, count, pages.data);
	free(pages.data);
	free(refs);
}

/* A log of pages, whole. */
static inline struct bytes make_page_log(const struct bytes *from,
	const struct bytes *to, uint32_t sequence, uint64_t stamp)
{
	struct bytes log = make_log(to, 1, sequence, stamp), pages = { 0 };
	size_t blocks = bins_of(to) / 4096;
	unsigned char *bitmap = v2v_alloc(1, blocks + 516);

	memcpy(bitmap, "DIRT", 4);
	for (size_t i = 0; i < blocks; i++) {
		size_t at = BASE + i * 4096;

		if (is_dirty(from, to, at, 4096)) {
			bitmap[4 + i] = 0xff;
			add_bytes(&pages, to->data + at, 4096);
		}
	}
	add_bytes(&log, bitmap, (blocks + 4 + 511) / 512 * 512);
	add_bytes(&log, pages.data, pages.size);
	free(bitmap);
	free(pages.data);
	return log;
}
#endif
