/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libosinfo's names of systems, as osinfo-db has them. */
#ifndef V2V_INSPECT_OSINFO_H
#define V2V_INSPECT_OSINFO_H

#include "model/inspect.h"

/*
 * Set inspect->osinfo by distro (the ID of os-release) and the version, where
 * libosinfo names the distribution and libguestfs does not know how.  @name is
 * os-release's NAME; NULL.
 */
void v2v_osinfo_set(const char *name, struct v2v_inspect *inspect);
#endif
