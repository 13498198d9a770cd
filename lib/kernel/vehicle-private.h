/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kinds of vehicles share. */
#ifndef V2V_KERNEL_VEHICLE_PRIVATE_H
#define V2V_KERNEL_VEHICLE_PRIVATE_H

#include "confine/landlock.h"
#include "kernel/vehicle.h"

/* From v2v_command_begin() on; owned. */
struct v2v_vehicle_command {
	char **argv, **environment; /* NULL at the end, or NULL */
	size_t arguments, variables;
	uint64_t max_file, max_memory; /* as struct v2v_supervised has it */
	bool is_boxed;
	struct v2v_landlock files; /* that it may open */
	int file;		   /* V2V_SUPERVISED_FILE; owned; 0: none */
};

/* The command of a program, in a folder @own, with no environment but what
 * programs need, with Landlock where this machine has it: it may load itself,
 * and write in its folder. */
int v2v_command_begin(struct v2v_vehicle_command *command, const char *program,
	const char *own, struct v2v_error *err);
void v2v_command_add(struct v2v_vehicle_command *command, const char *fmt, ...)
	V2V_PRINTF(2, 3);
void v2v_command_set(struct v2v_vehicle_command *command, const char *name,
	const char *value);
void v2v_command_clear(struct v2v_vehicle_command *command);

/* The program @name where programs of this machine are, the caller's; NULL. */
char *v2v_vehicle_program(const char *name);

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
