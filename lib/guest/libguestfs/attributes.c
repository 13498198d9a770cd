/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What files have beside their content. */
#include "guest/libguestfs/private.h"

static int get_xattrs(
	struct v2v_appliance *a, const char *path, struct v2v_list *xattrs)
{
	struct guestfs_xattr_list *found =
		guestfs_lgetxattrs(v2v_guestfs(a), path);

	if (!found)
		return -1;
	for (uint32_t i = 0; i < found->len; i++)
		v2v_appliance_xattr_add(xattrs, found->val[i].attrname,
			found->val[i].attrval, found->val[i].attrval_len);
	guestfs_free_xattr_list(found);
	return 0;
}

/* By the appliance itself: guestfs_setxattr() cuts values at a NUL. */
static int copy_xattrs(
	struct v2v_appliance *a, const char *from, const char *to)
{
	return guestfs_copy_attributes(v2v_guestfs(a), from, to,
		GUESTFS_COPY_ATTRIBUTES_XATTRIBUTES, 1, -1);
}

static int set_xattr(struct v2v_appliance *a, const char *path,
	const char *name, const char *value)
{
	return guestfs_lsetxattr(
		v2v_guestfs(a), name, value, (int)strlen(value) + 1, path);
}

/* As one word of a shell: only that gets bytes into the appliance's setfattr,
 * since guestfs_lsetxattr() cuts them at a NUL. */
static void add_quoted(struct v2v_text *command, const char *word)
{
	v2v_text_addf(command, " '");
	for (; *word; word++)
		if (*word == '\'')
			v2v_text_addf(command, "'\\''");
		else
			v2v_text_add(command, word, 1);
	v2v_text_addf(command, "'");
}

static int put_xattr(struct v2v_appliance *a, const char *path,
	const char *name, const void *value, size_t size)
{
	CLEANUP_FREE char *below = v2v_format("/sysroot%s", path);
	struct v2v_text command CLEANUP_TEXT = { 0 };
	char *argv[] = { NULL, NULL };
	CLEANUP_FREE char *output = NULL;

	v2v_text_addf(&command, "setfattr -h -n");
	add_quoted(&command, name);
	v2v_text_addf(&command, " -v 0x");
	for (size_t i = 0; i < size; i++)
		v2v_text_addf(
			&command, "%02x", ((const unsigned char *)value)[i]);
	v2v_text_addf(&command, " --");
	add_quoted(&command, below);
	argv[0] = command.data;
	output = guestfs_debug(v2v_guestfs(a), "sh", argv);
	return output ? 0 : -1;
}

static int remove_xattr(
	struct v2v_appliance *a, const char *path, const char *name)
{
	return guestfs_lremovexattr(v2v_guestfs(a), name, path);
}

static char *get_flags(struct v2v_appliance *a, const char *path)
{
	return guestfs_get_e2attrs(v2v_guestfs(a), path);
}

static int set_flags(struct v2v_appliance *a, const char *path,
	const char *flags, bool clear)
{
	return guestfs_set_e2attrs(v2v_guestfs(a), path, flags,
		GUESTFS_SET_E2ATTRS_CLEAR, clear, -1);
}

static int set_owner(
	struct v2v_appliance *a, const char *path, uint32_t uid, uint32_t gid)
{
	return guestfs_lchown(v2v_guestfs(a), (int)uid, (int)gid, path);
}

static int set_mode(struct v2v_appliance *a, const char *path, uint32_t mode)
{
	return guestfs_chmod(v2v_guestfs(a), (int)(mode & 07777), path);
}

static int set_times(struct v2v_appliance *a, const char *path,
	const struct v2v_appliance_times *times)
{
	return guestfs_utimens(v2v_guestfs(a), path, times->atime,
		times->atime_ns, times->mtime, times->mtime_ns);
}

const struct v2v_appliance_attributes v2v_libguestfs_attributes = {
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
