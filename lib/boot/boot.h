/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the step v2v-boot: a machine is started on layers that are
 * thrown away, confined and without a network, and watched. */
#ifndef V2V_BOOT_BOOT_H
#define V2V_BOOT_BOOT_H

#include "kernel/command.h"
#include "meta/meta.h"

/* Put a layer over each disk of @machine, which is @doc's, into @scratch: empty
 * but for a serial console of a Linux guest.  The machine's targets are these
 * layers from then on.  What lies below may be read: @command->files. */
int v2v_boot_disks(struct v2v *v, const json_t *doc,
	struct v2v_machine *machine, const char *scratch,
	struct v2v_vehicle_command *command, struct v2v_error *err);

/* UEFI's code, the caller's, as qemu's firmware descriptors have it
 * (docs/interop/firmware.json), and a copy of its variables in @scratch. */
int v2v_boot_firmware(const struct v2v_machine *machine, const char *config_dir,
	const char *scratch, char **ret_code, struct v2v_error *err);
#define V2V_BOOT_VARIABLES "variables.fd"

/* qemu's command for it; with an agent where @opt asks for it. */
int v2v_boot_command(struct v2v *v, const struct v2v_machine *machine,
	const struct v2v_boot_options *opt, const char *scratch,
	struct v2v_vehicle_command *command, struct v2v_error *err);

/* What was seen; owned. */
struct v2v_boot_result {
	const char *code; /* the verdict, "boot-login"; a literal */
	double seconds;	  /* from qemu's start */
	int picture;	  /* of the screen, an open PNG; -1: there is none */
	json_t *console;  /* the last lines, strings */
	bool has_agent;	  /* it was asked for its agent, which has answered */
};
void v2v_boot_result_clear(struct v2v_boot_result *result);
#define CLEANUP_BOOT_RESULT __attribute__((cleanup(v2v_boot_result_clear)))

/* Run it until there is a verdict, or for the seconds of @opt, which are set;
 * where that asks for the agent, until it has answered, too, or as long as one
 * that is up may need to start it. */
int v2v_boot_watch(struct v2v *v, const struct v2v_vehicle_command *command,
	const char *scratch, const struct v2v_boot_options *opt,
	struct v2v_boot_result *ret, struct v2v_error *err);

/* Seconds that the threads of the process @pid have run, or waited for a
 * processor of a host that is busy (Documentation/scheduler/sched-stats.rst);
 * negative: not known. */
double v2v_boot_busy(pid_t pid);
#endif
