/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hive SYSTEM: the addresses of a card, in Services\Tcpip. */
#include "windows/readers.h"

#include <arpa/inet.h>

/* Bits of "255.255.255.0"; -1: it is not a mask. */
static int prefix_of(const char *mask)
{
	struct in_addr address;
	uint32_t bits;
	int count = 0;

	if (inet_pton(AF_INET, mask, &address) != 1)
		return -1;
	bits = ntohl(address.s_addr);
	while (count < 32 && bits & (0x80000000U >> count))
		count++;
	return bits == (count ? ~0U << (32 - count) : 0) ? count : -1;
}

static bool is_address(const char *text)
{
	struct in6_addr address;

	return (inet_pton(AF_INET, text, &address) == 1 &&
		       strcmp(text, "0.0.0.0") != 0) ||
	       inet_pton(AF_INET6, text, &address) == 1;
}

/* The first address has the first mask. */
static void read_addresses(struct v2v_registry *registry, v2v_registry_key key,
	struct v2v_list *addresses)
{
	struct v2v_list ips CLEANUP_STRINGS = { 0 };
	struct v2v_list masks CLEANUP_STRINGS = { 0 };

	v2v_registry_strings(registry, key, "IPAddress", &ips);
	v2v_registry_strings(registry, key, "SubnetMask", &masks);
	for (size_t i = 0; i < ips.count; i++) {
		const char *ip = v2v_items(char *, &ips)[i];
		const int prefix =
			i < masks.count
				? prefix_of(v2v_items(char *, &masks)[i])
				: -1;
		CLEANUP_FREE char *both = v2v_format("%s/%d", ip, prefix);

		if (is_address(ip))
			v2v_list_add_string(addresses, prefix < 0 ? ip : both);
	}
}

static void read_gateways(struct v2v_registry *registry, v2v_registry_key key,
	struct v2v_list *gateways)
{
	struct v2v_list all CLEANUP_STRINGS = { 0 };

	v2v_registry_strings(registry, key, "DefaultGateway", &all);
	v2v_list_foreach (char *, one, &all)
		if (is_address(*one))
			v2v_list_add_string(gateways, *one);
}

/* Commas or blanks are between them. */
static void read_dns(struct v2v_registry *registry, v2v_registry_key key,
	struct v2v_list *dns)
{
	CLEANUP_FREE char *text =
		v2v_registry_string(registry, key, "NameServer");
	char *rest = text, *one;

	while ((one = strsep(&rest, ", ")))
		if (is_address(one))
			v2v_list_add_string(dns, one);
}

void v2v_system_addresses(struct v2v_registry *registry, v2v_registry_key set,
	struct v2v_windows_nic *nic)
{
	CLEANUP_FREE char *path = v2v_format(
		"Services\\Tcpip\\Parameters\\Interfaces\\%s", nic->guid);
	const v2v_registry_key key = v2v_registry_find(registry, set, path);
	const int64_t dhcp = v2v_registry_number(registry, key, "EnableDHCP");

	read_dns(registry, key, &nic->dns);
	if (dhcp > 0) {
		nic->method = v2v_strdup("dhcp");
		return;
	}
	read_addresses(registry, key, &nic->addresses);
	read_gateways(registry, key, &nic->gateways);
	if (nic->addresses.count)
		nic->method = v2v_strdup("static");
}
