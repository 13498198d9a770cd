/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The INF of a driver ("INF File Sections and Directives", Microsoft): what its
 * package is, and for which devices.  A text in UTF-8, UTF-16 or Latin-1, of a
 * bounded size; anything may be in it.
 */
#ifndef V2V_VIRTIO_WIN_INF_H
#define V2V_VIRTIO_WIN_INF_H

#include "windows/virtio-win/folders.h"

#define V2V_INF_SIZE (1U << 20) /* bytes; a larger one is not read */

struct v2v_inf {
	char *class_guid; /* "{4D36E97B-E325-11CE-BFC1-08002BE10318}"; NULL */
	char *catalog;	  /* "viostor.cat"; NULL */
	unsigned year, month, day; /* of DriverVer; 0: it has none */
	uint16_t version[4];	   /* 100.93.104.27200 */
	struct v2v_list ids;	   /* of char *, as written: "PCI\\VEN_…" */
};

/* Read what serves @target of the @size bytes of @data. */
void v2v_inf_read(const void *data, size_t size,
	const struct v2v_driver_target *target, struct v2v_inf *inf);
void v2v_inf_clear(struct v2v_inf *inf);
#define CLEANUP_INF __attribute__((cleanup(v2v_inf_clear)))

/* The text in UTF-8, without its mark; the caller's. */
char *v2v_inf_text(const void *data, size_t size);
#endif
