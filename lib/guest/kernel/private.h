/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of these backends share. */
#ifndef V2V_GUEST_KERNEL_PRIVATE_H
#define V2V_GUEST_KERNEL_PRIVATE_H

#include "disk/hold.h"
#include "disk/private.h"
#include "guest/kernel/kernel.h"
#include "kernel/client.h"
#include "kernel/vehicle.h"
#include "vhost/vhost.h"

struct v2v_kernel_guest;

/* A disk of the guest's: the kernel's reads and writes go to its layer. */
struct v2v_kernel_disk {
	struct v2v_kernel_guest *guest;
	struct v2v_private *layer;
	struct v2v_hold hold; /* of the disk's own file, in place */
};

struct v2v_kernel_guest {
	struct v2v_appliance a; /* the first */
	struct v2v_appliance_config config;
	const struct v2v_vehicle_ops *ops; /* the vehicle's */
	struct v2v_vhost *vhost;
	struct v2v_vehicle *vehicle;
	struct v2v_kernel_client kernel;
	struct v2v_kernel_disk *disks; /* one for each drive */
	struct v2v_private *tools;     /* the disk with its programs */
	char *dir;		       /* for sockets, in the private one */
	struct v2v_error err;	       /* of what failed last */
	struct v2v_error broken;       /* it is gone, or is not to be trusted */
	char tried[64];		       /* what was mounted last: "sda1" */
	size_t log_seen;   /* bytes of its log that were looked at */
	bool lvm_complete; /* each of its volumes is a device */
	bool is_writing;   /* arrays can be written to */
	/* RAID 6: something has it, and this kernel was started without. */
	bool lacks_raid6;
};

static inline struct v2v_kernel_guest *v2v_kernel_guest_of(
	const struct v2v_appliance *a)
{
	return (struct v2v_kernel_guest *)a;
}

/* For a client's function: the kernel, and where its error goes: what was said
 * of the operation before is over. */
#define V2V_KERNEL_OF(a)    (&v2v_kernel_guest_of(a)->kernel)
#define V2V_KERNEL_ERROR(a) (v2v_kernel_guest_error(a))
static inline struct v2v_error *v2v_kernel_guest_error(
	const struct v2v_appliance *a)
{
	struct v2v_kernel_guest *g = v2v_kernel_guest_of(a);

	g->err = (struct v2v_error){ 0 };
	g->kernel.error = 0;
	return &g->err;
}

#define CLEANUP_DEVICES __attribute__((cleanup(v2v_kernel_devices_clear)))
#define CLEANUP_PROBES	__attribute__((cleanup(v2v_kernel_probes_clear)))

/* volumes.c: is there a device of that type (libblkid's)?  1, 0; -1: it is not
 * known, or has RAID 6 and this kernel not.  Looks whether any lacks it. */
int v2v_kernel_has_any(struct v2v_appliance *a, const char *type);
/* The operations of struct v2v_appliance_devices. */
int v2v_kernel_get_array(struct v2v_appliance *a, const char *device,
	struct v2v_appliance_array *array);
int v2v_kernel_start_arrays(struct v2v_appliance *a);
int v2v_kernel_scan_lvm(struct v2v_appliance *a);
int v2v_kernel_list_subvolumes(
	struct v2v_appliance *a, const char *device, struct v2v_list *paths);

/* images.c: files for a vehicle's kernel, in a folder where they are kept. */
struct v2v_kernel_images {
	struct v2v_vehicle_kernel kernel;
	char *cache, *boot, *tools;
};
int v2v_kernel_images_get(struct v2v *v, const struct v2v_vehicle_ops *vehicle,
	struct v2v_kernel_images *images, struct v2v_error *err);
void v2v_kernel_images_clear(struct v2v_kernel_images *images);
#define CLEANUP_KERNEL_IMAGES __attribute__((cleanup(v2v_kernel_images_clear)))

/* disks.c: a server with all disks of the machine; the sockets' names are added
 * to @sockets (of char *). */
int v2v_kernel_disks_serve(struct v2v_kernel_guest *guest, const char *tools,
	struct v2v_list *sockets, struct v2v_error *err);
void v2v_kernel_disks_close(struct v2v_kernel_guest *guest);
/* Each layer that is not empty goes into its drive's file, an overlay. */
int v2v_kernel_disks_publish(
	struct v2v_kernel_guest *guest, struct v2v_error *err);
/* Why a write to one failed; 0: none did. */
int v2v_kernel_disks_check(
	const struct v2v_kernel_guest *guest, struct v2v_error *err);

/* in-place.c: can the layers be written to the disks themselves in the end?
 * Before anything is made for it. */
int v2v_kernel_in_place_check(
	const struct v2v_appliance_config *config, struct v2v_error *err);
/* From now on nobody else writes the disk. */
int v2v_kernel_in_place_hold(
	struct v2v_kernel_guest *guest, size_t index, struct v2v_error *err);
/* Now they are written, by all layers that are not empty. */
int v2v_kernel_in_place_write(
	struct v2v_kernel_guest *guest, struct v2v_error *err);

/* What fails so may be done by another backend. */
#define V2V_KERNEL_CANNOT "backend-cannot"

/* knows() of struct v2v_appliance_life. */
int v2v_kernel_knows(struct v2v *v, const struct v2v_vehicle_ops *vehicle,
	const char *type, unsigned *ret_linux);

/* The parts of the table; life: one for each vehicle. */
extern const struct v2v_appliance_life v2v_uml_life, v2v_qemu_life;
extern const struct v2v_appliance_devices v2v_kernel_devices_ops;
extern const struct v2v_appliance_mounts v2v_kernel_mounts_ops;
extern const struct v2v_appliance_files v2v_kernel_files_ops;
extern const struct v2v_appliance_attributes v2v_kernel_attributes_ops;
extern const struct v2v_appliance_writing v2v_kernel_writing_ops;
extern const struct v2v_appliance_packages v2v_kernel_packages_ops;

#endif
