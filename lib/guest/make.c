/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is new in the guest: directories, copies, labels. */
#include "guest/files.h"
#include "guest/private.h"

static int make_one(
	struct v2v_guest *guest, const char *path, struct v2v_error *err)
{
	if (v2v_backup_save(guest, path, NULL, err) < 0)
		return -1;
	if (v2v_call(guest, writing, make_dir, path) < 0)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot make the guest's '%s'", path);
	return 0;
}

int v2v_guest_make_dir(
	struct v2v_guest *guest, const char *path, struct v2v_error *err)
{
	struct v2v_list missing CLEANUP_STRINGS = { 0 };
	CLEANUP_FREE char *part = v2v_strdup(path);

	while (*part && !v2v_guest_is_dir(guest, part)) {
		v2v_list_add_string(&missing, part);
		*strrchr(part, '/') = '\0';
	}
	for (size_t i = missing.count; i-- > 0;)
		if (make_one(guest, v2v_items(char *, &missing)[i], err) < 0)
			return -1;
	return v2v_check_cancel(guest->v, err);
}

int v2v_guest_copy(struct v2v_guest *guest, const char *from, const char *to,
	struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_fetch(guest, from, NULL, err);

	return fd < 0 ? -1 : v2v_guest_replace(guest, fd, to, err);
}

void v2v_guest_label(
	struct v2v_guest *guest, const char *path, const char *label)
{
	/* As setfilecon(3) stores it: with its NUL. */
	if (*label && v2v_call(guest, attributes, set_xattr, path,
			      "security.selinux", label) < 0)
		v2v_debug(guest->v, "guest-labels", "'%s' gets no label: %s",
			path, v2v_guest_why(guest));
}
