/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mailbox: a disk that is a place for calls.  Plain C for the kernel's side
 * too.  All numbers are little endian.  The kernel's server opens it with
 * O_DIRECT and
 *
 *  1. reads V2V_MAILBOX_BLOCK at 0, which is answered when there is a request:
 *     struct v2v_mailbox_request, the request's bytes behind it.  What does not
 *     fit is read at V2V_MAILBOX_BLOCK and on, answered at once; zeros behind
 *     the end.
 *  2. writes what comes with the reply, if anything, at V2V_MAILBOX_DATA, in
 *     any number of writes of whole sectors;
 *  3. last, writes V2V_MAILBOX_PAGE at V2V_MAILBOX_REPLY, in one write: struct
 *     v2v_mailbox_reply.  That ends the call.  What comes with the reply may
 *     begin in the same write, behind it, up to V2V_MAILBOX_BLOCK in all.
 *
 * Reads of another size, as of a kernel that looks for partitions, are zeros
 * while there is no request, and never wait.
 */
#ifndef V2V_MAILBOX_H
#define V2V_MAILBOX_H

#include <stdint.h>

#define V2V_MAILBOX_SERIAL "v2v-mailbox"

/* Bytes. */
#define V2V_MAILBOX_SIZE  (64u << 20)
#define V2V_MAILBOX_BLOCK (64u << 10)
#define V2V_MAILBOX_PAGE  4096u
#define V2V_MAILBOX_MAX	  (16u << 20) /* a request; what comes with a reply */
#define V2V_MAILBOX_REPLY (32u << 20)
#define V2V_MAILBOX_DATA  (V2V_MAILBOX_REPLY + V2V_MAILBOX_PAGE)

#define V2V_MAILBOX_IS_REQUEST 0x51763276u /* "v2vQ" */
#define V2V_MAILBOX_IS_REPLY   0x52763276u /* "v2vR" */

struct v2v_mailbox_request {
	uint32_t magic, sequence;
	uint64_t length; /* of what follows; bytes */
};

struct v2v_mailbox_reply {
	uint32_t magic, sequence; /* the request's */
	int32_t status;
	uint32_t zero;
	uint64_t length; /* of what lies at V2V_MAILBOX_DATA; bytes */
};
#endif
