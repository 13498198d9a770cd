/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operating systems, as far as the backend knows them. */
#include "guest/os.h"

#include "guest/files.h"
#include "guest/private.h"

bool v2v_guest_can_inspect(const struct v2v_guest *guest)
{
	return guest->a->ops->inspection != NULL;
}

int v2v_guest_roots(
	struct v2v_guest *guest, struct v2v_list *roots, struct v2v_error *err)
{
	if (!v2v_guest_can_inspect(guest))
		return v2v_check_cancel(guest->v, err);
	if (v2v_call(guest, inspection, find_roots, roots) < 0)
		return v2v_guest_fail(guest, err, "guest-inspect",
			"cannot look for operating systems");
	return v2v_check_cancel(guest->v, err);
}

void v2v_guest_describe(
	struct v2v_guest *guest, const char *root, struct v2v_inspect *inspect)
{
	inspect->root = v2v_strdup(root);
	if (v2v_guest_can_inspect(guest))
		v2v_call(guest, inspection, describe, root, inspect);
}

void v2v_guest_more_mountpoints(
	struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	if (v2v_guest_can_inspect(guest))
		v2v_call(guest, inspection, mountpoints, inspect);
}

char *v2v_guest_architecture(struct v2v_guest *guest)
{
	static const char *const programs[] = { "/bin/sh", "/bin/ls",
		"/usr/bin/env", "/sbin/init" };

	if (!v2v_guest_can_inspect(guest))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		CLEANUP_FREE char *real = v2v_guest_resolve(guest, programs[i]);
		char *arch =
			real ? v2v_call(guest, inspection, architecture, real)
			     : NULL;

		if (arch)
			return arch;
	}
	return NULL;
}

int v2v_guest_applications(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	int status =
		v2v_guest_can_inspect(guest)
			? v2v_call(guest, inspection, applications, inspect)
			: 0;

	if (v2v_check_cancel(guest->v, err) < 0)
		return -1;
	if (status < 0)
		v2v_guest_warn_packages(guest, v2v_guest_why(guest));
	return 0;
}

void v2v_guest_warn_packages(const struct v2v_guest *guest, const char *why)
{
	v2v_warn(guest->v, "guest-packages",
		"the guest's list of packages cannot be read: %s", why);
}

char *v2v_guest_rpm(struct v2v_guest *guest, const char *directory,
	const char *format, struct v2v_error *err)
{
	char *text;

	if (!guest->a->ops->packages) {
		v2v_fail(err, "backend-cannot",
			"the backend '%s' cannot read rpm's database",
			guest->a->ops->name);
		return NULL;
	}
	text = v2v_call(guest, packages, rpm, directory, format);
	if (!text)
		v2v_guest_fail(guest, err, "guest-packages",
			"rpm's database in %s cannot be read", directory);
	return text;
}
