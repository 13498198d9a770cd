/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* os-release(5): which Linux it is, where libguestfs does not know it. */
#ifndef V2V_INSPECT_RELEASE_H
#define V2V_INSPECT_RELEASE_H

#include "model/inspect.h"

/*
 * Fill from @text what of inspect is not known yet: distro (its ID),
 * product_name, versions, package_format and package_management.  A
 * product_name that names nothing ("12.5") is replaced.
 */
void v2v_release_apply(const char *text, struct v2v_inspect *inspect);
#endif
