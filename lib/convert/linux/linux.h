/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Converting a Linux guest: files are read and edited, no program of the guest
 * is run unless it is asked for.  The parts share one struct; each reads the
 * stage of a plan, writes to it, and says what it changes.
 */
#ifndef V2V_CONVERT_LINUX_LINUX_H
#define V2V_CONVERT_LINUX_LINUX_H

#include "linux/device-files.h"
#include "linux/linux-guest.h"
#include "linux/network/nettexts.h"
#include "model/devices.h"
#include "plan/converter.h"

extern const struct v2v_converter v2v_linux_converter;

/* What becomes of the network cards, once v2v_linux_network() has decided. */
struct v2v_linux_cards {
	struct v2v_net_edit edit; /* of the lists here, and of caps->nics */
	struct v2v_list macs;	  /* of struct v2v_mac_change */
	struct v2v_list places;	  /* of struct v2v_net_place */
	struct v2v_list cards;	  /* of struct v2v_net_card */
};
void v2v_linux_cards_clear(struct v2v_linux_cards *cards);

struct v2v_linux {
	struct v2v *v;
	const struct v2v_task *task;
	const struct v2v_source *source;   /* borrowed */
	const struct v2v_inspect *inspect; /* borrowed */
	const struct v2v_tree *tree;	   /* the plan's */
	struct v2v_plan *plan;
	const struct v2v_linux_guest *guest; /* as it was before the plan */
	struct v2v_devices devices;
	struct v2v_guestcaps *caps;
	struct v2v_linux_cards cards;
	bool initrd_network; /* an initrd brings up a network */
};

/* What the parts share, for @task. */
struct v2v_linux v2v_linux_of(const struct v2v_task *task);

/* The parts, in the order in which they are done. */

/* What the guest's kernel can use: caps but for changes and nics. */
int v2v_linux_caps(struct v2v_linux *conversion, struct v2v_error *err);

/* Devices and consoles, in the files of linux/device-files.h. */
int v2v_linux_names(struct v2v_linux *conversion, struct v2v_error *err);

/* A serial console, where it is asked for. */
int v2v_linux_serial(struct v2v_linux *conversion, struct v2v_error *err);

/* A UEFI guest without \EFI\BOOT\BOOTX64.EFI gets it from its own loader. */
int v2v_linux_uefi(struct v2v_linux *conversion, struct v2v_error *err);

/* Give each NIC a MAC, and the guest's old interface names to these MACs. */
int v2v_linux_network(struct v2v_linux *conversion, struct v2v_error *err);

/* Files of the old hypervisor and caches that name its devices. */
int v2v_linux_leftovers(struct v2v_linux *conversion, struct v2v_error *err);

/* The old hypervisor's services, folders, repositories and drivers. */
int v2v_linux_foreign(struct v2v_linux *conversion, struct v2v_error *err);

/* The initrds of all kernels. */
int v2v_linux_initramfs(struct v2v_linux *conversion, struct v2v_error *err);

/* Configuration of the tools that make initramfs: they keep the drivers. */
int v2v_linux_persist(struct v2v_linux *conversion, struct v2v_error *err);

/* SELinux labels for the files that are new. */
int v2v_linux_selinux(struct v2v_linux *conversion, struct v2v_error *err);

/* Programs of the guest, once the plan is committed. */

/* Its packages, by the guest's package manager; where remove_tools says so.
 * That it fails is a warning. */
int v2v_linux_remove_tools(struct v2v_linux *conversion,
	struct v2v_guest *guest, struct v2v_error *err);

/* Is there room for what the guest's tools make?  Nothing is written. */
int v2v_linux_rebuild_room(
	const struct v2v_linux *conversion, struct v2v_error *err);

/* The initrds by the guest's own tools; drivers that are then missing are an
 * error. */
int v2v_linux_rebuild(struct v2v_linux *conversion, struct v2v_guest *guest,
	struct v2v_error *err);

/* What the parts have in common. */

/* Add to @names (of char *) the drivers for the disks that the kernels have as
 * modules. */
void v2v_linux_drivers(struct v2v_linux *conversion, struct v2v_list *names);

/* Is the file in the part of the system that is never written to?  Then note
 * that it stays as it is. */
bool v2v_linux_is_sealed(struct v2v_linux *conversion, const char *path);

/*
 * Edit a text of the guest, and say line by line what that changes.  Nothing
 * where the file is absent or stays as it is; of a link that leads to no file
 * the user is warned.
 */
int v2v_linux_edit(struct v2v_linux *conversion,
	const struct v2v_device_file *file, struct v2v_error *err);
#endif
