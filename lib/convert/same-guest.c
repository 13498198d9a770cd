/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is the document's `inspect` of these disks?  Only what both state is
 * compared: scripts leave things out, and what no key opened is not seen. */
#include "convert/conversion.h"
#include "guest/volumes.h"

/* Two volume groups may have one name; then so have their volumes. */
static bool has_filesystem(
	const struct v2v_inspect *inspect, const char *device, const char *uuid)
{
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &inspect->filesystems)
		if (v2v_streq(fs->device, device) &&
			v2v_is_same_uuid(fs->uuid, uuid))
			return true;
	return false;
}

static bool is_uuid(const char *uuid)
{
	return uuid && *uuid;
}

int v2v_conversion_check_guest(
	const struct v2v_conversion *c, struct v2v_error *err)
{
	v2v_list_foreach (
		const struct v2v_filesystem, fs, &c->inspect.filesystems) {
		CLEANUP_FREE char *uuid =
			is_uuid(fs->uuid) ? v2v_guest_uuid(c->guest, fs->device)
					  : NULL;

		if (!is_uuid(uuid) ||
			has_filesystem(&c->inspect, fs->device, uuid))
			continue;
		return v2v_fail(err, "inspect-mismatch",
			"the document's inspection is of other disks: the UUID "
			"of %s is %s there, and %s on the disks; v2v-inspect "
			"makes a new one",
			fs->device, fs->uuid, uuid);
	}
	return 0;
}
