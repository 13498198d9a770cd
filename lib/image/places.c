/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two blocks that do not overlap begin as far from each other as they are long:
 * so in a unit, which is no longer than that, begins one at most.
 */
#include "image/places.h"
#include "image/bytes.h"

#define SECTOR	  512ULL
#define MAX_UNIT  (16ULL << 20) /* its sectors fit a slot */
#define MAX_SLOTS (32ULL << 20)
#define SHARED	  UINT16_MAX

void v2v_places_begin(struct v2v_places *places, uint64_t size, uint64_t length)
{
	uint64_t unit = length < MAX_UNIT ? length : MAX_UNIT;
	uint64_t count = size / unit + 1;

	*places = (struct v2v_places){
		.length = length,
		.unit = unit,
		.count = count < MAX_SLOTS ? count : MAX_SLOTS,
		.around = ceil_div(length, unit),
	};
	places->slots = v2v_alloc(places->count, sizeof *places->slots);
}

void v2v_places_clear(struct v2v_places *places)
{
	free(places->slots);
	*places = (struct v2v_places){ .count = 0 };
}

static bool is_fixed(
	const struct v2v_places *places, uint64_t at, uint64_t length)
{
	for (unsigned i = 0; i < places->fixed_count; i++)
		if (at < places->fixed[i].end &&
			(at >= places->fixed[i].at ||
				length > places->fixed[i].at - at))
			return true;
	return false;
}

/* Does the block of that slot, or do shared pieces, reach into these bytes? */
static bool reaches(const struct v2v_places *places, uint64_t slot, uint64_t at,
	uint64_t length)
{
	uint64_t start = slot * places->unit;

	if (places->slots[slot] == SHARED)
		return start < at + length && start + places->unit > at;
	start += (places->slots[slot] - 1) * SECTOR;
	return start < at + length && start + places->length > at;
}

/* Is there a block, or a piece of a shared unit, in these bytes? */
static bool is_taken(
	const struct v2v_places *places, uint64_t at, uint64_t length)
{
	uint64_t i = at / places->unit;
	uint64_t last = length <= places->length ? i + places->around
						 : (at + length) / places->unit;

	for (i = i > places->around ? i - places->around : 0;
		i <= last && i < places->count; i++)
		if (places->slots[i] && reaches(places, i, at, length))
			return true;
	return false;
}

bool v2v_places_is_free(
	const struct v2v_places *places, uint64_t at, uint64_t length)
{
	return !is_fixed(places, at, length) && !is_taken(places, at, length);
}

bool v2v_places_fix(struct v2v_places *places, uint64_t at, uint64_t length)
{
	unsigned n = places->fixed_count;

	if (!length)
		return true;
	if (length > UINT64_MAX - at ||
		!v2v_places_is_free(places, at, length) ||
		n == ARRAY_SIZE(places->fixed))
		return false;
	places->fixed[n].at = at;
	places->fixed[n].end = at + length;
	places->fixed_count++;
	return true;
}

bool v2v_places_take(struct v2v_places *places, uint64_t at)
{
	uint64_t slot = at / places->unit;

	if (!v2v_places_is_free(places, at, places->length))
		return false;
	if (slot < places->count)
		places->slots[slot] =
			(uint16_t)(at % places->unit / SECTOR + 1);
	return true;
}

bool v2v_places_take_all(
	struct v2v_places *places, uint64_t at, uint64_t length)
{
	uint64_t end = at + length;

	for (; at < end && at / places->unit < places->count;
		at += places->length)
		if (!v2v_places_take(places, at))
			return false;
	return true;
}

bool v2v_places_share(struct v2v_places *places, uint64_t at, uint64_t length)
{
	uint64_t slot = at / places->unit;
	uint64_t last = (at + length - 1) / places->unit;

	if (is_fixed(places, at, length))
		return false;
	for (; slot <= last && slot < places->count; slot++) {
		if (places->slots[slot] && places->slots[slot] != SHARED)
			return false;
		places->slots[slot] = SHARED;
	}
	return true;
}
