/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a reply of the small kernel.  A guest's disk may have taken it over,
 * so the reply is untrusted: every length is checked, and what is broken
 * reads as 0 or "" until the end, where v2v_decode_end() says so.
 */
#ifndef V2V_KERNEL_DECODE_H
#define V2V_KERNEL_DECODE_H

#include "core/fields.h"

struct v2v_decode {
	const unsigned char *at; /* lent */
	size_t left;
	bool is_broken;
	bool is_cut; /* a list was, and nobody was handed the fact */
};

struct v2v_decode v2v_decode_of(const struct v2v_text *data);

uint8_t v2v_decode_u8(struct v2v_decode *in);
uint32_t v2v_decode_u32(struct v2v_decode *in);
uint64_t v2v_decode_u64(struct v2v_decode *in);

/* The caller's, never NULL.  A NUL in it is broken. */
char *v2v_decode_string(struct v2v_decode *in);

/* Any bytes, the caller's, with a NUL behind; never NULL. */
char *v2v_decode_blob(struct v2v_decode *in, size_t *ret_size);

/* How many entries of a list follow, each of at least @least bytes; 0 where so
 * many cannot.  *@ret_cut: some were left out; where it is NULL that is an
 * error at the end. */
size_t v2v_decode_list(struct v2v_decode *in, size_t least, bool *ret_cut);

/* Add the strings of a list to @strings (of char *). */
void v2v_decode_strings(
	struct v2v_decode *in, struct v2v_list *strings, bool *ret_cut);

/* -1, "kernel-broken", where it was not whole or there is more; "kernel-cut"
 * where a list is not. */
int v2v_decode_end(const struct v2v_decode *in, struct v2v_error *err);

/* Set that error.  Returns -1. */
int v2v_kernel_broken(struct v2v_error *err);
#endif
