/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a guest is not looked at, and how that is reported. */
#include "guest/files.h"
#include "guest/private.h"

#include <errno.h>

void v2v_guest_add_large(struct v2v_guest *guest, const char *path)
{
	v2v_list_foreach (char *, have, &guest->large)
		if (strcmp(*have, path) == 0)
			return;
	v2v_list_add_string(&guest->large, path);
}

void v2v_guest_tell_cut(
	struct v2v_guest *guest, const char *directory, unsigned most)
{
	CLEANUP_FREE char *key = v2v_format("%s/", directory);

	if (json_object_get(guest->told, key))
		return;
	json_object_set_new_nocheck(guest->told, key, json_true());
	v2v_warn(guest->v, "guest-files-limit",
		"the guest's '%s' has more files than are looked at: the first "
		"%u are",
		directory, most);
}

void v2v_guest_tell_unlisted(struct v2v_guest *guest, const char *what)
{
	CLEANUP_FREE char *key = v2v_format("%s//", what);
	CLEANUP_FREE char *why = v2v_strdup(v2v_guest_why(guest));
	int error = guest->a->ops->life->error_number(guest->a);

	if (error == ENOENT || error == ENOTDIR || error == ELOOP ||
		json_object_get(guest->told, key) ||
		v2v_call(guest, life, check) < 0)
		return;
	json_object_set_new_nocheck(guest->told, key, json_true());
	v2v_warn(guest->v, "guest-read", "the guest's %s cannot be listed: %s",
		what, why);
}

void v2v_guest_tell_costly(struct v2v_guest *guest, const char *path)
{
	v2v_warn(guest->v, "guest-file-costly",
		"the guest's '%s' has so much in it that libguestfs is not "
		"asked what the guest is: packages are not listed",
		path);
}

const struct v2v_list *v2v_guest_large(const struct v2v_guest *guest)
{
	return &guest->large;
}
