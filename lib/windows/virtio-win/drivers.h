/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The drivers of virtio-win that serve one Windows: which there are, their
 * files, what their INFs say, who signed them.  Nothing is decided.
 */
#ifndef V2V_VIRTIO_WIN_DRIVERS_H
#define V2V_VIRTIO_WIN_DRIVERS_H

#include "windows/virtio-win/inf.h"
#include "windows/virtio-win/signature.h"

struct v2v_driver_file {
	char *name; /* without a folder, lower case; safe in a guest */
	int fd;	    /* for reading, owned */
};

struct v2v_driver {
	const struct v2v_known_driver *known;
	char *folder;	       /* "viostor/w10/amd64", for people */
	struct v2v_list files; /* of struct v2v_driver_file */
	bool has_inf, has_program, has_catalog;
	struct v2v_inf inf;
	char *inf_digest; /* SHA-256 of the INF, in hex; NULL */
	struct v2v_signature program, catalog;
};

struct v2v_drivers {
	char *place;	      /* as v2v_driver_source has it */
	struct v2v_list list; /* of struct v2v_driver */
};

/* Read all known drivers for @target in the directory or image @place.  Fails
 * with "virtio-win".  CLEANUP_DRIVERS also after that. */
int v2v_drivers_read(const char *place, const struct v2v_driver_target *target,
	struct v2v_drivers *drivers, struct v2v_error *err);
void v2v_drivers_clear(struct v2v_drivers *drivers);
#define CLEANUP_DRIVERS __attribute__((cleanup(v2v_drivers_clear)))

/* That of this name ("vioser"); NULL. */
const struct v2v_driver *v2v_driver_find(
	const struct v2v_drivers *drivers, const char *name);
/* A file of it ("viostor.sys"); NULL. */
const struct v2v_driver_file *v2v_driver_file_find(
	const struct v2v_driver *driver, const char *name);

/* Would Windows load or install it?  -1 as v2v_signature_check(), or with
 * "driver-missing" where a part of it is not there. */
int v2v_driver_check(const struct v2v_driver *driver,
	const struct v2v_driver_target *target, struct v2v_error *err);

/* Who signed what Windows looks at: its program, or its catalog; borrowed, or
 * NULL. */
const char *v2v_driver_signer(const struct v2v_driver *driver);

/* Does its INF have an id of the transitional, of the modern device? */
bool v2v_driver_is_transitional(const struct v2v_driver *driver);
bool v2v_driver_is_modern(const struct v2v_driver *driver);

/* Add to @ids the ids of its PCI devices ("VEN_1AF4&DEV_1001&…"), without
 * "PCI\": those that the INF has, and of each device that it has and that QEMU
 * offers the forms that Windows looks up: with SUBSYS and REV, with REV, alone.
 */
void v2v_driver_ids(const struct v2v_driver *driver, struct v2v_list *ids);
#endif
