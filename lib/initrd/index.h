/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing modules.dep.bin and modules.alias.bin: kmod looks modules up in these
 * and never in the texts beside them.  A trie, as libkmod/libkmod-index.c of
 * kmod describes it; equal entries give the bytes that depmod gives.
 */
#ifndef V2V_INITRD_INDEX_H
#define V2V_INITRD_INDEX_H

#include "core/fields.h"

struct v2v_index {
	struct v2v_list entries;
};

/* Add a value for @key; of one key, lower priorities come first.  Keys that
 * are not ASCII, or longer than 1024 bytes, are left out: no device has such.
 */
void v2v_index_add(struct v2v_index *index, const char *key, const char *value,
	uint32_t priority);

/* Append the file's bytes to @out. */
void v2v_index_write(struct v2v_index *index, struct v2v_text *out);

void v2v_index_clear(struct v2v_index *index);
#define CLEANUP_INDEX __attribute__((cleanup(v2v_index_clear)))
#endif
