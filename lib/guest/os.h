/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which operating systems the disks hold, as libguestfs knows them. */
#ifndef V2V_GUEST_OS_H
#define V2V_GUEST_OS_H

#include "guest/guest.h"
#include "model/inspect.h"

/* The devices of the roots that libguestfs finds, added to @roots (of char *,
 * cleared with v2v_guest_names_clear()). */
int v2v_guest_roots(
	struct v2v_guest *guest, struct v2v_list *roots, struct v2v_error *err);

/* Make @root inspect's, with what libguestfs knows of it: type, distro,
 * versions, product, packages' format, Windows' hives.  Of a root that is none
 * of v2v_guest_roots() nothing is known. */
void v2v_guest_describe(
	struct v2v_guest *guest, const char *root, struct v2v_inspect *inspect);

/* Add the mountpoints that libguestfs makes of the root's fstab, where
 * inspect has none of that path. */
void v2v_guest_more_mountpoints(
	struct v2v_guest *guest, struct v2v_inspect *inspect);

/* The architecture of the mounted guest by its programs: "x86_64"; the
 * caller's, or NULL. */
char *v2v_guest_architecture(struct v2v_guest *guest);

/* Fill inspect->applications; the root must be mounted. */
int v2v_guest_applications(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err);

/* Is the file's magic that of a hibernated Windows?  (hiberfil.sys) */
bool v2v_guest_windows_hibernated(struct v2v_guest *guest);
#endif
