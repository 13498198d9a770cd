/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What files have beside their content. */
#include "guest/kernel/private.h"

#include <linux/fs.h>

/* chattr(1); values: linux/fs.h. */
static const struct {
	char letter;
	uint32_t flag;
} letters[] = { { 'A', FS_NOATIME_FL }, { 'C', FS_NOCOW_FL },
	{ 'D', FS_DIRSYNC_FL }, { 'E', FS_ENCRYPT_FL }, { 'F', FS_CASEFOLD_FL },
	{ 'I', FS_INDEX_FL }, { 'N', FS_INLINE_DATA_FL },
	{ 'P', FS_PROJINHERIT_FL }, { 'S', FS_SYNC_FL }, { 'T', FS_TOPDIR_FL },
	{ 'V', FS_VERITY_FL }, { 'a', FS_APPEND_FL }, { 'c', FS_COMPR_FL },
	{ 'd', FS_NODUMP_FL }, { 'e', FS_EXTENT_FL }, { 'i', FS_IMMUTABLE_FL },
	{ 'j', FS_JOURNAL_DATA_FL }, { 's', FS_SECRM_FL },
	{ 't', FS_NOTAIL_FL }, { 'u', FS_UNRM_FL } };

static int get_xattrs(
	struct v2v_appliance *a, const char *path, struct v2v_list *xattrs)
{
	struct v2v_list found = { 0 };
	int status = v2v_kernel_xattrs(
		V2V_KERNEL_OF(a), path, false, &found, V2V_KERNEL_ERROR(a));

	v2v_list_foreach (const struct v2v_kernel_xattr, xattr, &found)
		v2v_appliance_xattr_add(
			xattrs, xattr->name, xattr->value, xattr->size);
	v2v_kernel_xattrs_clear(&found);
	return status;
}

static int copy_xattrs(
	struct v2v_appliance *a, const char *from, const char *to)
{
	struct v2v_list found = { 0 };
	int status = v2v_kernel_xattrs(
		V2V_KERNEL_OF(a), from, false, &found, V2V_KERNEL_ERROR(a));

	v2v_list_foreach (const struct v2v_kernel_xattr, xattr, &found)
		if (status == 0)
			status = v2v_kernel_set_xattr(V2V_KERNEL_OF(a), to,
				false, xattr->name, xattr->value, xattr->size,
				V2V_KERNEL_ERROR(a));
	v2v_kernel_xattrs_clear(&found);
	return status;
}

static int set_xattr(struct v2v_appliance *a, const char *path,
	const char *name, const char *value)
{
	return v2v_kernel_set_xattr(V2V_KERNEL_OF(a), path, false, name, value,
		strlen(value) + 1, V2V_KERNEL_ERROR(a));
}

static int put_xattr(struct v2v_appliance *a, const char *path,
	const char *name, const void *value, size_t size)
{
	return v2v_kernel_set_xattr(V2V_KERNEL_OF(a), path, false, name, value,
		size, V2V_KERNEL_ERROR(a));
}

static int remove_xattr(
	struct v2v_appliance *a, const char *path, const char *name)
{
	return v2v_kernel_remove_xattr(
		V2V_KERNEL_OF(a), path, false, name, V2V_KERNEL_ERROR(a));
}

static char *get_flags(struct v2v_appliance *a, const char *path)
{
	char text[ARRAY_SIZE(letters) + 1];
	uint32_t flags = 0;
	size_t n = 0;

	if (v2v_kernel_get_flags(
		    V2V_KERNEL_OF(a), path, &flags, V2V_KERNEL_ERROR(a)) < 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (flags & letters[i].flag)
			text[n++] = letters[i].letter;
	text[n] = '\0';
	return v2v_strdup(text);
}

static int set_flags(struct v2v_appliance *a, const char *path,
	const char *flags, bool clear)
{
	uint32_t now = 0, these = 0;

	if (v2v_kernel_get_flags(
		    V2V_KERNEL_OF(a), path, &now, V2V_KERNEL_ERROR(a)) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (strchr(flags, letters[i].letter))
			these |= letters[i].flag;
	return v2v_kernel_set_flags(V2V_KERNEL_OF(a), path,
		clear ? now & ~these : now | these, V2V_KERNEL_ERROR(a));
}

static int set_owner(
	struct v2v_appliance *a, const char *path, uint32_t uid, uint32_t gid)
{
	return v2v_kernel_chown(
		V2V_KERNEL_OF(a), path, false, uid, gid, V2V_KERNEL_ERROR(a));
}

static int set_mode(struct v2v_appliance *a, const char *path, uint32_t mode)
{
	return v2v_kernel_chmod(
		V2V_KERNEL_OF(a), path, mode & 07777, V2V_KERNEL_ERROR(a));
}

static int set_times(struct v2v_appliance *a, const char *path,
	const struct v2v_appliance_times *times)
{
	return v2v_kernel_utimens(V2V_KERNEL_OF(a), path, false, times->atime,
		(uint32_t)times->atime_ns, times->mtime,
		(uint32_t)times->mtime_ns, V2V_KERNEL_ERROR(a));
}

const struct v2v_appliance_attributes v2v_kernel_attributes_ops = {
	.xattrs = get_xattrs,
	.copy_xattrs = copy_xattrs,
	.set_xattr = set_xattr,
	.put_xattr = put_xattr,
	.remove_xattr = remove_xattr,
	.flags = get_flags,
	.set_flags = set_flags,
	.set_owner = set_owner,
	.set_mode = set_mode,
	.set_times = set_times,
};
