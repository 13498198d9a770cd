/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a filesystem did not mount.  mount(8) says "wrong fs type, bad option,
 * bad superblock …" whatever it is; the kernel's log says what. */
#include "guest/mount-words.h"
#include "guest/libguestfs/private.h"

/* What the kernel's log says since it was looked at. */
static char *last_words(struct v2v_libguestfs *l, bool *ret_unsupported)
{
	CLEANUP_FREE char *all = guestfs_dmesg(l->g);
	size_t length = all ? strlen(all) : 0;
	size_t seen = l->log_seen <= length ? l->log_seen : 0;

	l->log_seen = length;
	return all ? v2v_mount_words(all + seen, ret_unsupported) : NULL;
}

void v2v_libguestfs_mount_words(
	struct v2v_appliance *a, char **ret_reason, bool *ret_unsupported)
{
	struct v2v_libguestfs *l = v2v_libguestfs_of(a);
	const char *last = guestfs_last_error(l->g);
	CLEANUP_FREE char *why = v2v_strdup(last ? last : "unknown");

	*ret_reason = NULL;
	*ret_unsupported = strstr(why, "unknown filesystem type") != NULL;
	if (!*ret_unsupported)
		*ret_reason = last_words(l, ret_unsupported);
	if (!*ret_reason)
		*ret_reason = v2v_strndup(why, strcspn(why, "\n"));
}
