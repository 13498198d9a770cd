/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* getcfg(8) of SUSE until SLES 10: files that are named for what they are of.
 */
#include "linux/network/netmatch.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

/* The kind of the interface may come before what it is
 * found by. */
bool v2v_getcfg_is_of_card(
	const char *name, const char **mac, const char **path)
{
	static const char kind[] = "eth-", id[] = "id-", bus[] = "bus-pci-";

	*mac = *path = NULL;
	if (v2v_starts_with(name, kind))
		name += strlen(kind);
	if (v2v_starts_with(name, id) && v2v_netread_is_mac(name + strlen(id)))
		*mac = name + strlen(id);
	if (v2v_starts_with(name, bus))
		*path = name + strlen(bus);
	return *mac || *path;
}

bool v2v_ifcfg_is_of_card(
	const char *where, const char **ret_mac, const char **ret_path)
{
	static const char ifcfg[] = "ifcfg-";
	const char *base = strrchr(where, '/');

	base = base ? base + 1 : where;
	return v2v_starts_with(base, ifcfg) &&
	       v2v_getcfg_is_of_card(base + strlen(ifcfg), ret_mac, ret_path);
}

/* "15ad-0720-15ad-0720", "0x15ad-0x0720": vendor and device, and those of the
 * card that the device is on. */
static char *drivers_of(const char *ids)
{
	CLEANUP_FREE char *vendor = v2v_strdup(ids);
	struct v2v_netmatch match CLEANUP_NETMATCH = { 0 };
	char *id = strchr(vendor, '-');

	if (!id)
		return NULL;
	*id++ = '\0';
	id[strcspn(id, "-")] = '\0';
	match.vendor = v2v_strdup(vendor);
	match.id = v2v_strdup(id);
	v2v_netmatch_finish(&match);
	return v2v_take(match.driver);
}

bool v2v_ifcfg_is_of_kind(const char *where, char **ret_drivers)
{
	static const char ifcfg[] = "ifcfg-", kind[] = "eth-", ids[] = "vpid-";
	const char *name = strrchr(where, '/');

	name = name ? name + 1 : where;
	if (!v2v_starts_with(name, ifcfg))
		return false;
	name += strlen(ifcfg);
	if (v2v_starts_with(name, kind))
		name += strlen(kind);
	if (!v2v_starts_with(name, ids))
		return false;
	*ret_drivers = drivers_of(name + strlen(ids));
	return true;
}
