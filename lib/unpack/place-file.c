/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a disk lies: in the OVA, or in the work directory. */
#include "unpack/place-private.h"

char *v2v_place_file(struct v2v *v, const struct v2v_disk *disk,
	const char *suffix, struct v2v_workdir *workdir, struct v2v_error *err)
{
	if (!workdir->dir && v2v_workdir_get(v, NULL, NULL, workdir, err) < 0)
		return NULL;
	return v2v_format(
		"%s/disk-%lld%s", workdir->dir, (long long)disk->id, suffix);
}

/* Out of the spool folder, which is going to vanish.  Two machines may share a
 * disk: then each has a link to it. */
static int take_spooled(struct v2v *v, const struct v2v_ova_member *member,
	struct v2v_disk *disk, struct v2v_workdir *workdir,
	struct v2v_error *err)
{
	disk->file = v2v_place_file(v, disk, "", workdir, err);
	if (!disk->file)
		return -1;
	if (link(member->file, disk->file) < 0)
		return v2v_fail_errno(err, "cannot create '%s'", disk->file);
	return 0;
}

int v2v_place_member(struct v2v *v, const struct v2v_ova_member *member,
	struct v2v_disk *disk, struct v2v_workdir *workdir,
	struct v2v_error *err)
{
	if (!member->spooled)
		disk->file = v2v_strdup(member->file);
	else if (take_spooled(v, member, disk, workdir, err) < 0)
		return -1;
	if (!member->whole) {
		disk->offset = (int64_t)member->offset;
		disk->size = (int64_t)member->size;
	}
	return 0;
}
