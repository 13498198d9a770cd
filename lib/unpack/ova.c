/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An OVA by what it is: a table of containers. */
#include "core/file.h"
#include "unpack/ova-private.h"

static const struct v2v_container_ops *const containers[] = {
	&v2v_container_tar, &v2v_container_packed, &v2v_container_zip,
	&v2v_container_folder, &v2v_container_ovf
};

int v2v_ova_open(struct v2v *v, const char *path, struct v2v_ova *ova,
	struct v2v_error *err)
{
	ova->folder_fd = -1;
	ova->names = json_object();
	ova->file = v2v_realpath(path, err);
	if (!ova->file || v2v_container_of(ova->file, &ova->kind, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(containers); i++)
		if (containers[i]->kind == ova->kind) {
			ova->ops = containers[i];
			return ova->ops->open(v, ova, err);
		}
	return v2v_fail(err, "not-an-ova",
		"'%s' is neither an OVA nor a disk image", ova->file);
}

int v2v_ova_fetch(struct v2v *v, struct v2v_ova *ova, struct v2v_error *err)
{
	if (!ova->ops || !ova->ops->fetch)
		return 0;
	v2v_ova_foreach (member, ova)
		if (!member->file && (member->wanted || member->algorithms))
			return ova->ops->fetch(v, ova, err);
	return 0;
}
