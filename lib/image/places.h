/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which parts of an image's file are taken: its blocks (clusters, grains), all
 * of one length, and what lies beside them (headers, tables).  Where two of
 * them have one place, the guest would read one's bytes for the other's.
 */
#ifndef V2V_IMAGE_PLACES_H
#define V2V_IMAGE_PLACES_H

#include "image/headers.h"

struct v2v_places {
	uint64_t length;      /* of a block, bytes */
	uint64_t unit, count; /* bytes for which there is a slot; slots */
	uint64_t around;      /* units that a block may reach into, but one */
	uint16_t *slots;      /* owned; where in its unit a block begins */
	struct {
		uint64_t at, end;
	} fixed[16];
	unsigned fixed_count;
};

/*
 * For blocks of @length bytes that begin at multiples of 512 in @size bytes.
 * What lies behind the first 32 million units (of @length, or of 16 MiB where
 * that is less) is taken for free: so much memory it is not worth.
 */
void v2v_places_begin(
	struct v2v_places *places, uint64_t size, uint64_t length);

/* A header or a table: false where it lies over anything else or ends behind
 * what 64 bits can say, and where there are 16 already. */
bool v2v_places_fix(struct v2v_places *places, uint64_t at, uint64_t length);

/* Whether these bytes belong to nothing. */
bool v2v_places_is_free(
	const struct v2v_places *places, uint64_t at, uint64_t length);

/* A block; false where it lies over anything else. */
bool v2v_places_take(struct v2v_places *places, uint64_t at);

/* The blocks that these bytes reach into, all of them. */
bool v2v_places_take_all(
	struct v2v_places *places, uint64_t at, uint64_t length);

/* A piece of a unit that shares it with other pieces, but with no block: false
 * where there is one.  The length of a block is that of a unit, then. */
bool v2v_places_share(struct v2v_places *places, uint64_t at, uint64_t length);

void v2v_places_clear(struct v2v_places *places);
#define CLEANUP_PLACES __attribute__((cleanup(v2v_places_clear)))
#endif
