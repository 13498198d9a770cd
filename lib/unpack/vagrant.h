/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A box of Vagrant for libvirt: metadata.json names its images, "box.img" where
 * it does not.  It does not say what machine they were in.  Boxes for
 * VirtualBox and VMware have an .ovf or a .vmx, which comes first.
 */
#ifndef V2V_UNPACK_VAGRANT_H
#define V2V_UNPACK_VAGRANT_H

#include "unpack/descriptor.h"

#define V2V_VAGRANT_FILE "metadata.json"
#define V2V_VAGRANT_DISK "box.img"

extern const struct v2v_descriptor_ops v2v_descriptor_vagrant;
#endif
