/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was met on the way to the guest's files, for the findings. */
#ifndef V2V_INSPECT_STORAGE_H
#define V2V_INSPECT_STORAGE_H

#include "inspect/roots.h"

/* Files of the guest that hold its root: V2V_ROOT_IMAGES. */
struct v2v_root_images {
	struct v2v_list failed; /* of struct v2v_mount_failure: the newest */
	bool is_read;		/* the next one was */
};

struct v2v_storage {
	struct v2v_list volumes; /* of struct v2v_volume */
	struct v2v_roots roots;
	struct v2v_list not_mounted;	 /* of struct v2v_mount_failure */
	struct v2v_list auto_failed;	 /* the same, but no fstab names them */
	const struct v2v_list *replayed; /* v2v_guest_replayed(); NULL */
	struct v2v_root_images images;
	bool distro_unknown; /* to libguestfs */
};

void v2v_storage_clear(struct v2v_storage *storage);
#define CLEANUP_STORAGE __attribute__((cleanup(v2v_storage_clear)))

/*
 * Find the volumes and the roots, choose one as opt->root says, mount it and
 * what its fstab names, and fill of inspect root, distribution,
 * mountpoints, filesystems and firmware.  inspect->root stays NULL where there
 * is no operating system.
 */
int v2v_storage_find(struct v2v_guest *guest, const struct v2v_source *source,
	const char *root, struct v2v_inspect *inspect,
	struct v2v_storage *storage, struct v2v_error *err);

/*
 * What of it another backend may know, though this one does not: the caller's
 * text; NULL: nothing.  @may is asked of a filesystem's type; NULL: of what is
 * not known.
 */
char *v2v_storage_beyond(const struct v2v_storage *storage,
	bool (*may)(const void *opaque, const char *type), const void *opaque);

/*
 * The findings about it, a pure function: why there is no operating system,
 * or what of the storage prevents converting the one there is.
 */
void v2v_storage_findings(
	const struct v2v_storage *storage, struct v2v_inspect *inspect);
#endif
