/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMware's PCI slots and the names of systemd.net-naming-scheme(7). */
#include "linux/network/slots.h"

#include <ctype.h>

#define FIRST_BRIDGE  5 /* pciSlotNumber 160 >> 5: the first PCIe bridge */
#define LAST_BRIDGE   8
#define FIRST_BUS     3
#define MAX_FUNCTIONS 8

bool v2v_slot_place(int64_t slot, struct v2v_pci_place *ret)
{
	unsigned device = (unsigned)slot & 31;
	unsigned bridge = (unsigned)slot >> 5 & 31;
	unsigned function = (unsigned)slot >> 10;

	if (slot < 0 || slot >= 1 << 13)
		return false;
	if (bridge == 1 && function == 0) {
		*ret = (struct v2v_pci_place){ FIRST_BUS - 1, device };
		return true;
	}
	if (bridge < FIRST_BRIDGE || bridge > LAST_BRIDGE || device)
		return false;
	*ret = (struct v2v_pci_place){
		FIRST_BUS + (bridge - FIRST_BRIDGE) * MAX_FUNCTIONS + function,
		0
	};
	return true;
}

/* Decimal digits and nothing else behind @prefix, up to @max. */
static bool number_behind(
	const char *name, const char *prefix, uint64_t max, uint64_t *ret)
{
	return v2v_starts_with(name, prefix) &&
	       v2v_parse_u64(name + strlen(prefix), ret) && *ret <= max;
}

bool v2v_slot_of_name(
	const char *name, struct v2v_pci_place *ret, unsigned *ret_ordinal)
{
	unsigned bus, device;
	int end = 0;
	uint64_t n;

	*ret_ordinal = 0;
	if (number_behind(name, "ens", INT32_MAX, &n))
		return v2v_slot_place((int64_t)n, ret);
	if (sscanf(name, "enp%3us%2u%n", &bus, &device, &end) == 2 &&
		!name[end]) {
		*ret = (struct v2v_pci_place){ bus, device };
		return true;
	}
	/* Small numbers are real boards': eno1. */
	if (!number_behind(name, "eno", UINT32_MAX, &n) || n < 1 << 24)
		return false;
	*ret = (struct v2v_pci_place){ (unsigned)n >> 8 & 0xffff,
		(unsigned)n >> 3 & 31 };
	*ret_ordinal = (unsigned)n >> 24;
	return true;
}

/* Bus and device behind the domain; a pattern may leave out the device where a
 * bus has one only. */
static bool path_at(const char *s, struct v2v_pci_place *ret)
{
	unsigned bus, device = 0;
	int end = 0;

	if (sscanf(s, "0000:%2x:%2x.%n", &bus, &device, &end) == 2 && end) {
		*ret = (struct v2v_pci_place){ bus, device };
		return true;
	}
	if (sscanf(s, "0000:%2x:%n", &bus, &end) != 1 || !end ||
		s[end] != '*' || bus < FIRST_BUS)
		return false;
	*ret = (struct v2v_pci_place){ bus, 0 };
	return true;
}

bool v2v_slot_of_path(const char *text, struct v2v_pci_place *ret)
{
	bool found = false;

	while ((text = strstr(text, "0000:")))
		found |= path_at(text++, ret);
	return found;
}

char *v2v_slot_path(const struct v2v_pci_place *place)
{
	return v2v_format("0000:%02x:%02x.0", place->bus, place->device);
}

unsigned v2v_slot_number(const struct v2v_pci_place *place)
{
	unsigned n = place->bus - FIRST_BUS;

	if (place->bus < FIRST_BUS)
		return 1 << 5 | place->device;
	return n % MAX_FUNCTIONS << 10 |
	       (n / MAX_FUNCTIONS + FIRST_BRIDGE) << 5 | place->device;
}

bool v2v_slot_is_express(const struct v2v_pci_place *place)
{
	return place->bus >= FIRST_BUS;
}

int v2v_slot_compare(
	const struct v2v_pci_place *a, const struct v2v_pci_place *b)
{
	if (a->bus != b->bus)
		return a->bus < b->bus ? -1 : 1;
	return (a->device > b->device) - (a->device < b->device);
}
