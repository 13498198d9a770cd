/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mailbox, as a disk of the server and as what a call fills and empties. */
#ifndef V2V_VHOST_MAILBOX_H
#define V2V_VHOST_MAILBOX_H

#include "vhost/mailbox.h"
#include "vhost/vhost.h"

struct v2v_mailbox {
	uint32_t sequence;
	struct v2v_text request; /* with its header; empty: none */
	bool is_taken;		 /* the kernel has begun to read it */
	bool is_replied;
	int status;
	size_t reply_length;
	unsigned char *data; /* what comes with a reply */
	size_t written;	     /* bytes of it, so far */
	const char *broken;  /* which rule the kernel has broken; or NULL */
};

/* The disk; @mailbox, zeroed at first, is lent. */
struct v2v_vhost_disk v2v_mailbox_disk(struct v2v_mailbox *mailbox);

/* Has a read to wait for a request? */
bool v2v_mailbox_must_wait(void *mailbox, uint64_t at, uint64_t size);

/* Put a request in. */
int v2v_mailbox_put(struct v2v_mailbox *mailbox, const struct iovec *request,
	size_t count, struct v2v_error *err);

/* Take the reply out, which must be there. */
void v2v_mailbox_take(struct v2v_mailbox *mailbox, int *ret_status,
	struct v2v_text *ret_data);

void v2v_mailbox_clear(struct v2v_mailbox *mailbox);
#endif
