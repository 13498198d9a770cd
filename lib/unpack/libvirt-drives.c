/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drives and network cards of a libvirt domain. */
#include "unpack/drives.h"
#include "unpack/libvirt.h"
#include "unpack/machine-xml.h"

static const char *const buses[] = { "virtio", "ide", "sata", "scsi", "nvme" };

static const char *bus_of(const xmlNode *disk)
{
	CLEANUP_FREE char *text = v2v_node_value(disk, "target", "bus");

	for (size_t i = 0; text && i < ARRAY_SIZE(buses); i++)
		if (strcmp(text, buses[i]) == 0)
			return buses[i];
	return NULL;
}

/* "vdb": 1; "sdaa": 26; Xen's "xvda1" counts as its disk; -1: none. */
static int64_t index_of(const xmlNode *disk)
{
	CLEANUP_FREE char *text = v2v_node_value(disk, "target", "dev");
	static const char *const prefixes[] = { "xvd", "vd", "sd", "hd", "fd",
		"ubd" };
	const char *s = NULL;
	int64_t n = 0;

	for (size_t i = 0; text && !s && i < ARRAY_SIZE(prefixes); i++)
		if (v2v_starts_with(text, prefixes[i]))
			s = text + strlen(prefixes[i]);
	if (!s || *s < 'a' || *s > 'z')
		return -1;
	for (; *s >= 'a' && *s <= 'z' && n < INT32_MAX / 26 - 1; s++)
		n = n * 26 + (*s - 'a') + 1;
	return n - 1;
}

/* libvirt's names of SCSI controllers, and ours, as OVF and VMX have them. */
static const struct {
	const char *theirs, *ours;
} models[] = {
	{ "lsilogic", "lsilogic" },
	{ "buslogic", "buslogic" },
	{ "lsisas1068", "lsilogicsas" },
	{ "lsisas1078", "lsilogicsas" },
	{ "vmpvscsi", "pvscsi" },
	{ "virtio-scsi", "virtio-scsi" },
	{ "virtio-transitional", "virtio-scsi" },
	{ "virtio-non-transitional", "virtio-scsi" },
	{ "ibmvscsi", NULL },
};

/* QEMU's scsi without a model is an LSI 53c895a. */
static const char *controller_model(
	const xmlNode *devices, const char *bus, int64_t number)
{
	if (!v2v_streq(bus, "scsi"))
		return NULL;
	for (xmlNode *n = v2v_node_child(devices, "controller"); n;
		n = v2v_node_next(n, "controller")) {
		CLEANUP_FREE char *model = v2v_node_attribute(n, "model");

		if (!v2v_node_is(n, "type", "scsi") ||
			v2v_node_number(n, "index") != number)
			continue;
		for (size_t i = 0; model && i < ARRAY_SIZE(models); i++)
			if (strcmp(model, models[i].theirs) == 0)
				return models[i].ours;
	}
	return NULL;
}

static const char *format_of(const xmlNode *disk)
{
	static const struct {
		const char *word, *format;
	} words[] = {
		{ "raw", "raw" },
		{ "qcow2", "qcow2" },
		{ "vmdk", "vmdk" },
		{ "vpc", "vhd" },
		{ "vhd", "vhd" },
		{ "vhdx", "vhdx" },
		{ "vdi", "vdi" },
	};
	CLEANUP_FREE char *text = v2v_node_value(disk, "driver", "type");

	for (size_t i = 0; text && i < ARRAY_SIZE(words); i++)
		if (strcasecmp(text, words[i].word) == 0)
			return words[i].format;
	return NULL;
}

/* What is not a file of this host: a volume of a pool, a disk behind a network
 * protocol (here a reader by URI would come in). */
static int fail_no_file(const xmlNode *disk, struct v2v_error *err)
{
	CLEANUP_FREE char *type = v2v_node_attribute(disk, "type");
	CLEANUP_FREE char *target = v2v_node_value(disk, "target", "dev");
	CLEANUP_FREE char *protocol =
		v2v_node_value(disk, "source", "protocol");

	return v2v_fail(err, "descriptor-disk",
		"libvirt XML: the disk %s is not a file (type '%s'%s%s)",
		target ? target : "", type ? type : "", protocol ? ", " : "",
		protocol ? protocol : "");
}

static int set_file(
	const xmlNode *disk, struct v2v_drive *drive, struct v2v_error *err)
{
	CLEANUP_FREE char *file = v2v_node_value(disk, "source", "file");

	/* A device of this host: as any file elsewhere, with --anywhere. */
	if (!file)
		file = v2v_node_value(disk, "source", "dev");
	if (!file)
		return fail_no_file(disk, err);
	if (v2v_node_at(disk, "encryption") ||
		v2v_node_at(disk, "source/encryption"))
		return v2v_fail(err, "machine-encrypted",
			"libvirt XML: the disk '%s' is encrypted by the host",
			file);
	if (v2v_node_at(disk, "source/slices"))
		return v2v_fail(err, "descriptor-disk",
			"libvirt XML: the disk is a slice of '%s', which is "
			"not supported; copy it into a file first",
			file);
	drive->href = v2v_drive_file(file, &drive->foreign);
	drive->format = format_of(disk);
	return 0;
}

/* libvirt's place of a drive: a bus is an IDE channel, without which there is
 * no place, and a target what other SCSI controllers than virtio-scsi have. */
static void set_address(const xmlNode *address, struct v2v_drive *drive)
{
	int64_t controller = v2v_node_number(address, "controller");
	int64_t bus = v2v_node_number(address, "bus");
	int64_t target = v2v_node_number(address, "target");
	int64_t unit = v2v_node_number(address, "unit");

	if (v2v_streq(drive->bus, "ide"))
		controller = bus;
	if (!v2v_node_is(address, "type", "drive") || controller < 0 ||
		unit < 0)
		return;
	drive->controller = controller;
	drive->unit = target > 0 ? target : unit;
}

/* Where there is no address, the name tells the place. */
static void set_place(
	const xmlNode *devices, const xmlNode *disk, struct v2v_drive *drive)
{
	bool ide;

	drive->bus = bus_of(disk);
	drive->unit = index_of(disk);
	ide = v2v_streq(drive->bus, "ide");
	if (ide && drive->unit >= 0) {
		drive->controller = drive->unit / 2;
		drive->unit %= 2;
	}
	set_address(v2v_node_child(disk, "address"), drive);
	drive->model = controller_model(devices, drive->bus, drive->controller);
}

static int add_drive(struct v2v *v, const xmlNode *devices, const xmlNode *disk,
	struct v2v_list *drives, struct v2v_error *err)
{
	CLEANUP_FREE char *device = v2v_node_attribute(disk, "device");
	bool cd = v2v_streq(device, "cdrom");
	bool floppy = v2v_streq(device, "floppy");
	struct v2v_drive *drive;

	if (device && !cd && !floppy && strcmp(device, "disk") != 0) {
		v2v_warn(v, "descriptor-device",
			"libvirt XML: a disk of the kind '%s' is left out",
			device);
		return 0;
	}
	drive = v2v_drives_add(drives, err);
	if (!drive)
		return v2v_fail_prefix(err, "libvirt XML");
	drive->type = cd       ? V2V_DRIVE_CD
		      : floppy ? V2V_DRIVE_FLOPPY
			       : V2V_DRIVE_DISK;
	set_place(devices, disk, drive);
	return drive->type == V2V_DRIVE_DISK ? set_file(disk, drive, err) : 0;
}

int v2v_libvirt_drives(struct v2v *v, const xmlNode *devices,
	struct v2v_descriptor_machine *machine, struct v2v_error *err)
{
	struct v2v_list drives CLEANUP_DRIVES = { NULL, 0 };

	for (xmlNode *n = devices ? v2v_node_child(devices, "disk") : NULL; n;
		n = v2v_node_next(n, "disk"))
		if (add_drive(v, devices, n, &drives, err) < 0)
			return -1;
	v2v_drives_take(&drives, machine);
	return 0;
}

static char *network_of(const xmlNode *nic)
{
	static const char *const names[] = { "portgroup", "network", "bridge",
		"dev", "portgroupid" };
	const xmlNode *source = v2v_node_child(nic, "source");
	char *text = NULL;

	/* A network's own port group is not its name. */
	for (size_t i = v2v_node_is(nic, "type", "network") ? 1 : 0;
		source && !text && i < ARRAY_SIZE(names); i++)
		text = v2v_node_attribute(source, names[i]);
	return text;
}

static int add_nic(
	const xmlNode *node, struct v2v_source *source, struct v2v_error *err)
{
	struct v2v_nic *nic = v2v_nics_add(source, err);
	CLEANUP_FREE char *mac = v2v_node_value(node, "mac", "address");
	CLEANUP_FREE char *model = v2v_node_value(node, "model", "type");
	CLEANUP_FREE char *type = v2v_node_attribute(node, "type");

	if (!nic)
		return v2v_fail_prefix(err, "libvirt XML");
	nic->network = network_of(node);
	nic->type = v2v_strdup(
		v2v_streq(type, "bridge") || v2v_streq(type, "direct")
			? "bridge"
			: "network");
	if (!nic->network)
		nic->network = v2v_strdup("default");
	nic->model = v2v_take(model);
	nic->mac = v2v_mac_clean(mac);
	return 0;
}

int v2v_libvirt_nics(const xmlNode *devices, struct v2v_source *source,
	struct v2v_error *err)
{
	for (xmlNode *n = devices ? v2v_node_child(devices, "interface") : NULL;
		n; n = v2v_node_next(n, "interface"))
		if (!v2v_node_is(n, "type", "hostdev") &&
			add_nic(n, source, err) < 0)
			return -1;
	return 0;
}
