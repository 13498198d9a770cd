/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: a root that is an image, as firmware of appliances is. */
#include "inspect/findings/find-private.h"
#include "inspect/storage.h"

#include "guest/mounts.h"

/* A change in a file that is on an image: "/etc/fstab:2" is in /etc/fstab. */
static const struct v2v_finding *find_change(const struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_finding, finding, &inspect->findings)
		if (v2v_streq(finding->level, V2V_CHANGE) && finding->where &&
			*finding->where == '/' &&
			v2v_mountpoint_is_image(
				inspect, v2v_inspect_mountpoint_of(
						 inspect, finding->where)))
			return finding;
	return NULL;
}

void v2v_find_image(struct v2v_inspect *inspect)
{
	const struct v2v_finding *change = find_change(inspect);
	/* Of its own: the list moves as it grows. */
	CLEANUP_FREE char *where = v2v_strdup(change ? change->where : NULL);
	CLEANUP_FREE char *code = v2v_strdup(change ? change->code : NULL);

	if (!v2v_inspect_is_image(inspect))
		return;
	v2v_finding_add(inspect, V2V_NOTE, "root-image", inspect->root,
		"its / is an image that is never written to: names of network "
		"cards are not kept there");
	if (where)
		v2v_finding_add(inspect, V2V_BLOCKER, "guest-read-only", where,
			"it is in an image, and would have to be changed "
			"(%s); copy the machine without converting it",
			code);
}

static void find_root_image(const struct v2v_mount_failure *failure,
	bool is_read, struct v2v_inspect *inspect)
{
	if (is_read)
		v2v_finding_add(inspect, V2V_NOTE, "not-mounted",
			failure->device,
			"it is an image of the guest's root, newer than the "
			"one that was read, and does not mount: %s",
			failure->reason);
	else if (failure->unsupported)
		v2v_finding_add(inspect, V2V_BLOCKER, "fs-not-supported",
			failure->device,
			"the appliance's kernel cannot mount this image of the "
			"guest's root (%s); a newer one may",
			failure->reason);
	else
		v2v_finding_add(inspect, V2V_BLOCKER, "filesystem-damaged",
			failure->device,
			"this image of the guest's root does not mount (%s)",
			failure->reason);
}

void v2v_find_root_images(
	const struct v2v_root_images *images, struct v2v_inspect *inspect)
{
	v2v_list_foreach (
		const struct v2v_mount_failure, failure, &images->failed)
		find_root_image(failure, images->is_read, inspect);
}
