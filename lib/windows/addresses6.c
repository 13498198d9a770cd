/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hive SYSTEM: static IPv6 addresses of a card.  They are not with the
 * other ones, but in the store of the Network Store Interface: a value for
 * each, its name the card's LUID and the address in hex, its data lifetimes,
 * origins and, in the 17th byte, the length of the prefix (as netsh writes it;
 * the drivers of XenServer read it so, too).
 */
#include "windows/readers.h"

#include <arpa/inet.h>
#include <ctype.h>

#define STORE	       "Control\\Nsi\\{eb004a01-9b1a-11d4-9123-0050047759bc}\\10"
#define LUID_DIGITS    16
#define ADDRESS_DIGITS 32
#define PREFIX_LENGTH  16

struct search {
	char luid[LUID_DIGITS + 1];
	struct v2v_list *addresses;
};

/* NET_LUID: 24 bits that are 0, 24 of the index, 16 of the type (ifdef.h). */
static bool find_luid(
	struct v2v_registry *registry, v2v_registry_key class, char *ret_luid)
{
	const int64_t index =
		v2v_registry_number(registry, class, "NetLuidIndex");
	const int64_t type = v2v_registry_number(registry, class, "*IfType");

	if (index < 0 || type < 0 || index > 0xffffff || type > 0xffff)
		return false;
	snprintf(ret_luid, LUID_DIGITS + 1, "000000%02x%02x%02x%02x%02x",
		(unsigned)index & 0xff, (unsigned)(index >> 8) & 0xff,
		(unsigned)(index >> 16) & 0xff, (unsigned)type & 0xff,
		(unsigned)(type >> 8) & 0xff);
	return true;
}

/* "2001db8…" with a ':' after each fourth digit. */
static bool address_of(const char *digits, struct in6_addr *ret_address)
{
	char text[ADDRESS_DIGITS + 8], *to = text;

	if (strlen(digits) != ADDRESS_DIGITS)
		return false;
	for (size_t i = 0; i < ADDRESS_DIGITS; i++) {
		if (!isxdigit((unsigned char)digits[i]))
			return false;
		if (i && i % 4 == 0)
			*to++ = ':';
		*to++ = digits[i];
	}
	*to = '\0';
	return inet_pton(AF_INET6, text, ret_address) == 1;
}

static void look_at(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	const struct search *search = opaque;
	unsigned char data[256];
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	CLEANUP_FREE char *both = NULL;

	if (strncasecmp(name, search->luid, LUID_DIGITS) != 0 ||
		!address_of(name + LUID_DIGITS, &address) ||
		v2v_registry_bytes(registry, key, name, data, sizeof data) <=
			PREFIX_LENGTH ||
		data[PREFIX_LENGTH] > 128 || IN6_IS_ADDR_LINKLOCAL(&address))
		return;
	inet_ntop(AF_INET6, &address, text, sizeof text);
	both = v2v_format("%s/%u", text, data[PREFIX_LENGTH]);
	v2v_list_add_string(search->addresses, both);
}

void v2v_system_addresses6(struct v2v_registry *registry, v2v_registry_key set,
	v2v_registry_key class, struct v2v_windows_nic *nic)
{
	struct search search = { .addresses = &nic->addresses };
	const size_t before = nic->addresses.count;

	if (!find_luid(registry, class, search.luid))
		return;
	v2v_registry_each_value(registry,
		v2v_registry_find(registry, set, STORE), look_at, &search);
	if (!nic->method && nic->addresses.count > before)
		nic->method = v2v_strdup("static");
}
