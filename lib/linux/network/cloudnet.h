/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cloud-init and the network configuration that it made. */
#ifndef V2V_LINUX_NETWORK_CLOUDNET_H
#define V2V_LINUX_NETWORK_CLOUDNET_H

#include "guest/tree.h"
#include "model/inspect.h"

#define V2V_CLOUD_DIR "/etc/cloud/cloud.cfg.d"
/* Ours, which turns its network configuration off. */
#define V2V_CLOUD_FILE V2V_CLOUD_DIR "/99-v2v-network.cfg"

/* Does the text of a cloud.cfg say `network: {config: disabled}`? */
bool v2v_cloudnet_is_disabled(const char *text);

/* Was a file of network configuration written by cloud-init? */
bool v2v_cloudnet_is_generated(const char *path, const char *text);

/*
 * Would cloud-init write over a static configuration of its own making?  It is
 * there and not disabled, what it knew came from a datasource of the old
 * hypervisor's (no file of /etc/cloud says it), and without one it falls back
 * to DHCP.
 */
bool v2v_cloudnet_overwrites(
	const struct v2v_tree *tree, const struct v2v_inspect *inspect);
#endif
