/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where Windows drivers for virtio come from: a directory, or an ISO 9660 image
 * that is read in place.  It is only known which files there are, until some
 * of them are fetched.  Names are compared without case.  An image is as
 * little to be trusted as any download: the number of its files and their sizes
 * are bounded, and none of its names is used as a name of the host.
 */
#ifndef V2V_VIRTIO_WIN_SOURCE_H
#define V2V_VIRTIO_WIN_SOURCE_H

#include "core/error.h"
#include "core/fields.h"

/* Where the package virtio-win of Fedora and RHEL puts them. */
#define V2V_VIRTIO_WIN_PLACE "/usr/share/virtio-win"

struct v2v_source_file {
	char *path; /* as it is written there, relative: "NetKVM/w10/…" */
	char *key;  /* the same in lower case */
	/* Of an image: another one's path, whose bytes are this one's too;
	 * NULL */
	char *link;
	uint64_t size; /* bytes */
};

struct v2v_driver_source {
	char *place; /* the directory or the image, for messages */
	int fd;	     /* of it */
	bool is_image;
	struct v2v_list files; /* of struct v2v_source_file, sorted by key */
};

/*
 * Open the directory or image @place; a directory that has no drivers but an
 * image in it (virtio-win.iso, or its only *.iso) is that image.  Fails with
 * "virtio-win".  CLEANUP_DRIVER_SOURCE also after that.
 */
int v2v_driver_source_open(const char *place, struct v2v_driver_source *source,
	struct v2v_error *err);
void v2v_driver_source_clear(struct v2v_driver_source *source);
#define CLEANUP_DRIVER_SOURCE __attribute__((cleanup(v2v_driver_source_clear)))

/* The first of the files whose key begins with @prefix, in lower case, and how
 * many there are; borrowed. */
const struct v2v_source_file *v2v_driver_source_below(
	const struct v2v_driver_source *source, const char *prefix,
	size_t *ret_count);

/* One that is to be read. */
struct v2v_fetch {
	const struct v2v_source_file *file;
	int fd; /* for reading, owned; -1 before */
};

/* Open the @count files of @wanted; an image is passed over once. */
int v2v_driver_source_fetch(const struct v2v_driver_source *source,
	struct v2v_fetch *wanted, size_t count, struct v2v_error *err);
#endif
