/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interface names paired with NICs, as data below tests/data/network/pairing:
 * NAME.json has the NICs, the guest's interfaces, and what is to come out. */
#include "cases.h"

#include "linux/network/pairing.h"

/* The members that a case leaves out. */
static void add_defaults(json_t *list, const char *defaults)
{
	json_auto_t *whole = json_loads(defaults, 0, NULL);
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		json_object_update_missing(item, whole);
		if (!json_object_get(item, "id"))
			json_object_set_new(
				item, "id", json_integer((json_int_t)i));
	}
}

static json_t *macs_as_json(const struct v2v_list *changes)
{
	json_t *macs = json_object();

	v2v_list_foreach (const struct v2v_mac_change, change, changes)
		json_object_set_new(
			macs, change->from, json_string(change->to));
	return macs;
}

/* Places as {"0000:0b:00.0": the NIC's id}, and how many files are for others:
 * "lost". */
static json_t *places_as_json(const struct v2v_source *source,
	const struct v2v_inspect *inspect, const struct v2v_list *nics)
{
	struct v2v_list found CLEANUP_PLACES = { 0 };
	json_t *places = json_object();
	json_int_t lost = 0;

	v2v_pairing_places(source, inspect, nics, &found);
	v2v_list_foreach (const struct v2v_net_place, place, &found)
		v2v_list_foreach (const struct v2v_guest_nic, nic, nics)
			if (strcmp(nic->mac, place->mac) == 0)
				json_object_set_new(places, place->path,
					json_integer(nic->nic));
	v2v_list_foreach (const struct v2v_interface, iface, &inspect->network)
		lost += v2v_pairing_is_lost(&found, iface);
	if (lost)
		json_object_set_new(places, "lost", json_integer(lost));
	return places;
}

/* Names whose card is not known, as {"wan": the key that is not understood, or
 * "note" where no other card can have it}. */
static json_t *unclear_as_json(
	const struct v2v_source *source, const struct v2v_inspect *inspect)
{
	struct v2v_list found CLEANUP_UNCLEAR = { 0 };
	json_t *unclear = json_object();

	v2v_pairing_unclear(source, inspect, &found);
	v2v_list_foreach (const struct v2v_unclear, one, &found)
		json_object_set_new(unclear, one->name,
			json_string(one->is_lost ? one->key : "note"));
	return unclear;
}

/* A made MAC is printed as "made". */
static json_t *nics_as_json(
	const struct v2v_source *source, const struct v2v_list *nics)
{
	json_t *list = json_array();

	v2v_list_foreach (const struct v2v_guest_nic, nic, nics) {
		CLEANUP_FREE char *made =
			v2v_pairing_make_mac(source->name, NULL, nic->nic);

		json_array_append_new(list,
			json_pack("[I s s?]", (json_int_t)nic->nic,
				v2v_streq(made, nic->mac) ? "made" : nic->mac,
				nic->name));
	}
	return list;
}

static void test_pairing(const char *path)
{
	json_auto_t *doc = json_load_file(path, 0, NULL), *got = NULL;
	json_auto_t *got_macs = NULL, *none = json_object();
	json_t *want_macs = json_object_get(doc, "macs");
	json_t *want_places = json_object_get(doc, "places");
	json_t *want_unclear = json_object_get(doc, "unclear");
	json_auto_t *got_places = NULL, *got_unclear = NULL;
	CLEANUP_FREE char *guess = NULL;
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_guestcaps caps CLEANUP_GUESTCAPS = { 0 };
	struct v2v_list changes CLEANUP_MAC_CHANGES = { 0 };
	struct v2v_error err = { 0 };
	json_t *section, *network = json_object_get(doc, "network");

	add_defaults(json_object_get(doc, "nics"), "{\"type\": \"bridge\"}");
	section = json_pack("{s:s s:i s:i s:O}", "name", "m", "memory", 1,
		"vcpus", 1, "nics", json_object_get(doc, "nics"));
	json_object_set_new(doc, "source", section);
	add_defaults(network, "{\"where\": \"/etc/network/interfaces\"}");
	section = v2v_inspect_store(&inspect);
	json_object_set(section, "network", network);
	json_object_set_new(doc, "inspect", section);
	if (v2v_source_load(doc, &source, &err) < 0 ||
		v2v_inspect_load(doc, &inspect, &err) < 0)
		same(path, err.text, "");
	v2v_pairing_make(&source, &inspect, &caps.nics, &changes);
	got = nics_as_json(&source, &caps.nics);
	same_json(path, got, json_object_get(doc, "expect"));
	got_macs = macs_as_json(&changes);
	same_json(path, got_macs, want_macs ? want_macs : none);
	got_places = places_as_json(&source, &inspect, &caps.nics);
	if (want_places)
		same_json(path, got_places, want_places);
	got_unclear = unclear_as_json(&source, &inspect);
	same_json(path, got_unclear, want_unclear ? want_unclear : none);
	guess = v2v_pairing_guess(&source, &inspect);
	same(path, guess, json_string_value(json_object_get(doc, "guess")));
}

int main(void)
{
	each_case("tests/data/network/pairing/*.json", 20, test_pairing);
	return 0;
}
