/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A domain as `virsh dumpxml` writes it: of KVM and QEMU, Xen, VMware (the
 * drivers esx and vmware), VirtualBox.  Its disks are files with absolute
 * names; see "foreign" in unpack/descriptor.h.
 */
#ifndef V2V_UNPACK_LIBVIRT_H
#define V2V_UNPACK_LIBVIRT_H

#include "core/xml-read.h"
#include "unpack/descriptor.h"

extern const struct v2v_descriptor_ops v2v_descriptor_libvirt;

/* libvirt-drives.c and libvirt-nics.c, of <devices>. */
int v2v_libvirt_drives(struct v2v *v, const xmlNode *devices,
	struct v2v_descriptor_machine *machine, struct v2v_error *err);
int v2v_libvirt_nics(const xmlNode *devices, struct v2v_source *source,
	struct v2v_error *err);
#endif
