/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which operating systems the disks hold, and what is known of them: the
 * backend says so (guest/os.h), or, where it gives files and no more, lib/os
 * does.  @systems (of struct v2v_os, cleared with v2v_os_clear()) is what the
 * latter found; empty with the former.
 */
#ifndef V2V_INSPECT_SYSTEMS_H
#define V2V_INSPECT_SYSTEMS_H

#include "guest/guest.h"
#include "os/os.h"

/* Add the devices of the roots to @roots (of char *), and what lib/os could not
 * look at to @failures (of struct v2v_mount_failure). */
int v2v_systems_find(struct v2v_guest *guest, const struct v2v_list *volumes,
	struct v2v_list *systems, struct v2v_list *roots,
	struct v2v_list *failures, struct v2v_error *err);

/* As v2v_guest_describe(), _more_mountpoints(), _architecture() and
 * _applications() of guest/os.h. */
void v2v_systems_describe(struct v2v_guest *guest,
	const struct v2v_list *systems, const char *root,
	struct v2v_inspect *inspect);
void v2v_systems_more_mountpoints(struct v2v_guest *guest,
	const struct v2v_list *systems, struct v2v_inspect *inspect);
char *v2v_systems_architecture(struct v2v_guest *guest);
int v2v_systems_applications(struct v2v_guest *guest,
	struct v2v_inspect *inspect, struct v2v_error *err);
#endif
