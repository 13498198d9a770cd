/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The backend on libguestfs: a Linux in qemu, with all of its tools. */
#ifndef V2V_GUEST_LIBGUESTFS_H
#define V2V_GUEST_LIBGUESTFS_H

#include "guest/appliance.h"

extern const struct v2v_appliance_ops v2v_libguestfs_ops;
#endif
