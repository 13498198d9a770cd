/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps from the source's networks, or its cards, to those of the new host. */
#include "meta/networks.h"

#include <strings.h>

#define BRIDGE "bridge="

/* libvirt's own network, which is there on every host. */
static const char usual[] = "default";

/* "NAME" or "bridge=NAME": a name that a writer can spell. */
static bool is_place(const char *place)
{
	if (v2v_starts_with(place, BRIDGE))
		place += strlen(BRIDGE);
	if (!*place)
		return false;
	for (; *place; place++)
		if ((unsigned char)*place < ' ' || *place == '/')
			return false;
	return true;
}

/* Behind "OLD="; NULL where @map is not one. */
static const char *place_of(const char *map)
{
	const char *sign = strchr(map, '=');

	return sign && sign != map ? sign + 1 : NULL;
}

int v2v_networks_check(
	const struct v2v_meta_options *opt, struct v2v_error *err)
{
	if (opt->network && !is_place(opt->network))
		return v2v_fail(err, "bad-option",
			"'%s' is not a network (NAME or bridge=NAME)",
			opt->network);
	for (size_t i = 0; opt->network_maps && opt->network_maps[i]; i++) {
		const char *place = place_of(opt->network_maps[i]);

		if (!place || !is_place(place))
			return v2v_fail(err, "bad-option",
				"'%s' is not a map of a network (OLD=NAME, "
				"OLD=bridge=NAME; OLD is a network or a MAC "
				"address)",
				opt->network_maps[i]);
	}
	return 0;
}

/* Is @map that of the network @old, or of the card @mac? */
static bool is_map_of(const char *map, const char *old)
{
	size_t n = strcspn(map, "=");

	return old && strlen(old) == n && strncasecmp(map, old, n) == 0;
}

/* A card's own map goes before its network's; NULL: there is neither. */
static const char *find(
	const struct v2v_machine_nic *nic, const char *const *maps)
{
	const char *found = NULL;

	for (size_t i = 0; maps && maps[i]; i++) {
		if (is_map_of(maps[i], nic->mac))
			return place_of(maps[i]);
		if (!found && is_map_of(maps[i], nic->network))
			found = place_of(maps[i]);
	}
	return found;
}

/* Whom a map was given for another network may have forgotten this one. */
static void tell_unmapped(struct v2v *v, const struct v2v_machine_nic *nic)
{
	v2v_warn(v, "network-unmapped",
		"nic %lld: no map is for the network '%s' or the card %s: it "
		"is "
		"on '%s'",
		(long long)nic->id, nic->network ? nic->network : "",
		nic->mac ? nic->mac : "without a MAC address", usual);
}

void v2v_networks_apply(struct v2v *v, struct v2v_machine *machine,
	const struct v2v_meta_options *opt)
{
	v2v_list_foreach (struct v2v_machine_nic, nic, &machine->nics) {
		const char *place = find(nic, opt->network_maps);

		if (!place)
			place = opt->network;
		if (!place && opt->network_maps && opt->network_maps[0])
			tell_unmapped(v, nic);
		if (!place)
			place = usual;
		nic->is_bridge = v2v_starts_with(place, BRIDGE);
		nic->plugged = nic->is_bridge ? place + strlen(BRIDGE) : place;
	}
}
