/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a libvirt domain, in the order in which they are written. */
#ifndef V2V_META_LIBVIRT_H
#define V2V_META_LIBVIRT_H

#include "meta/meta.h"
#include "meta/xml.h"

/* The model of a virtio device: "virtio", or "virtio-transitional". */
static inline const char *v2v_libvirt_virtio(const struct v2v_machine *machine)
{
	return machine->is_transitional ? "virtio-transitional" : "virtio";
}

/* libosinfo's id of the system that it calls @short_id ("debian12"), the
 * caller's; NULL where we know none. */
char *v2v_libvirt_os_id(const char *short_id);

/* Disks, removables and their controllers.  Fails where XML cannot hold the
 * name of a file. */
int v2v_libvirt_disks(struct v2v_xml *xml, const struct v2v_machine *machine,
	struct v2v_error *err);

/* All other devices. */
void v2v_libvirt_devices(
	struct v2v *v, struct v2v_xml *xml, const struct v2v_machine *machine);
#endif
