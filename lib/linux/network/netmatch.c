/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a card is found, and by what of the old machine. */
#include "linux/network/netmatch.h"

#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/pairing.h"

#include <ctype.h>
#include <fnmatch.h>

void v2v_netmatch_clear(struct v2v_netmatch *match)
{
	free(match->mac);
	free(match->path);
	free(match->original);
	free(match->driver);
	free(match->vendor);
	free(match->id);
	free(match->unclear);
	*match = (struct v2v_netmatch){ 0 };
}

static bool is_pattern(const char *value)
{
	return strpbrk(value, "*?[|") != NULL;
}

static void set_first(char **field, const char *value)
{
	if (!*field)
		*field = v2v_strdup(value);
}

/* Names that the kernel gives to no Ethernet card of a machine: "wlan*" */
static bool is_other_device(const char *name)
{
	static const char *const prefixes[] = { "wl", "ww", "usb", "ib",
		"hso" };
	CLEANUP_FREE char *plain = v2v_strndup(name, strcspn(name, "*?[| \t"));

	return v2v_starts_with_any(plain, prefixes) ||
	       (*plain && v2v_netread_is_virtual(plain));
}

/* eth1 is a number among the kernel's cards; ens192 a place. */
static void set_original(
	struct v2v_netmatch *match, const char *key, const char *name)
{
	struct v2v_pci_place place;
	unsigned ordinal;

	if (is_other_device(name))
		match->is_other = true;
	else if (v2v_pairing_is_kernel_name(name, NULL))
		set_first(&match->original, name);
	else if (v2v_slot_of_name(name, &place, &ordinal) && !match->path)
		match->path = v2v_slot_path(&place);
	else if (!is_pattern(name) || *name == '!')
		set_first(&match->unclear, key);
}

/* enx005056aa0001 */
static void set_mac_name(
	struct v2v_netmatch *match, const char *key, const char *name)
{
	const char *s = name + strlen("enx");

	if (!v2v_starts_with(name, "enx") || strlen(s) != 12) {
		set_first(&match->unclear, key);
		return;
	}
	if (!match->mac)
		match->mac = v2v_format("%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", s,
			s + 2, s + 4, s + 6, s + 8, s + 10);
}

/* "2-1.4:1.0" of KERNELS */
static bool is_usb_port(const char *value)
{
	size_t n = strspn(value, "0123456789");

	return n && value[n] == '-' && isdigit((unsigned char)value[n + 1]);
}

static void set_path(
	struct v2v_netmatch *match, const char *key, const char *value)
{
	struct v2v_pci_place place;

	if (v2v_slot_of_path(value, &place))
		set_first(&match->path, value);
	else if (strstr(value, "usb") || is_usb_port(value))
		match->is_other = true;
	else if (value[strspn(value, "*?")])
		set_first(&match->unclear, key);
}

static void set_driver(struct v2v_netmatch *match, const char *value)
{
	if (value[strspn(value, "*?")])
		set_first(&match->driver, value);
}

static void set_vendor(struct v2v_netmatch *match, const char *value)
{
	set_first(&match->vendor, value);
}

static void set_id(struct v2v_netmatch *match, const char *value)
{
	set_first(&match->id, value);
}

static void set_bus(struct v2v_netmatch *match, const char *value)
{
	match->is_other |= strcmp(value, "pci") != 0 && !is_pattern(value);
}

/* A list of types, of which a card's is one: no "bridge", no "!ether". */
static void set_type(struct v2v_netmatch *match, const char *value)
{
	CLEANUP_FREE char *copy = v2v_strdup(value);
	char *save = NULL, *word = strtok_r(copy, " \t", &save);
	bool is_card = !word || *word == '!' || is_pattern(word);

	for (; word; word = strtok_r(NULL, " \t", &save))
		is_card |= strcmp(word, "ether") == 0;
	match->is_other |= !is_card;
}

/* ARPHRD_ETHER of the kernel's if_arp.h */
static void set_hardware(struct v2v_netmatch *match, const char *value)
{
	match->is_other |= strcmp(value, "1") != 0 && !is_pattern(value);
}

static void set_usb(struct v2v_netmatch *match, const char *value)
{
	(void)value;
	match->is_other = true;
}

/* They say the same of each card. */
static void set_nothing(struct v2v_netmatch *match, const char *value)
{
	(void)match;
	(void)value;
}

static const struct property {
	const char *name;
	/* One of the two. */
	void (*set)(struct v2v_netmatch *match, const char *value);
	void (*set_as)(
		struct v2v_netmatch *match, const char *key, const char *value);
} properties[] = {
	{ "INTERFACE", NULL, set_original },
	{ "ID_PATH", NULL, set_path },
	{ "ID_PATH_TAG", NULL, set_path },
	{ "DEVPATH", NULL, set_path },
	{ "ID_NET_NAME_SLOT", NULL, set_original },
	{ "ID_NET_NAME_PATH", NULL, set_original },
	{ "ID_NET_NAME_ONBOARD", NULL, set_original },
	{ "ID_NET_NAME_MAC", NULL, set_mac_name },
	{ "ID_NET_DRIVER", set_driver, NULL },
	{ "DRIVER", set_driver, NULL },
	{ "ID_VENDOR_ID", set_vendor, NULL },
	{ "ID_MODEL_ID", set_id, NULL },
	{ "ID_BUS", set_bus, NULL },
	{ "ID_USB_DRIVER", set_usb, NULL },
	{ "ID_USB_INTERFACE_NUM", set_usb, NULL },
	{ "DEVTYPE", set_type, NULL },
	{ "KIND", set_type, NULL },
	{ "SUBSYSTEM", set_nothing, NULL },
	{ "ACTION", set_nothing, NULL },
	{ "NAME", set_nothing, NULL },
	{ "TYPE", set_hardware, NULL },
	{ "DEV_ID", set_nothing, NULL },
	{ "DEV_PORT", set_nothing, NULL },
	{ "CLASS", set_nothing, NULL },
	{ "SUBSYSTEM_ID", set_nothing, NULL },
	{ "ADDR_ASSIGN_TYPE", set_nothing, NULL },
};

void v2v_netmatch_property(struct v2v_netmatch *match, const char *property,
	const char *key, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		if (strcmp(properties[i].name, property) != 0)
			continue;
		if (properties[i].set)
			properties[i].set(match, value);
		else
			properties[i].set_as(match, key, value);
		return;
	}
	if (value[strspn(value, "*?")])
		set_first(&match->unclear, key);
}

void v2v_netmatch_properties(struct v2v_netmatch *match, const char *words)
{
	static const char between[] = " \t\"'";

	for (words += strspn(words, between); *words;
		words += strspn(words, between)) {
		size_t n = strcspn(words, between);
		CLEANUP_FREE char *word = v2v_strndup(words, n);
		char *value = strchr(word, '=');

		words += n;
		if (!value || *word == '!') {
			set_first(&match->unclear, "Property");
			continue;
		}
		*value++ = '\0';
		v2v_netmatch_property(match, word, word, value);
	}
}

/* What hypervisors give a machine.  Of a vendor alone it is one of several. */
static const struct {
	const char *vendor, *id, *drivers;
} devices[] = {
	{ "15ad", "07b0", "vmxnet3" },
	{ "15ad", "0720", "vmxnet" },
	{ "8086", "100f", "e1000" },
	{ "8086", "100e", "e1000" },
	{ "8086", "1004", "e1000" },
	{ "8086", "10d3", "e1000e" },
	{ "1022", "2000", "pcnet32 vmxnet" },
	{ "10ec", "8139", "8139cp" },
	{ "1af4", "1000", "virtio_net" },
	{ "1af4", "1041", "virtio_net" },
};

static const char *plain_id(const char *id)
{
	return id && v2v_starts_with(id, "0x") ? id + 2 : id;
}

/* Those of the table, and of hypervisors that have no PCI device for it. */
static bool is_of_machine(const char *drivers)
{
	static const char *const others[] = { "hv_netvsc", "xen-netfront",
		"8139too", "tulip", "pcnet32" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (v2v_netmatch_drives(drivers, others[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		if (v2v_netmatch_drives(drivers, devices[i].drivers))
			return true;
	return false;
}

static bool is_id(const char *pattern, const char *id)
{
	return !pattern || fnmatch(pattern, id, FNM_CASEFOLD) == 0;
}

void v2v_netmatch_finish(struct v2v_netmatch *match)
{
	const char *vendor = plain_id(match->vendor);
	const char *id = plain_id(match->id);
	struct v2v_text drivers CLEANUP_TEXT = { 0 };
	const char *last = NULL;

	if (match->driver)
		match->is_other |= !is_of_machine(match->driver);
	if ((!vendor && !id) || match->driver)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		if (!is_id(vendor, devices[i].vendor) ||
			!is_id(id, devices[i].id) ||
			v2v_streq(last, devices[i].drivers))
			continue;
		last = devices[i].drivers;
		v2v_text_join(&drivers, " ", "%s", last);
	}
	if (drivers.length)
		match->driver = v2v_text_take(&drivers);
	else
		match->is_other = true;
}

bool v2v_netmatch_is_old(const struct v2v_netmatch *match)
{
	return match->path || match->original || match->driver;
}

static void tell(char **field, const char *value)
{
	if (!*field)
		*field = v2v_strdup(value);
}

void v2v_netmatch_tell(const struct v2v_netmatch *match,
	struct v2v_interface *iface, const char *key)
{
	bool is_one = match->original || match->driver ||
		      v2v_netmatch_number(iface->name);

	v2v_netread_mac(iface, match->mac);
	v2v_netread_path(iface, match->path);
	tell(&iface->original, match->original);
	tell(&iface->driver, match->driver);
	/* A MAC or a place is one card's, whatever else is compared. */
	if (iface->mac || iface->path)
		return;
	tell(&iface->unclear, match->unclear);
	if (!is_one)
		tell(&iface->unclear, key);
}

/* The driver of what an OVF calls so. */
static const char *driver_of(const char *model)
{
	static const char *const others[][2] = { { "virtio", "virtio_net" },
		{ "vmxnet2", "vmxnet" }, { "flexible", "pcnet32" },
		{ "rtl8139", "8139cp" } };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(model, others[i][0]) == 0)
			return others[i][1];
	return model;
}

bool v2v_netmatch_drives(const char *drivers, const char *model)
{
	CLEANUP_FREE char *copy = v2v_strdup(drivers);
	char *save = NULL;
	bool all = true;

	if (!model)
		return true;
	for (char *word = strtok_r(copy, " \t|", &save); word;
		word = strtok_r(NULL, " \t|", &save)) {
		bool is_not = *word == '!';

		if (fnmatch(word + is_not, driver_of(model), 0) == 0)
			return !is_not;
		all = all && is_not;
	}
	return all;
}

const char *v2v_netmatch_number(const char *name)
{
	const char *s = strpbrk(name, "%$");

	return s && s > name &&
			       (strcmp(s, "%n") == 0 ||
				       strcmp(s, "$number") == 0)
		       ? s
		       : NULL;
}

bool v2v_netmatch_gives(const char *given, const char *name)
{
	const char *number = v2v_netmatch_number(given);
	size_t n = number ? (size_t)(number - given) : 0;
	uint64_t value;

	if (!number || strcmp(given, name) == 0)
		return strcmp(given, name) == 0;
	return strncmp(given, name, n) == 0 && v2v_parse_u64(name + n, &value);
}
