/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which operating systems the disks hold, as the backend knows them. */
#ifndef V2V_GUEST_OS_H
#define V2V_GUEST_OS_H

#include "guest/guest.h"
#include "model/inspect.h"

/* Has the backend an inspection of its own?  Without one there are no roots,
 * nothing is described, and no applications are listed here. */
bool v2v_guest_can_inspect(const struct v2v_guest *guest);

/* The devices of the roots that the backend finds, added to @roots (of char *,
 * cleared with v2v_strings_clear()). */
int v2v_guest_roots(
	struct v2v_guest *guest, struct v2v_list *roots, struct v2v_error *err);

/* Make @root inspect's, with what the backend knows of it: type, distro,
 * versions, product, packages' format, Windows' hives.  Of a root that is not
 * one of v2v_guest_roots() nothing is known. */
void v2v_guest_describe(
	struct v2v_guest *guest, const char *root, struct v2v_inspect *inspect);

/* Add the mountpoints that the backend makes of the root's fstab, where
 * inspect has none of that path. */
void v2v_guest_more_mountpoints(
	struct v2v_guest *guest, struct v2v_inspect *inspect);

/* The architecture of the mounted guest by its programs: "x86_64"; the
 * caller's, or NULL. */
char *v2v_guest_architecture(struct v2v_guest *guest);

/* Fill inspect->applications; the root must be mounted. */
int v2v_guest_applications(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err);

/* Warn that they cannot be listed. */
void v2v_guest_warn_packages(const struct v2v_guest *guest, const char *why);

/* What rpm says, in the form of @format, of the database in @directory of the
 * mounted guest; the caller's, or NULL: this backend cannot ask it. */
char *v2v_guest_rpm(struct v2v_guest *guest, const char *directory,
	const char *format, struct v2v_error *err);
#endif
