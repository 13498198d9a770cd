/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The descriptor of an OVA (DSP0243): each machine in it into a struct
 * v2v_source.  OVF 0.9, 1.x and 2.x, and the dialects of VMware, VirtualBox,
 * Citrix, oVirt and Nutanix.  The only reader of OVF; with ovf-*.c the only
 * user of libxml2 for reading.
 */
#ifndef V2V_UNPACK_OVF_H
#define V2V_UNPACK_OVF_H

#include "unpack/descriptor.h"

#define V2V_OVF_MAX_DISKS    256
#define V2V_OVF_MAX_NICS     64
#define V2V_OVF_MAX_MACHINES 1024
#define V2V_OVF_MAX_ITEMS    32768 /* Items of a machine */

/* Its reader. */
extern const struct v2v_descriptor_ops v2v_descriptor_ovf;

/* The factor of a unit as DSP0004 Annex C writes it, "byte * 2^20", or as
 * exporters do, "MegaBytes", "GB"; false for anything else. */
bool v2v_ovf_unit(const char *text, uint64_t *ret_factor);
#endif
