/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Systems whose root is a folder of a filesystem: which, and what is mounted
 * where in it. */
#ifndef V2V_INSPECT_LAYOUTS_DEPLOYMENTS_H
#define V2V_INSPECT_LAYOUTS_DEPLOYMENTS_H

#include "guest/volumes.h"

/*
 * inspect->root, the only mountpoint so far, is mounted: where it holds
 * deployments of OSTree, "/" becomes the one that starts, and /sysroot, /var
 * and /boot are added as that system has them.  Something else is mounted
 * then.  False: it is a root like any other, and mounted.
 */
bool v2v_deployment_find(struct v2v_guest *guest,
	const struct v2v_list *volumes, struct v2v_inspect *inspect);
#endif
