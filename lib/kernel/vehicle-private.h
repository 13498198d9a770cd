/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kinds of vehicles share. */
#ifndef V2V_KERNEL_VEHICLE_PRIVATE_H
#define V2V_KERNEL_VEHICLE_PRIVATE_H

#include "kernel/command.h"
#include "kernel/vehicle.h"

/* The memory that is asked for. */
unsigned v2v_vehicle_memory(unsigned memory_mib);

/* Has this machine so much memory that is not used?  Else why not. */
bool v2v_vehicle_has_memory(unsigned memory_mib, char **ret_reason);

/* A name for @path that the command can have, whatever characters are in
 * @path: a link in @own, which is in the directory where it is run; the
 * caller's.  NULL on failure. */
char *v2v_vehicle_link(const char *own, const char *name, const char *path,
	struct v2v_error *err);

/* Is V2V_VEHICLE_NO_RAID6 among the kernel's arguments?  Where it is a module
 * nothing is measured before it is needed; it might not load then. */
bool v2v_vehicle_skips_raid6(const struct v2v_vehicle_config *config);
#define V2V_VEHICLE_NO_RAID6 "initcall_blacklist=raid6_select_algo"

/* What they mount and start: arguments of the kernel that all have. */
#define V2V_VEHICLE_ARGUMENTS "oops=panic cryptomgr.notests loglevel=5"
#endif
