/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The folders of virtio-win: which of them has the drivers of which Windows.
 * One build serves several versions (kvm-guest-drivers-windows,
 * Tools/filemap.py), so where a folder is missing another one is as good.
 */
#ifndef V2V_VIRTIO_WIN_FOLDERS_H
#define V2V_VIRTIO_WIN_FOLDERS_H

#include "model/inspect.h"
#include "windows/virtio-win/source.h"

/* What the drivers must be for. */
struct v2v_driver_target {
	int64_t major, minor;
	int64_t build; /* 22631; -1: not known */
	bool is_server;
	const char *arch; /* "x86" "amd64" "arm64" */
};

/* Of an inspected Windows; false: there are no drivers for its machine. */
bool v2v_driver_target_of(
	const struct v2v_inspect *inspect, struct v2v_driver_target *target);
bool v2v_driver_target_is_64(const struct v2v_driver_target *target);
/* Is it @major.@minor or newer? */
bool v2v_driver_target_since(
	const struct v2v_driver_target *target, int64_t major, int64_t minor);

/* The names of its folders, the best first, NULL at the end; static.  Empty: a
 * version that virtio-win does not know. */
const char *const *v2v_driver_folders(const struct v2v_driver_target *target);

/* A driver of virtio-win. */
struct v2v_known_driver {
	const char *folder; /* lower case: "vioserial" */
	const char *name;   /* of its INF and its program: "vioser" */
	/* Of devices in "VEN_1AF4&DEV_": transitional, modern; "": none */
	const char *transitional, *modern;
	/* The same with SUBSYS, as QEMU has it, and REV */
	const char *transitional_suffix, *modern_suffix;
	bool is_boot;	    /* disks are reached by it */
	const char *unless; /* another one is there that does the same */
};

/* All that are taken, with a zeroed one at the end. */
#define V2V_KNOWN_DRIVERS 12
extern const struct v2v_known_driver v2v_known_drivers[V2V_KNOWN_DRIVERS + 1];

/* Where the driver lies, as a prefix of keys ("netkvm/w10/amd64/"); the
 * caller's; NULL: nowhere. */
char *v2v_driver_folder(const struct v2v_driver_source *source,
	const struct v2v_known_driver *driver,
	const struct v2v_driver_target *target);
#endif
