/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An open hive; the only user of libhivex' types. */
#ifndef V2V_REGISTRY_PRIVATE_H
#define V2V_REGISTRY_PRIVATE_H

#include "windows/registry.h"

#include <hivex.h>

struct v2v_registry {
	hive_h *hive;
	size_t left; /* keys and values that may still be visited */
};

/* For the hive, which it owns. */
struct v2v_registry *v2v_registry_new(hive_h *hive);
#endif
