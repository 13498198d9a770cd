/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The drives of a machine while its descriptor is read: in any order and of any
 * kind, then as disks in the guest's own order and as removables.
 */
#ifndef V2V_UNPACK_DRIVES_H
#define V2V_UNPACK_DRIVES_H

#include "unpack/descriptor.h"

#define V2V_DRIVES_MAX 256
#define V2V_NICS_MAX   64

enum v2v_drive_type { V2V_DRIVE_DISK, V2V_DRIVE_CD, V2V_DRIVE_FLOPPY };

struct v2v_drive {
	enum v2v_drive_type type;
	const char *bus;    /* "scsi" "ide" ...: a literal; NULL: unknown */
	const char *model;  /* of the controller: a literal; NULL: unknown */
	int64_t controller; /* its number among those of the bus */
	int64_t unit;	    /* place on it; -1: unknown */
	char *href;	    /* of a disk: the file as it is written */
	const char *format; /* a literal; NULL: not said */
	bool foreign;	    /* as in struct v2v_descriptor_disk */
	size_t order;	    /* in the descriptor */
};

/* A zeroed drive more, unit -1; NULL and an error where there are too many. */
struct v2v_drive *v2v_drives_add(
	struct v2v_list *drives, struct v2v_error *err);

/* Give the machine its disks and removables, and empty the list. */
void v2v_drives_take(
	struct v2v_list *drives, struct v2v_descriptor_machine *machine);

void v2v_drives_clear(struct v2v_list *drives);
#define CLEANUP_DRIVES __attribute__((cleanup(v2v_drives_clear)))

/* A file's name of VMware, VirtualBox or libvirt, the caller's: "C:\\x\\y.vmdk"
 * and "x\\y.vmdk" with '/', "[datastore] x/y.vmdk" without its first word.
 * Foreign are those that do not count from the descriptor's folder. */
char *v2v_drive_file(const char *file, bool *ret_foreign);

/* A zeroed card more, its id filled in; NULL and an error as above. */
struct v2v_nic *v2v_nics_add(struct v2v_source *source, struct v2v_error *err);

/* "00:50:56:AA:BB:CC", or with '-' or nothing between the pairs: in lower case
 * with colons, the caller's; NULL for anything else. */
char *v2v_mac_clean(const char *text);

/* "SOCKETS x CORES x THREADS"; nothing where one of them is 0. */
void v2v_source_set_topology(struct v2v_source *source, uint64_t sockets,
	uint64_t cores, uint64_t threads);

/* Bytes of memory and processors, checked: "descriptor-number" where they are
 * out of range.  @what begins the message. */
int v2v_source_set_memory(struct v2v_source *source, const char *what,
	uint64_t n, uint64_t unit, struct v2v_error *err);
int v2v_source_set_vcpus(struct v2v_source *source, const char *what,
	uint64_t n, struct v2v_error *err);
#endif
