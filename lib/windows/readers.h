/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What each hive says, for v2v_hive_inspect(): each fills the members of @told
 * that its hive knows.  @opaque is not used.
 */
#ifndef V2V_WINDOWS_READERS_H
#define V2V_WINDOWS_READERS_H

#include "windows/registry.h"

#include "model/inspect.h"

/* SOFTWARE: product, versions, edition, osinfo. */
void v2v_software_read(struct v2v_registry *registry, struct v2v_inspect *told,
	const void *opaque);
/* SOFTWARE: inspect->applications, as they lie there. */
void v2v_software_applications(struct v2v_registry *registry,
	struct v2v_inspect *told, const void *opaque);

/* Part of SOFTWARE: Group Policy, programs that guard against viruses. */
void v2v_software_policies(
	struct v2v_registry *registry, struct v2v_windows *w);

/* SYSTEM: the control set in use, and what it says. */
void v2v_system_read(struct v2v_registry *registry, struct v2v_inspect *told,
	const void *opaque);

/* BCD: its default entry. */
void v2v_boot_read(struct v2v_registry *registry, struct v2v_inspect *told,
	const void *opaque);

/* Parts of SYSTEM; @set is the key of the control set. */
void v2v_system_devices(struct v2v_registry *registry, v2v_registry_key set,
	struct v2v_windows *w);
void v2v_system_services(struct v2v_registry *registry, v2v_registry_key set,
	struct v2v_windows *w);
void v2v_system_letters(struct v2v_registry *registry, struct v2v_windows *w);
void v2v_system_addresses(struct v2v_registry *registry, v2v_registry_key set,
	struct v2v_windows_nic *nic);
/* @class: the card's key in Control\\Class. */
void v2v_system_addresses6(struct v2v_registry *registry, v2v_registry_key set,
	v2v_registry_key class, struct v2v_windows_nic *nic);
void v2v_system_filters(struct v2v_registry *registry, v2v_registry_key set,
	struct v2v_windows *w);
#endif
