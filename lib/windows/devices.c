/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hive SYSTEM: cards that Plug and Play has seen, in Enum\BUS\ID\INSTANCE.
 */
#include "windows/readers.h"

#include <ctype.h>

/* Of each kind; a real guest has a few dozens. */
#define MOST_DEVICES 256

/* SCSIAdapter and hdc; Net. */
#define SCSI_CLASS "{4d36e97b-e325-11ce-bfc1-08002be10318}"
#define HDC_CLASS  "{4d36e96a-e325-11ce-bfc1-08002be10318}"
#define NET_CLASS  "{4d36e972-e325-11ce-bfc1-08002be10318}"

struct walk {
	v2v_registry_key set;
	const char *bus, *id;
	struct v2v_windows *windows;
};

/* "@oem2.inf,%pvscsi%;VMware PVSCSI Controller" */
static char *shown_name(struct v2v_registry *registry, v2v_registry_key key)
{
	static const char *const names[] = { "FriendlyName", "DeviceDesc" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *name =
			v2v_registry_string(registry, key, names[i]);
		const char *last = name ? strrchr(name, ';') : NULL;

		if (name)
			return v2v_strdup(last ? last + 1 : name);
	}
	return NULL;
}

static void add_storage(struct v2v_registry *registry, v2v_registry_key key,
	const struct walk *walk)
{
	struct v2v_list *list = &walk->windows->storage;
	struct v2v_windows_storage *one;

	if (list->count >= MOST_DEVICES)
		return;
	one = v2v_list_add(list, sizeof *one);
	one->id = v2v_format("%s\\%s", walk->bus, walk->id);
	one->name = shown_name(registry, key);
	one->service = v2v_registry_string(registry, key, "Service");
}

static char *mac_of(const unsigned char *m)
{
	return v2v_format("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2],
		m[3], m[4], m[5]);
}

/* Windows 10 and later keep it. */
static char *permanent_mac(
	struct v2v_registry *registry, v2v_registry_key set, const char *guid)
{
	CLEANUP_FREE char *path = v2v_format(
		"Control\\NetworkSetup2\\Interfaces\\%s\\Kernel", guid);
	unsigned char mac[6];

	return v2v_registry_bytes(registry,
		       v2v_registry_find(registry, set, path),
		       "PermanentAddress", mac, sizeof mac) == sizeof mac
		       ? mac_of(mac)
		       : NULL;
}

/* "000C29FFFF661AA200": the serial number of a PCI Express card is an EUI-64,
 * which has the MAC, and "FFFF" or "FFFE" in its middle. */
static char *mac_of_serial(const char *instance)
{
	unsigned char n[8];

	if (strlen(instance) != 18)
		return NULL;
	for (size_t i = 0; i < 18; i++)
		if (!isxdigit((unsigned char)instance[i]))
			return NULL;
	for (size_t i = 0; i < sizeof n; i++) {
		const char byte[] = { instance[2 * i], instance[2 * i + 1], 0 };

		n[i] = (unsigned char)strtoul(byte, NULL, 16);
	}
	if (n[3] != 0xff || (n[4] != 0xff && n[4] != 0xfe))
		return NULL;
	return mac_of(
		(const unsigned char[]){ n[0], n[1], n[2], n[5], n[6], n[7] });
}

/* By a person, in the driver's settings: "00505600000A", with '-' perhaps. */
static char *mac_that_was_set(
	struct v2v_registry *registry, v2v_registry_key class)
{
	CLEANUP_FREE char *text =
		v2v_registry_string(registry, class, "NetworkAddress");
	unsigned char mac[6];
	size_t digits = 0;

	for (const char *s = text; s && *s; s++) {
		const char one[] = { *s, 0 };

		if (*s == '-' || *s == ':')
			continue;
		if (!isxdigit((unsigned char)*s) || digits == 12)
			return NULL;
		mac[digits / 2] =
			(unsigned char)((digits % 2 ? mac[digits / 2] << 4
						    : 0) |
					strtoul(one, NULL, 16));
		digits++;
	}
	return digits == 12 ? mac_of(mac) : NULL;
}

static char *connection_name(
	struct v2v_registry *registry, v2v_registry_key set, const char *guid)
{
	CLEANUP_FREE char *path = v2v_format(
		"Control\\Network\\" NET_CLASS "\\%s\\Connection", guid);

	return v2v_registry_string(
		registry, v2v_registry_find(registry, set, path), "Name");
}

/* A card without a configuration of its own is not one of the Windows'. */
static void add_nic(struct v2v_registry *registry, v2v_registry_key key,
	const char *instance, const char *driver, const struct walk *walk)
{
	CLEANUP_FREE char *path = v2v_format("Control\\Class\\%s", driver);
	const v2v_registry_key class =
		v2v_registry_find(registry, walk->set, path);
	CLEANUP_FREE char *guid =
		v2v_registry_string(registry, class, "NetCfgInstanceId");
	struct v2v_list *list = &walk->windows->nics;
	struct v2v_windows_nic *nic;

	if (!guid || list->count >= MOST_DEVICES)
		return;
	nic = v2v_list_add(list, sizeof *nic);
	nic->guid = v2v_take(guid);
	nic->id = v2v_format("%s\\%s", walk->bus, walk->id);
	nic->name = connection_name(registry, walk->set, nic->guid);
	nic->description = shown_name(registry, key);
	nic->service = v2v_registry_string(registry, key, "Service");
	nic->mac = permanent_mac(registry, walk->set, nic->guid);
	if (!nic->mac)
		nic->mac = mac_of_serial(instance);
	if (!nic->mac)
		nic->mac = mac_that_was_set(registry, class);
	nic->slot = v2v_registry_number(registry, key, "UINumber");
	nic->nic = -1;
	v2v_system_addresses(registry, walk->set, nic);
	v2v_system_addresses6(registry, walk->set, class, nic);
}

static void look_at_instance(struct v2v_registry *registry,
	v2v_registry_key key, const char *name, void *opaque)
{
	static const char net[] = NET_CLASS "\\";
	const struct walk *walk = opaque;
	CLEANUP_FREE char *class =
		v2v_registry_string(registry, key, "ClassGUID");
	CLEANUP_FREE char *driver =
		v2v_registry_string(registry, key, "Driver");

	if (driver && strncasecmp(driver, net, strlen(net)) == 0)
		add_nic(registry, key, name, driver, walk);
	else if (class && (strcasecmp(class, SCSI_CLASS) == 0 ||
				  strcasecmp(class, HDC_CLASS) == 0))
		add_storage(registry, key, walk);
}

static void look_at_device(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	struct walk walk = *(const struct walk *)opaque;

	walk.id = name;
	v2v_registry_each(registry, key, look_at_instance, &walk);
}

void v2v_system_devices(struct v2v_registry *registry, v2v_registry_key set,
	struct v2v_windows *w)
{
	static const char *const buses[] = { "PCI", "VMBUS", "XENVIF", "XENVBD",
		"XEN" };

	for (size_t i = 0; i < ARRAY_SIZE(buses); i++) {
		CLEANUP_FREE char *path = v2v_format("Enum\\%s", buses[i]);
		struct walk walk = { set, buses[i], NULL, w };

		v2v_registry_each(registry,
			v2v_registry_find(registry, set, path), look_at_device,
			&walk);
	}
}
