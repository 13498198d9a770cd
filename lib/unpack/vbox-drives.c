/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drives of a .vbox: what is attached where, and which file a UUID is. */
#include "unpack/drives.h"
#include "unpack/machine-xml.h"
#include "unpack/vbox.h"

/* Reading state. */
struct reading {
	struct v2v *v;
	const xmlNode *registry; /* <HardDisks>; NULL */
	struct v2v_list drives;	 /* of struct v2v_drive */
	int64_t controllers[8];	 /* how many of each bus there were */
};

static const struct bus {
	const char *type; /* of a StorageController */
	const char *bus, *model;
} buses[] = {
	{ "PIIX3", "ide", NULL },
	{ "PIIX4", "ide", NULL },
	{ "ICH6", "ide", NULL },
	{ "AHCI", "sata", NULL },
	{ "IntelAhci", "sata", NULL },
	{ "LsiLogic", "scsi", "lsilogic" },
	{ "BusLogic", "scsi", "buslogic" },
	{ "LsiLogicSas", "scsi", "lsilogicsas" },
	{ "VirtioSCSI", "scsi", "virtio-scsi" },
	{ "NVMe", "nvme", NULL },
	{ "USB", NULL, NULL },
	{ "I82078", NULL, NULL },
};

static const struct bus *bus_of(const xmlNode *controller)
{
	for (size_t i = 0; i < ARRAY_SIZE(buses); i++)
		if (v2v_node_is(controller, "type", buses[i].type))
			return &buses[i];
	return NULL;
}

/* The registry's disk of that UUID; *@ret_depth: beneath how many others. */
static const xmlNode *find_medium(
	const xmlNode *parent, const char *uuid, unsigned *ret_depth)
{
	for (xmlNode *n = parent ? v2v_node_child(parent, "HardDisk") : NULL; n;
		n = v2v_node_next(n, "HardDisk")) {
		const xmlNode *found;

		if (v2v_node_is(n, "uuid", uuid))
			return n;
		found = find_medium(n, uuid, ret_depth);
		if (found) {
			(*ret_depth)++;
			return found;
		}
	}
	return NULL;
}

static bool is_encrypted(const xmlNode *medium)
{
	for (xmlNode *n = v2v_node_child(medium, "Property"); n;
		n = v2v_node_next(n, "Property"))
		if (v2v_node_is(n, "name", "CRYPT/KeyId"))
			return true;
	return false;
}

static const char *format_of(const xmlNode *medium)
{
	static const struct {
		const char *word, *format;
	} words[] = {
		{ "VDI", "vdi" },
		{ "VMDK", "vmdk" },
		{ "VHD", "vhd" },
		{ "VHDX", "vhdx" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (v2v_node_is(medium, "format", words[i].word))
			return words[i].format;
	return NULL;
}

static int check_medium(const xmlNode *medium, const char *uuid,
	const char *location, unsigned depth, struct v2v_error *err)
{
	if (!medium || !location)
		return v2v_fail(err, "descriptor-disk",
			"VirtualBox: no file for the disk %s is in its "
			"MediaRegistry",
			uuid);
	if (depth)
		return v2v_fail(err, "image-parent",
			"VirtualBox: the disk '%s' is the difference of a "
			"snapshot; delete the snapshots, or clone the machine",
			location);
	if (is_encrypted(medium))
		return v2v_fail(err, "machine-encrypted",
			"VirtualBox: the disk '%s' is encrypted", location);
	return 0;
}

static int set_file(const struct reading *r, const xmlNode *attached,
	struct v2v_drive *drive, struct v2v_error *err)
{
	CLEANUP_FREE char *uuid = v2v_node_value(attached, "Image", "uuid");
	CLEANUP_FREE char *location = NULL;
	const xmlNode *medium;
	unsigned depth = 0;

	if (!uuid)
		return v2v_fail(err, "descriptor-disk",
			"VirtualBox line %ld: a HardDisk without an Image",
			xmlGetLineNo(attached));
	medium = find_medium(r->registry, uuid, &depth);
	location = medium ? v2v_node_attribute(medium, "location") : NULL;
	if (check_medium(medium, uuid, location, depth, err) < 0)
		return -1;
	drive->href = v2v_drive_file(location, &drive->foreign);
	drive->format = format_of(medium);
	return 0;
}

static void set_place(const struct bus *bus, int64_t number,
	const xmlNode *attached, struct v2v_drive *drive)
{
	int64_t port = v2v_node_number(attached, "port");
	int64_t device = v2v_node_number(attached, "device");
	bool ide = v2v_streq(bus->bus, "ide");

	drive->bus = bus->bus;
	drive->model = bus->model;
	drive->controller = ide && port >= 0 ? port : number;
	drive->unit = ide || drive->type == V2V_DRIVE_FLOPPY ? device : port;
}

static int add_drive(struct reading *r, const struct bus *bus, int64_t number,
	const xmlNode *attached, struct v2v_error *err)
{
	CLEANUP_FREE char *type = v2v_node_value(attached, "", "type");
	bool cd = type && strcasecmp(type, "DVD") == 0;
	bool floppy = type && strcasecmp(type, "Floppy") == 0;
	struct v2v_drive *drive;

	if (!cd && !floppy && (!type || strcasecmp(type, "HardDisk") != 0))
		return v2v_fail(err, "descriptor-disk",
			"VirtualBox line %ld: AttachedDevice: unknown type "
			"'%s'",
			xmlGetLineNo(attached), type ? type : "");
	drive = v2v_drives_add(&r->drives, err);
	if (!drive)
		return v2v_fail_prefix(err, "VirtualBox");
	drive->type = cd       ? V2V_DRIVE_CD
		      : floppy ? V2V_DRIVE_FLOPPY
			       : V2V_DRIVE_DISK;
	set_place(bus, number, attached, drive);
	return drive->type == V2V_DRIVE_DISK ? set_file(r, attached, drive, err)
					     : 0;
}

/* The number of the controller among those of its bus. */
static int64_t count_controller(struct reading *r, const struct bus *bus)
{
	static const char *const kinds[] = { "ide", "sata", "scsi", "nvme" };

	for (size_t i = 0; bus->bus && i < ARRAY_SIZE(kinds); i++)
		if (strcmp(bus->bus, kinds[i]) == 0)
			return r->controllers[i]++;
	return 0;
}

static int read_controller(
	struct reading *r, const xmlNode *controller, struct v2v_error *err)
{
	const struct bus *bus = bus_of(controller);
	CLEANUP_FREE char *type = v2v_node_attribute(controller, "type");
	int64_t number;

	if (!bus)
		return v2v_fail(err, "descriptor-device",
			"VirtualBox line %ld: StorageController: unknown type "
			"'%s'",
			xmlGetLineNo(controller), type ? type : "");
	number = count_controller(r, bus);
	for (xmlNode *n = v2v_node_child(controller, "AttachedDevice"); n;
		n = v2v_node_next(n, "AttachedDevice"))
		if (add_drive(r, bus, number, n, err) < 0)
			return -1;
	return 0;
}

/* Until VirtualBox 6.0 (settings 1.17) they lie beside <Hardware>. */
static const xmlNode *find_controllers(const xmlNode *machine)
{
	const xmlNode *inside =
		v2v_node_at(machine, "Hardware/StorageControllers");

	return inside ? inside : v2v_node_child(machine, "StorageControllers");
}

static const xmlNode *find_registry(const xmlNode *machine)
{
	const xmlNode *own = v2v_node_at(machine, "MediaRegistry/HardDisks");

	return own ? own
		   : v2v_node_at(
			     machine->parent, "Global/MediaRegistry/HardDisks");
}

static int read_all(
	struct reading *r, const xmlNode *machine, struct v2v_error *err)
{
	const xmlNode *controllers = find_controllers(machine);

	if (!controllers && v2v_node_child(machine, "HardDiskAttachments"))
		return v2v_fail(err, "descriptor-device",
			"VirtualBox: the settings are of VirtualBox 2 or "
			"older; open the machine in a newer one first");
	for (xmlNode *n = controllers ? v2v_node_child(controllers,
						"StorageController")
				      : NULL;
		n; n = v2v_node_next(n, "StorageController"))
		if (read_controller(r, n, err) < 0)
			return -1;
	return 0;
}

int v2v_vbox_drives(struct v2v *v, const xmlNode *machine_node,
	struct v2v_descriptor_machine *machine, struct v2v_error *err)
{
	struct reading r = { .v = v, .registry = find_registry(machine_node) };
	int status = read_all(&r, machine_node, err);

	if (status == 0)
		v2v_drives_take(&r.drives, machine);
	v2v_drives_clear(&r.drives);
	return status;
}
