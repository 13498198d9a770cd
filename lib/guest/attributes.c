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
	v2v_appliance_xattrs_clear(&a->xattrs);
	free(a->flags);
	*a = (struct v2v_attributes){ 0 };
}

int v2v_attributes_get(struct v2v_guest *guest, const char *name,
	struct v2v_attributes *a, struct v2v_error *err)
{
	CLEANUP_FREE char *flags = NULL;

	if (v2v_call(guest, files, lstat, name, &a->stat) < 0)
		return v2v_guest_fail(guest, err, "guest-read",
			"cannot read the guest's '%s'", name);
	a->is_there = true;
	/* Filesystems without attributes (vfat) have none to lose. */
	v2v_call(guest, attributes, xattrs, name, &a->xattrs);
	if (!S_ISLNK(a->stat.mode))
		flags = v2v_call(guest, attributes, flags, name);
	a->flags = pick(flags, CARRIED);
	return v2v_check_cancel(guest->v, err);
}

static const struct v2v_appliance_xattr *find(
	const struct v2v_list *list, const char *name)
{
	v2v_list_foreach (const struct v2v_appliance_xattr, xattr, list)
		if (strcmp(xattr->name, name) == 0)
			return xattr;
	return NULL;
}

static bool is_same(const struct v2v_appliance_xattr *a,
	const struct v2v_appliance_xattr *b)
{
	return a && a->size == b->size &&
	       memcmp(a->value, b->value, a->size) == 0;
}

/* A new file may have inherited some (default ACLs): they go. */
static void copy_xattrs(struct v2v_guest *guest, const char *from,
	const char *to, const struct v2v_list *wanted)
{
	struct v2v_list has = { 0 };

	if (wanted->count)
		v2v_call(guest, attributes, copy_xattrs, from, to);
	v2v_call(guest, attributes, xattrs, to, &has);
	v2v_list_foreach (const struct v2v_appliance_xattr, xattr, &has)
		if (!find(wanted, xattr->name))
			v2v_call(guest, attributes, remove_xattr, to,
				xattr->name);
	v2v_list_foreach (const struct v2v_appliance_xattr, xattr, wanted)
		if (!is_same(find(&has, xattr->name), xattr))
			v2v_warn(guest->v, "guest-attributes",
				"the guest's '%s' loses its attribute '%s'",
				from, xattr->name);
	v2v_appliance_xattrs_clear(&has);
}

int v2v_attributes_set_times(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *a, struct v2v_error *err)
{
	if (v2v_call(guest, attributes, set_times, name, &a->stat.times) < 0)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot set the times of the guest's '%s'", name);
	return 0;
}

/* In this order: a change of owner takes set-uid bits and capabilities. */
int v2v_attributes_copy(struct v2v_guest *guest, const char *from,
	const char *to, const struct v2v_attributes *a, struct v2v_error *err)
{
	const struct v2v_appliance_stat *st = &a->stat;

	if (v2v_call(guest, attributes, set_owner, to, st->uid, st->gid) < 0)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot give the guest's '%s' its owner", from);
	if (v2v_call(guest, attributes, set_mode, to, st->mode & 07777) < 0)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot give the guest's '%s' its mode", from);
	copy_xattrs(guest, from, to, &a->xattrs);
	return v2v_attributes_set_times(guest, to, a, err);
}

static void change_flags(struct v2v_guest *guest, const char *name,
	const char *flags, bool clear)
{
	if (flags &&
		v2v_call(guest, attributes, set_flags, name, flags, clear) < 0)
		v2v_debug(guest->v, "guest-attributes", "'%s': flags '%s': %s",
			name, flags, v2v_guest_why(guest));
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
	CLEANUP_FREE char *flags =
		v2v_call(guest, attributes, flags, directory);
	char *protecting = pick(flags, PROTECTING);

	change_flags(guest, directory, protecting, true);
	return protecting;
}

void v2v_attributes_close_directory(
	struct v2v_guest *guest, const char *directory, const char *flags)
{
	change_flags(guest, directory, flags, false);
}
