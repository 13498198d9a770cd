/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What KubeVirt's admission code refuses although its schema allows it. */
#include "meta/kubevirt.h"

#include "meta/names.h"

static const char *name_of(const json_t *object)
{
	const char *name = json_string_value(json_object_get(object, "name"));

	return name ? name : "";
}

static int check_label(
	const char *name, const char *what, struct v2v_error *err)
{
	CLEANUP_FREE char *label = v2v_names_label(name, V2V_DNS_LABEL);

	if (v2v_streq(name, label))
		return 0;
	return v2v_fail(err, "document-shape",
		"%s: '%s' is not a valid DNS label", what, name);
}

/* Add @name to @seen; fails where it is there already. */
static int take(
	json_t *seen, const char *name, const char *what, struct v2v_error *err)
{
	if (json_object_get(seen, name))
		return v2v_fail(err, "document-shape", "%s: duplicate '%s'",
			what, name);
	json_object_set_new(seen, name, json_true());
	return 0;
}

/* The name of each item of @list is a label, and unique; they are added to
 * @seen. */
static int check_names(const json_t *list, json_t *seen, const char *what,
	struct v2v_error *err)
{
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (check_label(name_of(item), what, err) < 0 ||
			take(seen, name_of(item), what, err) < 0)
			return -1;
	return 0;
}

static int check_disks(const json_t *disks, struct v2v_error *err)
{
	static const char *const buses[] = { "virtio", "sata", "scsi", "usb" };
	json_auto_t *orders = json_object();
	json_t *disk;
	size_t i;

	json_array_foreach (disks, i, disk) {
		const json_t *kind = json_object_get(disk, "disk");
		json_int_t order =
			json_integer_value(json_object_get(disk, "bootOrder"));
		CLEANUP_FREE char *number =
			v2v_format("%" JSON_INTEGER_FORMAT, order);

		if (!v2v_is_one_of(
			    json_string_value(json_object_get(kind, "bus")),
			    buses))
			return v2v_fail(err, "document-shape",
				"disk '%s': unknown bus", name_of(disk));
		if (order < 1 || take(orders, number, "bootOrder", err) < 0)
			return v2v_fail(err, "document-shape",
				"disk '%s': invalid bootOrder", name_of(disk));
	}
	return 0;
}

static int check_interfaces(
	const json_t *interfaces, const json_t *networks, struct v2v_error *err)
{
	static const char *const models[] = { "virtio", "e1000", "e1000e",
		"igb", "ne2k_pci", "pcnet", "rtl8139" };
	size_t i, pods = 0;
	json_t *card;

	json_array_foreach (interfaces, i, card)
		if (!v2v_is_one_of(
			    json_string_value(json_object_get(card, "model")),
			    models))
			return v2v_fail(err, "document-shape",
				"interface '%s': unknown model", name_of(card));
	json_array_foreach (networks, i, card) {
		pods += json_object_get(card, "pod") != NULL;
	}
	if (pods > 1)
		return v2v_fail(err, "document-shape",
			"more than one interface on the pod network");
	return 0;
}

/* Secure boot needs SMM, and the firmware is either BIOS or EFI. */
static int check_firmware(const json_t *domain, struct v2v_error *err)
{
	const json_t *loader = json_object_get(
		json_object_get(domain, "firmware"), "bootloader");
	const json_t *efi = json_object_get(loader, "efi");
	const json_t *smm =
		json_object_get(json_object_get(domain, "features"), "smm");

	if (json_object_size(loader) != 1)
		return v2v_fail(err, "document-shape",
			"bootloader: expected either bios or efi");
	if (json_is_true(json_object_get(efi, "secureBoot")) &&
		!json_is_true(json_object_get(smm, "enabled")))
		return v2v_fail(err, "document-shape",
			"secureBoot without the feature smm");
	return 0;
}

/* Every disk has a volume and every card a network, and the reverse. */
static int check_pairs(const json_t *one, const json_t *other, const char *what,
	struct v2v_error *err)
{
	json_auto_t *ones = json_object(), *others = json_object();

	if (check_names(one, ones, what, err) < 0 ||
		check_names(other, others, what, err) < 0)
		return -1;
	if (json_equal(ones, others))
		return 0;
	return v2v_fail(err, "document-shape",
		"%s: the names in domain.devices differ", what);
}

int v2v_kubevirt_check(const json_t *machine, struct v2v_error *err)
{
	const json_t *spec = json_object_get(
		json_object_get(json_object_get(machine, "spec"), "template"),
		"spec");
	const json_t *domain = json_object_get(spec, "domain");
	const json_t *devices = json_object_get(domain, "devices");
	const json_t *disks = json_object_get(devices, "disks");
	const json_t *cards = json_object_get(devices, "interfaces");
	const json_t *networks = json_object_get(spec, "networks");

	if (check_label(name_of(json_object_get(machine, "metadata")),
		    "metadata.name", err) < 0 ||
		check_pairs(disks, json_object_get(spec, "volumes"), "volumes",
			err) < 0 ||
		check_pairs(cards, networks, "networks", err) < 0)
		return -1;
	if (check_disks(disks, err) < 0 ||
		check_interfaces(cards, networks, err) < 0)
		return -1;
	return check_firmware(domain, err);
}
