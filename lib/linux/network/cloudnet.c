/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cloud-init and the network configuration that it made. */
#include "linux/network/cloudnet.h"

#include "core/lines.h"
#include "guest/tree.h"
#include "linux/network/network.h"

bool v2v_cloudnet_is_generated(const char *path, const char *text)
{
	if (strstr(path, "cloud-init"))
		return true;
	/* Its files begin with a comment that says so. */
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		const char *s = v2v_line_trim(line);

		if (*s && *s != '#')
			return false;
		if (strstr(s, "cloud-init"))
			return true;
	}
	return false;
}

static bool is_static_of_cloud_init(
	const struct v2v_tree *tree, const struct v2v_interface *iface)
{
	CLEANUP_FREE char *text = NULL;

	if (v2v_network_rank(iface->where) != V2V_NETWORK_CONFIG ||
		!v2v_streq(iface->method, "static"))
		return false;
	text = v2v_tree_text(tree, iface->where);
	return text && v2v_cloudnet_is_generated(iface->where, text);
}

/* Where a file of /etc/cloud has the configuration it is written again as it
 * was. */
static bool is_configured(const struct v2v_inspect *inspect)
{
	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		if (v2v_network_rank(iface->where) == V2V_NETWORK_CLOUD)
			return true;
	return false;
}

static void look_for_disabled(const struct v2v_network_file *file, void *opaque)
{
	bool *disabled = opaque;

	if (v2v_starts_with(file->path, "/etc/cloud/"))
		*disabled |= v2v_cloudnet_is_disabled(file->text);
}

/* On the kernel's command line, of any entry. */
static bool is_off_by_boot(
	const struct v2v_tree *tree, const struct v2v_inspect *inspect)
{
	const struct v2v_bootloader *loader = inspect->bootloader;
	CLEANUP_FREE char *text = loader && loader->config
					  ? v2v_tree_text(tree, loader->config)
					  : NULL;

	return text && (strstr(text, "cloud-init=disabled") ||
			       strstr(text, "network-config=disabled"));
}

bool v2v_cloudnet_overwrites(
	const struct v2v_tree *tree, const struct v2v_inspect *inspect)
{
	bool made = false, disabled = false;

	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		made = made || is_static_of_cloud_init(tree, iface);
	if (!made || is_configured(inspect) ||
		!v2v_tree_is_dir(tree, V2V_CLOUD_DIR) ||
		v2v_tree_is_file(tree, "/etc/cloud/cloud-init.disabled") ||
		is_off_by_boot(tree, inspect))
		return false;
	v2v_network_each(tree, look_for_disabled, &disabled);
	return !disabled;
}
