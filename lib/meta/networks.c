/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps from the source's networks, or its cards, to those of the new host. */
#include "meta/networks.h"

#include <strings.h>

#define BRIDGE "bridge="
#define MODEL  ",model="

/* libvirt's own network, which is there on every host. */
static const char usual[] = "default";

/* What a guest that was not converted for it may be given all the same. */
static const char *const models[] = { "virtio", "e1000", "e1000e", "rtl8139",
	"pcnet", "vmxnet3" };

/* Where a card goes; the text is the user's. */
struct place {
	const char *name, *model; /* NULL: as the guest has it */
	size_t length;		  /* of the name */
	bool is_bridge;
};

static struct place parse(const char *text, bool is_bridge)
{
	struct place place = { .name = text, .is_bridge = is_bridge };

	if (!is_bridge && v2v_starts_with(text, BRIDGE)) {
		place.name += strlen(BRIDGE);
		place.is_bridge = true;
	}
	place.length = strlen(place.name);
	for (size_t i = 0; i + strlen(MODEL) <= place.length; i++)
		if (v2v_starts_with(place.name + i, MODEL)) {
			place.model = place.name + i + strlen(MODEL);
			place.length = i;
		}
	return place;
}

/* A name that a writer can spell, and a model that there is. */
static bool is_place(const char *text, bool is_bridge)
{
	struct place place = parse(text, is_bridge);

	for (size_t i = 0; i < place.length; i++)
		if ((unsigned char)place.name[i] < ' ' || place.name[i] == '/')
			return false;
	return place.length > 0 && v2v_is_utf8(text) &&
	       (!place.model || v2v_is_one_of(place.model, models));
}

/* Behind "OLD="; NULL where @map is not one. */
static const char *place_of(const char *map)
{
	const char *sign = strchr(map, '=');

	return sign && sign != map ? sign + 1 : NULL;
}

static int check_maps(
	const char *const *maps, bool is_bridge, struct v2v_error *err)
{
	for (; maps && *maps; maps++) {
		const char *place = place_of(*maps);

		if (!place || !is_place(place, is_bridge))
			return v2v_fail(err, "bad-option",
				"'%s' is not a map of a network (OLD=NAME, "
				"OLD=bridge=NAME, with ,model=MODEL where "
				"wanted; OLD is a network or a MAC address)",
				*maps);
	}
	return 0;
}

int v2v_networks_check(
	const struct v2v_meta_options *opt, struct v2v_error *err)
{
	if (opt->network && !is_place(opt->network, false))
		return v2v_fail(err, "bad-option",
			"'%s' is not a network (NAME or bridge=NAME)",
			opt->network);
	if (check_maps(opt->network_maps, false, err) < 0)
		return -1;
	return check_maps(opt->bridge_maps, true, err);
}

/* Is @map that of the network @old, or of the card @mac? */
static bool is_map_of(const char *map, const char *old)
{
	size_t n = strcspn(map, "=");

	return old && strlen(old) == n && strncasecmp(map, old, n) == 0;
}

static const char *find(const char *old, const char *const *maps)
{
	for (; maps && *maps; maps++)
		if (is_map_of(*maps, old))
			return place_of(*maps);
	return NULL;
}

/* A card's own map goes before its network's, and both before that of all;
 * false: there is none. */
static bool choose(const struct v2v_machine_nic *nic,
	const struct v2v_meta_options *opt, struct place *place)
{
	const char *const olds[] = { nic->mac, nic->network };

	for (size_t i = 0; i < ARRAY_SIZE(olds); i++) {
		const char *network = find(olds[i], opt->network_maps);
		const char *bridge = find(olds[i], opt->bridge_maps);

		if (network || bridge) {
			*place = network ? parse(network, false)
					 : parse(bridge, true);
			return true;
		}
	}
	if (opt->network)
		*place = parse(opt->network, false);
	return opt->network;
}

/* Whom a map was given for another network may have forgotten this one. */
static void tell_unmapped(struct v2v *v, const struct v2v_machine_nic *nic)
{
	v2v_warn(v, "network-unmapped",
		"nic %lld: no map is for the network '%s' or the card %s: it "
		"is on '%s'",
		(long long)nic->id, nic->network ? nic->network : "",
		nic->mac ? nic->mac : "without a MAC address", usual);
}

void v2v_networks_apply(struct v2v *v, struct v2v_machine *machine,
	const struct v2v_meta_options *opt)
{
	bool has_maps = (opt->network_maps && opt->network_maps[0]) ||
			(opt->bridge_maps && opt->bridge_maps[0]);

	v2v_list_foreach (struct v2v_machine_nic, nic, &machine->nics) {
		struct place place = parse(usual, false);

		nic->is_chosen = choose(nic, opt, &place);
		if (!nic->is_chosen && has_maps)
			tell_unmapped(v, nic);
		nic->is_bridge = place.is_bridge;
		nic->place = v2v_strndup(place.name, place.length);
		nic->plugged = nic->place;
		if (place.model)
			nic->model = place.model;
	}
}
