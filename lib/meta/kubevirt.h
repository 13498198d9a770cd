/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a VirtualMachine of KubeVirt's, kubevirt.io/v1. */
#ifndef V2V_META_KUBEVIRT_H
#define V2V_META_KUBEVIRT_H

#include "meta/meta.h"

/* The parts are new, the caller's. */

/* domain.devices; disks as they are in the volumes. */
json_t *v2v_kubevirt_devices(struct v2v *v, const struct v2v_machine *machine);
/* What domain.devices.interfaces are plugged into. */
json_t *v2v_kubevirt_networks(struct v2v *v, const struct v2v_machine *machine);
/* domain.features and domain.clock. */
json_t *v2v_kubevirt_features(const struct v2v_machine *machine);
json_t *v2v_kubevirt_clock(struct v2v *v, const struct v2v_machine *machine);

/* The name of disk number @index, "disk-0", and that of its DataVolume. */
char *v2v_kubevirt_disk(size_t index);
char *v2v_kubevirt_volume(const char *machine, size_t index);

/* The IANA name of Windows' time zone @windows; NULL: not known. */
const char *v2v_zone(const char *windows);

/*
 * The rules of KubeVirt's admission code that its schema does not have
 * (virt-api, admitters): -1 and the error "document-shape" where @machine, a
 * whole VirtualMachine, breaks one.
 */
int v2v_kubevirt_check(const json_t *machine, struct v2v_error *err);
#endif
