/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a libvirt domain, in the order in which they are written. */
#ifndef V2V_META_LIBVIRT_H
#define V2V_META_LIBVIRT_H

#include "meta/meta.h"
#include "meta/xml.h"

/* A virtio device's model where the guest knows only virtio 0.9 and the machine
 * would give it 1.0 ("virtio-transitional"); else NULL. */
const char *v2v_libvirt_transitional(const struct v2v_machine *machine);

/* libosinfo's id of the system that it calls @short_id ("debian12"), the
 * caller's; NULL where we know none. */
char *v2v_libvirt_os_id(const char *short_id);

/* Disks, removables and their controllers.  Fails where XML cannot hold the
 * name of a file. */
int v2v_libvirt_disks(struct v2v_xml *xml, const struct v2v_machine *machine,
	struct v2v_error *err);

/* All other devices. */
void v2v_libvirt_devices(struct v2v *v, struct v2v_xml *xml,
	const struct v2v_machine *machine);
#endif
