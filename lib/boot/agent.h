/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's guest agent of a machine that starts (qga/qapi-schema.json): does it
 * answer?  Its channel is a socket that nobody else has. */
#ifndef V2V_BOOT_AGENT_H
#define V2V_BOOT_AGENT_H

#include "boot/qmp.h"

/* { .fd = -1 } is none: then it is never asked. */
struct v2v_agent {
	int fd;		      /* its socket; owned */
	struct v2v_text line; /* what came behind the last whole one */
	double asked;	      /* seconds, when last; 0: not yet */
	bool has_answered;
};

/* Plug the channel into the machine of @qmp, which has a virtio-serial bus. */
int v2v_agent_plug(struct v2v *v, struct v2v_qmp *qmp, struct v2v_agent *agent,
	struct v2v_error *err);

/* Read what it has said by @now, and ask once more every few seconds. */
void v2v_agent_look(struct v2v_agent *agent, double now);
void v2v_agent_clear(struct v2v_agent *agent);
#endif
