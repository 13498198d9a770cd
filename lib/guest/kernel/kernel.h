/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The backends on the small kernel (lib/kernel): disks are read by our own
 * readers and served to it, what it writes goes to a private layer, and files
 * are asked for by calls.  They differ in what that kernel runs in.
 */
#ifndef V2V_GUEST_KERNEL_H
#define V2V_GUEST_KERNEL_H

#include "guest/appliance.h"

extern const struct v2v_appliance_ops v2v_uml_ops, v2v_qemu_ops;
#endif
