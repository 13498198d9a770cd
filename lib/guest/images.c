/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images of systems, through loop devices. */
#include "guest/images.h"

#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/private.h"

#include <errno.h>

bool v2v_guest_image_text(struct v2v_guest *guest, const char *image,
	const char *name, char **ret_text, struct v2v_list *failures)
{
	CLEANUP_FREE char *path = v2v_format("/boot/%s", name);

	if (v2v_call(guest, mounts, mount_image, image, "/boot") < 0) {
		v2v_guest_mount_failed(guest, image, "/boot", failures);
		return false;
	}
	v2v_guest_forget(guest);
	*ret_text = v2v_guest_text(guest, path);
	v2v_guest_umount_at(guest, "/boot");
	return true;
}

/* squashfs.rst: bytes_used, little endian, at 40.  libfstools of OpenWrt:
 * ROOTDEV_OVERLAY_ALIGN. */
uint64_t v2v_squashfs_behind(const unsigned char *head, size_t size)
{
	const uint64_t align = 64 << 10;
	uint64_t used = 0;

	if (size < 48 || memcmp(head, "hsqs", 4) != 0)
		return 0;
	for (unsigned i = 8; i-- > 0;)
		used = used << 8 | head[40 + i];
	if (used > INT64_MAX - align)
		return 0;
	return (used + align - 1) / align * align;
}

/* It may be that nothing was made there yet, which no backend can tell from
 * damage; but what one has no driver for is there. */
static void not_behind(struct v2v_guest *guest, const char *device,
	const char *path, struct v2v_list *failures)
{
	struct v2v_list why CLEANUP_MOUNT_FAILURES = { 0 };
	struct v2v_mount_failure *failure;
	bool is_known = v2v_call(guest, life, error_number) != EMEDIUMTYPE;

	v2v_guest_mount_failed(guest, device, path, &why);
	failure = why.items;
	v2v_debug(guest->v, "not-mounted",
		"nothing is mounted at %s from behind the image on '%s': %s",
		path, device, failure->reason);
	if (!is_known || !failure->unsupported)
		return;
	*(struct v2v_mount_failure *)v2v_list_add(failures, sizeof *failure) =
		*failure;
	*failure = (struct v2v_mount_failure){ 0 };
}

void v2v_guest_mount_behind(struct v2v_guest *guest, const char *device,
	const char *path, struct v2v_list *failures)
{
	unsigned char head[V2V_SQUASHFS_HEAD];
	CLEANUP_FREE char *options = NULL;
	uint64_t offset;

	if (!v2v_guest_read_device(guest, device, head, sizeof head, 0))
		return;
	offset = v2v_squashfs_behind(head, sizeof head);
	if (!offset)
		return;
	options = v2v_format("loop,ro,offset=%llu", (unsigned long long)offset);
	v2v_guest_forget(guest);
	if (v2v_call(guest, mounts, mount, NULL, options, device, path) < 0)
		not_behind(guest, device, path, failures);
}
