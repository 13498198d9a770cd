/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The monitor of a qemu, by QMP (docs/interop/qmp-spec.txt): one command, one
 * reply.  Events are passed over. */
#ifndef V2V_BOOT_QMP_H
#define V2V_BOOT_QMP_H

#include "core/handle.h"

struct v2v_qmp {
	int fd;		      /* a connected socket; borrowed */
	struct v2v_text line; /* what came behind the last whole one */
};

/* Greet it, and wait until it is ready.  "boot-qemu" where it has ended. */
int v2v_qmp_begin(struct v2v *v, struct v2v_qmp *qmp, struct v2v_error *err);

/* Have it do @command with @arguments, taken over (NULL: none), and wait for
 * the end of that; "boot-qemu" where it fails or does not answer. */
int v2v_qmp_do(struct v2v *v, struct v2v_qmp *qmp, const char *command,
	json_t *arguments, struct v2v_error *err);
/* Hand it the descriptor @fd, which stays the caller's, under @name. */
int v2v_qmp_give(struct v2v *v, struct v2v_qmp *qmp, const char *name, int fd,
	struct v2v_error *err);
void v2v_qmp_clear(struct v2v_qmp *qmp);
#endif
