/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images of systems: files in the guest, and what lies behind one on a
 * partition. */
#ifndef V2V_GUEST_IMAGES_H
#define V2V_GUEST_IMAGES_H

#include "guest/guest.h"

/* The text of /@name in the image, a file of the mounted guest, as one of the
 * root of a live system ("/boot/1.4.0/1.4.0.squashfs"); the caller's, or NULL.
 * /boot is hidden meanwhile.  False, and one more of @failures (of struct
 * v2v_mount_failure): it does not mount. */
bool v2v_guest_image_text(struct v2v_guest *guest, const char *image,
	const char *name, char **ret_text, struct v2v_list *failures);

/* Mount, read-only, the filesystem that OpenWrt makes behind the squashfs on
 * @device; nothing where there is none.  One that the backend does not know is
 * added to @failures. */
void v2v_guest_mount_behind(struct v2v_guest *guest, const char *device,
	const char *path, struct v2v_list *failures);

/* Where that begins, bytes, by the first @size bytes of the squashfs; 0: they
 * are not a squashfs. */
#define V2V_SQUASHFS_HEAD 96
uint64_t v2v_squashfs_behind(const unsigned char *head, size_t size);
#endif
