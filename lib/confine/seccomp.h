/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A seccomp list, seccomp(2): system calls that no step needs, and that
 * Landlock does not see, fail with EPERM.  A list of what is refused, not of
 * what is allowed: libraries and qemu change what they use, and a legitimate
 * conversion that dies of a new libc's call is a worse fault than the rest that
 * such a list leaves open.
 */
#ifndef V2V_SECCOMP_H
#define V2V_SECCOMP_H

#include "core/error.h"

enum v2v_sockets { V2V_SOCKETS_NONE, V2V_SOCKETS_LOCAL, V2V_SOCKETS_ALL };

/* From now on, for this thread and its children.  0; 1 where the kernel or the
 * architecture has none; -1. */
int v2v_seccomp_enforce(enum v2v_sockets sockets, struct v2v_error *err);
#endif
