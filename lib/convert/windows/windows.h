/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parts of a Windows' conversion.  Each adds edits of the registry to the
 * lists of struct v2v_windows_work, and files to the plan; the hives are edited
 * once, when all parts are done, and SYSTEM is the last operation of the plan.
 * Everything is done offline: no program of the guest is run.
 */
#ifndef V2V_CONVERT_WINDOWS_H
#define V2V_CONVERT_WINDOWS_H

#include "plan/converter.h"
#include "windows/edits.h"

extern const struct v2v_converter v2v_windows_converter;

struct v2v_windows_work {
	const struct v2v_task *task;
	const struct v2v_inspect *inspect; /* task's, borrowed as all here */
	const struct v2v_windows *windows; /* inspect's */
	const struct v2v_tree *tree;	   /* the stage */
	struct v2v_plan *plan;
	struct v2v_guestcaps *caps;
	const char *root; /* "/Windows" as it is spelled in the guest */
	const char *set;  /* "ControlSet001" */
	/* What is to be changed in the hives SYSTEM, SOFTWARE and BCD. */
	struct v2v_edits in_system, in_software, in_boot;
	/* Why the inbox drivers cannot boot it ("no-boot-driver"): a failure
	 * where caps->block_bus is still NULL when all parts are done. */
	struct v2v_error no_bus;
};

/* Is it of version @major.@minor or later: 6.0 Vista and 2008, 6.1 7, 6.2 8,
 * 10.0 10 and 11? */
bool v2v_windows_is_since(
	const struct v2v_windows_work *work, int64_t major, int64_t minor);

/* "ControlSet001\\Services\\storahci" of "Services\\storahci"; the caller's. */
char *v2v_windows_key(const struct v2v_windows_work *work, const char *below);

/* The kernel driver of that name, as the registry has it; NULL: it has none. */
const struct v2v_windows_driver *v2v_windows_driver_of(
	const struct v2v_windows_work *work, const char *service);

/* A service's Start, with the reason; and its StartOverride, which goes: it
 * would count in its place (Windows 8 and later). */
void v2v_windows_start(struct v2v_windows_work *work, const char *service,
	unsigned start, const char *code, const char *why);

/* The SAN policy that may leave disks on another bus offline, 2 to 4, or 0:
 * none is set, which is 2 on a server; -1: there is none, or one disk alone. */
int64_t v2v_windows_san_policy(const struct v2v_windows_work *work);

/* Where the boot manager's filesystem is mounted, "" for the root; borrowed, or
 * NULL: it is not. */
const char *v2v_windows_boot_top(const struct v2v_windows_work *work);

/* What Windows has itself for SATA (or IDE) and a network card: caps, and
 * drivers that are loaded at boot. */
int v2v_windows_controllers(
	struct v2v_windows_work *work, struct v2v_error *err);
/* virtio in their place, where virtio-win has drivers that Windows takes. */
int v2v_windows_virtio(struct v2v_windows_work *work, struct v2v_error *err);
/* What of the machine its version and registry decide: clock, ACPI, agent. */
int v2v_windows_caps(struct v2v_windows_work *work, struct v2v_error *err);
/* Services and filters of the old hypervisor are switched off. */
int v2v_windows_tools(struct v2v_windows_work *work, struct v2v_error *err);
/* After a crash it stops; disks on another bus come online. */
int v2v_windows_settings(struct v2v_windows_work *work, struct v2v_error *err);
/* \EFI\Boot, and what the boot manager shows. */
int v2v_windows_esp(struct v2v_windows_work *work, struct v2v_error *err);

/* What Windows itself has to do, when it starts first: a service of ours. */
int v2v_windows_firstboot(struct v2v_windows_work *work, struct v2v_error *err);

/* Last: the edits of all hives are carried out on copies, which become
 * operations of the plan, and its changes. */
int v2v_windows_hives(struct v2v_windows_work *work, struct v2v_error *err);
/* Behind it: who may do what with all that is written. */
int v2v_windows_protect(struct v2v_windows_work *work, struct v2v_error *err);
#endif
