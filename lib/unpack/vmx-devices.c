/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drives and network cards of a VMX. */
#include "unpack/drives.h"
#include "unpack/vmx.h"

#define MAX_NUMBER 255 /* of a controller, of a place on it */

/* "scsi0:1.present": the number at *@s, which moves behind it. */
static bool parse_number(const char **s, int64_t *ret)
{
	CLEANUP_FREE char *digits = v2v_strndup(*s, strspn(*s, "0123456789"));

	if (!v2v_parse_i64(digits, ret) || *ret > MAX_NUMBER)
		return false;
	*s += strlen(digits);
	return true;
}

static const char *const buses[] = { "scsi", "sata", "ide", "nvme" };

/* A drive's key; its bus, a literal, and its place. */
static const char *parse_drive(
	const char *key, int64_t *ret_controller, int64_t *ret_unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(buses); i++) {
		const char *s = key + strlen(buses[i]);

		if (v2v_starts_with(key, buses[i]) &&
			parse_number(&s, ret_controller) && *s++ == ':' &&
			parse_number(&s, ret_unit) &&
			strcmp(s, ".present") == 0)
			return buses[i];
	}
	return NULL;
}

/* As OVF's controllers are called. */
static const char *controller_model(
	const json_t *vmx, const char *bus, int64_t number)
{
	static const struct {
		const char *vmware, *model;
	} models[] = {
		{ "lsilogic", "lsilogic" },
		{ "lsisas1068", "lsilogicsas" },
		{ "pvscsi", "pvscsi" },
		{ "buslogic", "buslogic" },
	};
	const char *device =
		v2v_vmx_get(vmx, "%s%lld.virtualdev", bus, (long long)number);

	if (strcmp(bus, "scsi") != 0 || !device)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++)
		if (strcasecmp(device, models[i].vmware) == 0)
			return models[i].model;
	return NULL;
}

static bool is_word(const char *type, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(type, *words) == 0)
			return true;
	return false;
}

/* 1: a disk or a CD; 0: something else. */
static int drive_type(const char *type, enum v2v_drive_type *ret)
{
	static const char *const disks[] = { "disk", "scsi-harddisk",
		"ata-harddisk", "sata-harddisk", "nvme-harddisk", "plaindisk",
		"rawdisk", NULL };
	static const char *const cds[] = { "cdrom-image", "cdrom-raw",
		"atapi-cdrom", NULL };
	bool is_disk = !type || !*type || is_word(type, disks);

	*ret = is_disk ? V2V_DRIVE_DISK : V2V_DRIVE_CD;
	return is_disk || is_word(type, cds);
}

static bool is_nothing(const char *file)
{
	return !file || !*file || strcasecmp(file, "emptyBackingString") == 0 ||
	       strcasecmp(file, "auto detect") == 0;
}

static void add_drive_file(struct v2v_drive *drive, const char *file)
{
	if (drive->type != V2V_DRIVE_DISK)
		return;
	drive->href = v2v_drive_file(file, &drive->foreign);
	drive->format = "vmdk";
}

/* Present, and on a controller that is. */
static bool is_present(
	const json_t *vmx, const char *key, const char *bus, int64_t number)
{
	const char *controller =
		v2v_vmx_get(vmx, "%s%lld.present", bus, (long long)number);

	return v2v_vmx_is_true(v2v_vmx_get(vmx, "%s", key)) &&
	       (!controller || v2v_vmx_is_true(controller));
}

static int add_drive(struct v2v *v, const json_t *vmx, const char *key,
	struct v2v_list *drives, struct v2v_error *err)
{
	int64_t number, unit;
	const char *bus = parse_drive(key, &number, &unit);
	const char *type, *file;
	enum v2v_drive_type kind;
	struct v2v_drive *drive;
	int n;

	if (!bus || !is_present(vmx, key, bus, number))
		return 0;
	n = (int)(strlen(key) - strlen(".present"));
	type = v2v_vmx_get(vmx, "%.*s.devicetype", n, key);
	file = v2v_vmx_get(vmx, "%.*s.filename", n, key);
	if (!drive_type(type, &kind)) {
		v2v_warn(v, "descriptor-device",
			"VMX: %.*s: a device of type '%s' is left out", n, key,
			type);
		return 0;
	}
	if (kind == V2V_DRIVE_DISK && is_nothing(file))
		return v2v_fail(err, "descriptor-disk",
			"VMX: the disk %.*s has no file", n, key);
	drive = v2v_drives_add(drives, err);
	if (!drive)
		return v2v_fail_prefix(err, "VMX");
	drive->type = kind;
	drive->bus = bus;
	drive->model = controller_model(vmx, bus, number);
	drive->controller = number;
	drive->unit = unit;
	add_drive_file(drive, file);
	return 0;
}

/* There may be two; one that is not mentioned is not there. */
static int add_floppies(
	const json_t *vmx, struct v2v_list *drives, struct v2v_error *err)
{
	for (int i = 0; i < 2; i++) {
		struct v2v_drive *drive;

		if (!v2v_vmx_is_true(v2v_vmx_get(vmx, "floppy%d.present", i)))
			continue;
		drive = v2v_drives_add(drives, err);
		if (!drive)
			return v2v_fail_prefix(err, "VMX");
		drive->type = V2V_DRIVE_FLOPPY;
		drive->unit = i;
	}
	return 0;
}

int v2v_vmx_drives(struct v2v *v, const json_t *vmx,
	struct v2v_descriptor_machine *machine, struct v2v_error *err)
{
	struct v2v_list drives CLEANUP_DRIVES = { NULL, 0 };
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)vmx, key, value) {
		if (add_drive(v, vmx, key, &drives, err) < 0)
			return -1;
	}
	if (add_floppies(vmx, &drives, err) < 0)
		return -1;
	v2v_drives_take(&drives, machine);
	return 0;
}

/* Where no card is said: what VMware gave guests of that kind. */
static const char *default_card(const json_t *vmx)
{
	const char *os_name = v2v_vmx_get(vmx, "guestos");

	return os_name && v2v_ends_with(os_name, "-64") ? "e1000" : "vlance";
}

static char *card_model(const json_t *vmx, int64_t number)
{
	const char *device =
		v2v_vmx_get(vmx, "ethernet%lld.virtualdev", (long long)number);
	char *model =
		v2v_strdup(device && *device ? device : default_card(vmx));

	for (char *s = model; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s | 0x20);
	return model;
}

/* A MAC that somebody chose is in `address`, VMware's own in
 * `generatedAddress`; the other one may be left from before. */
static char *card_mac(const json_t *vmx, int64_t number)
{
	const char *type =
		v2v_vmx_get(vmx, "ethernet%lld.addresstype", (long long)number);
	bool is_static = type && strcasecmp(type, "static") == 0;
	const char *chosen =
		v2v_vmx_get(vmx, "ethernet%lld.address", (long long)number);
	const char *generated = v2v_vmx_get(
		vmx, "ethernet%lld.generatedaddress", (long long)number);
	char *mac = v2v_mac_clean(is_static ? chosen : generated);

	return mac ? mac : v2v_mac_clean(is_static ? generated : chosen);
}

/* ESX' network, a distributed switch' port group, or one of Workstation's. */
static void set_network(const json_t *vmx, int64_t number, struct v2v_nic *nic)
{
	static const char *const keys[] = { "networkname", "dvs.portgroupid",
		"vnet" };
	const char *type = v2v_vmx_get(
		vmx, "ethernet%lld.connectiontype", (long long)number);
	bool is_private = type && (strcasecmp(type, "nat") == 0 ||
					  strcasecmp(type, "hostonly") == 0);

	nic->type = v2v_strdup(is_private ? "network" : "bridge");
	for (size_t i = 0; i < ARRAY_SIZE(keys) && !nic->network; i++) {
		const char *value = v2v_vmx_get(
			vmx, "ethernet%lld.%s", (long long)number, keys[i]);

		if (value && *value)
			nic->network = v2v_strdup(value);
	}
	if (!nic->network)
		nic->network = v2v_strdup(type && *type ? type : "bridged");
}

static int add_nic(const json_t *vmx, int64_t number, struct v2v_source *source,
	struct v2v_error *err)
{
	const char *slot = v2v_vmx_get(
		vmx, "ethernet%lld.pcislotnumber", (long long)number);
	struct v2v_nic *nic = v2v_nics_add(source, err);

	if (!nic)
		return v2v_fail_prefix(err, "VMX");
	nic->model = card_model(vmx, number);
	nic->mac = card_mac(vmx, number);
	set_network(vmx, number, nic);
	if (!slot || !v2v_parse_i64(slot, &nic->pci_slot) ||
		nic->pci_slot < 0 || nic->pci_slot > INT32_MAX)
		nic->pci_slot = -1;
	return 0;
}

int v2v_vmx_nics(
	const json_t *vmx, struct v2v_source *source, struct v2v_error *err)
{
	for (int64_t i = 0; i <= MAX_NUMBER; i++)
		if (v2v_vmx_is_true(v2v_vmx_get(
			    vmx, "ethernet%lld.present", (long long)i)) &&
			add_nic(vmx, i, source, err) < 0)
			return -1;
	return 0;
}
