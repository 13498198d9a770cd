/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packing clusters, a thread at a time. */
#ifndef V2V_COPY_PACK_H
#define V2V_COPY_PACK_H

#include "core/mem.h"

struct v2v_packer;

struct v2v_packer *v2v_packer_new(void);
void v2v_packer_free(struct v2v_packer *packer);

/* Room for packed bytes, at least @size; the packer's. */
unsigned char *v2v_packer_room(struct v2v_packer *packer, size_t size);

/* Pack @size bytes into at most @room; 0 where they do not fit. */
size_t v2v_pack(struct v2v_packer *packer, bool is_zstd,
	const unsigned char *data, size_t size, unsigned char *to, size_t room);
#endif
