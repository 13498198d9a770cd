/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* os-release(5): which Linux it is, as it calls itself. */
#ifndef V2V_LINUX_DISTRO_RELEASE_H
#define V2V_LINUX_DISTRO_RELEASE_H

#include "model/inspect.h"

/*
 * Add what @text says to what libguestfs knows.  distro is its ID, whatever
 * libguestfs calls it ("redhat-based"), and osinfo follows it.  What is not
 * known yet is filled: product_name, versions, package_format and
 * package_management.  A product_name that names nothing ("12.5") is replaced,
 * and so is the version of another distribution.
 */
void v2v_release_apply(const char *text, struct v2v_inspect *inspect);

/* Does the folder below EFI belong to the distribution? */
bool v2v_release_is_vendor(
	const struct v2v_inspect *inspect, const char *directory);
#endif
