/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command of a program that runs below a supervisor (kernel/supervisor.h):
 * what it is started with, and which files it may open. */
#ifndef V2V_KERNEL_COMMAND_H
#define V2V_KERNEL_COMMAND_H

#include "confine/landlock.h"
#include "core/mem.h"

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

/* The same for a qemu, behind v2v_command_begin(): KVM, random numbers and what
 * it reads of its own packages, its temporary files in @own, and its sandbox.
 */
void v2v_command_confine_qemu(
	struct v2v_vehicle_command *command, const char *own);
void v2v_command_clear(struct v2v_vehicle_command *command);

/* The program @name where programs of this machine are, the caller's; NULL. */
char *v2v_vehicle_program(const char *name);
#endif
