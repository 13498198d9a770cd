/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which operating systems the disks hold, as libguestfs knows them. */
#ifndef V2V_GUEST_OS_H
#define V2V_GUEST_OS_H

#include "guest/guest.h"
#include "model/inspect.h"

/*
 * Find the operating systems, choose one as @root says ("first" or NULL,
 * "single", a number from 1, or a device) and fill in what it is: root, type,
 * distro, versions, product, packages' format, Windows' hives, mountpoints.
 * Where there is none inspect->root stays NULL.  *@ret_others (of char *,
 * cleared with v2v_guest_names_clear()) gets the roots that were not chosen.
 */
int v2v_guest_os(struct v2v_guest *guest, const char *root,
	struct v2v_inspect *inspect, struct v2v_list *ret_others,
	struct v2v_error *err);

/* Fill inspect->applications; the root must be mounted. */
int v2v_guest_applications(struct v2v_guest *guest,
	struct v2v_inspect *inspect, struct v2v_error *err);

/* Is the file's magic that of a hibernated Windows?  (hiberfil.sys) */
bool v2v_guest_windows_hibernated(struct v2v_guest *guest);
#endif
