/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a file of the guest has beside its content. */
#include "guest/private.h"

/* Letters of chattr(1) that keep a file from being replaced, and those that a
 * new one can be given; the others are the filesystem's own affair. */
#define PROTECTING "ia"
#define CARRIED	   "AacdijSsu"

/* Those of @flags that are in @wanted; NULL where there are none. */
static char *pick(const char *flags, const char *wanted)
{
	struct v2v_text some CLEANUP_TEXT = { 0 };

	for (; flags && *flags; flags++)
		if (strchr(wanted, *flags))
			v2v_text_add(&some, flags, 1);
	return some.length ? v2v_text_take(&some) : NULL;
}

void v2v_attributes_clear(struct v2v_attributes *a)
{
	guestfs_free_statns(a->stat);
	guestfs_free_xattr_list(a->xattrs);
	free(a->flags);
	*a = (struct v2v_attributes){ 0 };
}

int v2v_attributes_get(struct v2v_guest *guest, const char *name,
	struct v2v_attributes *a, struct v2v_error *err)
{
	CLEANUP_FREE char *flags = NULL;

	a->stat = guestfs_lstatns(guest->g, name);
	if (!a->stat)
		return v2v_guest_fail(guest, err, "guest-read",
			"cannot read the guest's '%s'", name);
	/* Filesystems without attributes (vfat) have none to lose. */
	a->xattrs = guestfs_lgetxattrs(guest->g, name);
	if (!S_ISLNK(a->stat->st_mode))
		flags = guestfs_get_e2attrs(guest->g, name);
	a->flags = pick(flags, CARRIED);
	return v2v_check_cancel(guest->v, err);
}

static const struct guestfs_xattr *find(
	const struct guestfs_xattr_list *list, const char *name)
{
	for (uint32_t i = 0; list && i < list->len; i++)
		if (strcmp(list->val[i].attrname, name) == 0)
			return &list->val[i];
	return NULL;
}

static bool is_same(
	const struct guestfs_xattr *a, const struct guestfs_xattr *b)
{
	return a && b && a->attrval_len == b->attrval_len &&
	       memcmp(a->attrval, b->attrval, a->attrval_len) == 0;
}

/* By the appliance itself: guestfs_setxattr() cuts values at a NUL.  A new file
 * may have inherited some (default ACLs): they go. */
static void copy_xattrs(struct v2v_guest *guest, const char *from,
	const char *to, const struct guestfs_xattr_list *wanted)
{
	struct guestfs_xattr_list *has;

	if (wanted && wanted->len)
		guestfs_copy_attributes(guest->g, from, to,
			GUESTFS_COPY_ATTRIBUTES_XATTRIBUTES, 1, -1);
	has = guestfs_lgetxattrs(guest->g, to);
	for (uint32_t i = 0; has && i < has->len; i++)
		if (!find(wanted, has->val[i].attrname))
			guestfs_lremovexattr(
				guest->g, has->val[i].attrname, to);
	for (uint32_t i = 0; wanted && i < wanted->len; i++)
		if (!is_same(find(has, wanted->val[i].attrname),
			    &wanted->val[i]))
			v2v_warn(guest->v, "guest-attributes",
				"the guest's '%s' loses its attribute '%s'",
				from, wanted->val[i].attrname);
	guestfs_free_xattr_list(has);
}

int v2v_attributes_set_times(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *a, struct v2v_error *err)
{
	const struct guestfs_statns *st = a->stat;

	if (guestfs_utimens(guest->g, name, st->st_atime_sec, st->st_atime_nsec,
		    st->st_mtime_sec, st->st_mtime_nsec) < 0)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot set the times of the guest's '%s'", name);
	return 0;
}

/* In this order: a change of owner takes set-uid bits and capabilities. */
int v2v_attributes_copy(struct v2v_guest *guest, const char *from,
	const char *to, const struct v2v_attributes *a, struct v2v_error *err)
{
	const struct guestfs_statns *st = a->stat;

	if (guestfs_lchown(guest->g, (int)st->st_uid, (int)st->st_gid, to) < 0)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot give the guest's '%s' its owner", from);
	if (guestfs_chmod(guest->g, (int)(st->st_mode & 07777), to) < 0)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot give the guest's '%s' its mode", from);
	copy_xattrs(guest, from, to, a->xattrs);
	return v2v_attributes_set_times(guest, to, a, err);
}

static void change_flags(struct v2v_guest *guest, const char *name,
	const char *flags, bool clear)
{
	if (flags && guestfs_set_e2attrs(guest->g, name, flags,
			     GUESTFS_SET_E2ATTRS_CLEAR, clear, -1) < 0)
		v2v_debug(guest->v, "guest-attributes", "'%s': flags '%s': %s",
			name, flags, guestfs_last_error(guest->g));
}

void v2v_attributes_unprotect(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *a)
{
	CLEANUP_FREE char *flags = pick(a->flags, PROTECTING);

	change_flags(guest, name, flags, true);
}

void v2v_attributes_protect(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *a)
{
	change_flags(guest, name, a->flags, false);
}

char *v2v_attributes_open_directory(
	struct v2v_guest *guest, const char *directory)
{
	CLEANUP_FREE char *flags = guestfs_get_e2attrs(guest->g, directory);
	char *protecting = pick(flags, PROTECTING);

	change_flags(guest, directory, protecting, true);
	return protecting;
}

void v2v_attributes_close_directory(
	struct v2v_guest *guest, const char *directory, const char *flags)
{
	change_flags(guest, directory, flags, false);
}
