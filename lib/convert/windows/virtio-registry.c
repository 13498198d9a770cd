/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What SYSTEM must say for a disk's driver to be loaded at boot.  The service's
 * values are those of the drivers' own INFs; the database of drivers is laid
 * out as Windows 8 and later have it for the drivers that they boot with.
 */
#include "convert/windows/virtio.h"

#include <ctype.h>
#include <endian.h>
#include <string.h>
#include <time.h>

#define CODE "boot-driver"

/* A class of devices where the INF names none: SCSIAdapter. */
#define SCSI_CLASS "{4D36E97B-E325-11CE-BFC1-08002BE10318}"

/* INFs of our own: viostor.inf and oemN.inf come with the real package, when
 * Plug and Play installs it. */
static const struct {
	const char *service, *inf, *conf;
	uint32_t bus_type; /* STORAGE_BUS_TYPE that its INF sets */
} own[] = {
	{ "viostor", "v2vstor.inf", "v2vstor_conf", 0x01 },
	{ "vioscsi", "v2vscsi.inf", "v2vscsi_conf", 0x0a },
};

static size_t own_of(const struct v2v_driver *driver)
{
	return v2v_streq(driver->known->name, own[0].service) ? 0 : 1;
}

static void set_service(
	struct v2v_windows_virtio *virtio, const struct v2v_driver *driver)
{
	static const char why[] = "the disk's driver is loaded at boot";
	struct v2v_windows_work *work = virtio->work;
	struct v2v_edits *edits = &work->in_system;
	const char *service = driver->known->name;
	CLEANUP_FREE char *below = v2v_format("Services\\%s", service);
	CLEANUP_FREE char *key = v2v_windows_key(work, below);
	CLEANUP_FREE char *parameters = v2v_format("%s\\Parameters", key);
	CLEANUP_FREE char *pnp = v2v_format("%s\\PnpInterface", parameters);
	CLEANUP_FREE char *image =
		v2v_format("system32\\drivers\\%s.sys", service);

	v2v_edit_dword(edits, key, "Type", 1, CODE, why);
	v2v_windows_start(work, service, 0, CODE, why);
	v2v_edit_dword(edits, key, "ErrorControl", 1, CODE, why);
	v2v_edit_text(
		edits, key, "Group", V2V_REG_SZ, "SCSI miniport", CODE, why);
	v2v_edit_text(
		edits, key, "ImagePath", V2V_REG_EXPAND_SZ, image, CODE, why);
	v2v_edit_dword(edits, parameters, "BusType",
		own[own_of(driver)].bus_type, CODE, why);
	v2v_edit_dword(edits, pnp, "5", 1, CODE, why);
}

/* "{4D36E97B-E325-11CE-…}": its first three numbers are little-endian. */
static bool put_guid(const char *text, unsigned char bytes[16])
{
	static const unsigned char places[] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9,
		10, 11, 12, 13, 14, 15 };

	for (size_t i = 0; i < sizeof places; i++) {
		char digits[3] = { 0 };

		text += strspn(text, "{-");
		if (!isxdigit((unsigned char)text[0]) ||
			!isxdigit((unsigned char)text[1]))
			return false;
		memcpy(digits, text, 2);
		bytes[places[i]] = (unsigned char)strtoul(digits, NULL, 16);
		text += 2;
	}
	return true;
}

static const char *class_of(const struct v2v_inf *inf)
{
	const char *guid = inf->class_guid;
	unsigned char bytes[16];

	return guid && strlen(guid) == strlen(SCSI_CLASS) &&
			       put_guid(guid, bytes)
		       ? guid
		       : SCSI_CLASS;
}

/* Before 8. */
static void add_critical(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *driver, const char *id)
{
	static const char why[] = "the disk's device is known at boot";
	struct v2v_edits *edits = &virtio->work->in_system;
	CLEANUP_FREE char *below =
		v2v_format("Control\\CriticalDeviceDatabase\\PCI#%s", id);
	CLEANUP_FREE char *key = v2v_windows_key(virtio->work, below);

	v2v_edit_text(edits, key, "Service", V2V_REG_SZ, driver->known->name,
		CODE, why);
	v2v_edit_text(edits, key, "ClassGUID", V2V_REG_SZ,
		class_of(&driver->inf), CODE, why);
}

/* Of midnight, in units of 100 ns since 1601. */
static uint64_t file_time(const struct v2v_inf *inf)
{
	const uint64_t since_1601 = 11644473600;
	struct tm tm = { .tm_year = (int)inf->year - 1900,
		.tm_mon = (int)inf->month - 1,
		.tm_mday = (int)inf->day };

	if (!inf->year)
		return 0;
	return ((uint64_t)timegm(&tm) + since_1601) * 10000000;
}

static unsigned char architecture(const struct v2v_driver_target *target)
{
	if (v2v_streq(target->arch, "arm64"))
		return 0x0c;
	return v2v_driver_target_is_64(target) ? 0x09 : 0;
}

void v2v_virtio_version(const struct v2v_inf *inf,
	const struct v2v_driver_target *target,
	unsigned char ret_version[V2V_DRIVER_VERSION])
{
	uint64_t time = htole64(file_time(inf));

	memset(ret_version, 0, V2V_DRIVER_VERSION);
	ret_version[1] = 0xff;
	ret_version[2] = architecture(target);
	put_guid(class_of(inf), ret_version + 8);
	memcpy(ret_version + 24, &time, sizeof time);
	for (size_t i = 0; i < 4; i++) {
		ret_version[32 + 2 * i] = inf->version[3 - i] & 0xff;
		ret_version[33 + 2 * i] = inf->version[3 - i] >> 8;
	}
}

/* "v2vstor.inf_amd64_0123456789abcdef": other shapes break pnputil and the next
 * upgrade of Windows. */
static char *label_of(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *driver, const char *inf)
{
	return v2v_format(
		"%s_%s_%.16s", inf, virtio->target.arch, driver->inf_digest);
}

#define DATABASE "DriverDatabase\\"

static void add_package(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *driver, const char *label)
{
	static const char why[] = "the disk's driver is a package that is "
				  "configured";
	const char *inf = own[own_of(driver)].inf;
	const char *conf = own[own_of(driver)].conf;
	struct v2v_edits *edits = &virtio->work->in_system;
	CLEANUP_FREE char *file =
		v2v_format(DATABASE "DriverInfFiles\\%s", inf);
	CLEANUP_FREE char *package =
		v2v_format(DATABASE "DriverPackages\\%s", label);
	CLEANUP_FREE char *configuration =
		v2v_format("%s\\Configurations\\%s", package, conf);
	const char *const labels[] = { label, NULL }, *const confs[] = { conf,
		NULL };
	unsigned char version[V2V_DRIVER_VERSION];

	v2v_edit_texts(edits, file, "", labels, CODE, why);
	v2v_edit_text(edits, file, "Active", V2V_REG_SZ, label, CODE, why);
	v2v_edit_texts(edits, file, "Configurations", confs, CODE, why);
	v2v_virtio_version(&driver->inf, &virtio->target, version);
	v2v_edit_binary(
		edits, package, "Version", version, sizeof version, CODE, why);
	v2v_edit_dword(edits, configuration, "ConfigFlags", 0, CODE, why);
	v2v_edit_text(edits, configuration, "Service", V2V_REG_SZ,
		driver->known->name, CODE, why);
}

/* 8 and later. */
static void add_device(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *driver, const char *label, const char *id)
{
	static const char why[] = "the disk's device is known at boot";
	static const unsigned char rank[] = { 0x01, 0xff, 0x00, 0x00 };
	struct v2v_edits *edits = &virtio->work->in_system;
	CLEANUP_FREE char *device =
		v2v_format(DATABASE "DeviceIds\\PCI\\%s", id);
	CLEANUP_FREE char *descriptor = v2v_format(
		DATABASE "DriverPackages\\%s\\Descriptors\\PCI\\%s", label, id);

	v2v_edit_binary(edits, device, own[own_of(driver)].inf, rank,
		sizeof rank, CODE, why);
	v2v_edit_text(edits, descriptor, "Configuration", V2V_REG_SZ,
		own[own_of(driver)].conf, CODE, why);
}

void v2v_virtio_register(
	struct v2v_windows_virtio *virtio, const struct v2v_driver *driver)
{
	CLEANUP_FREE char *label =
		label_of(virtio, driver, own[own_of(driver)].inf);
	struct v2v_list ids CLEANUP_STRINGS = { 0 };

	v2v_driver_ids(driver, &ids);
	set_service(virtio, driver);
	if (virtio->has_database)
		add_package(virtio, driver, label);
	v2v_list_foreach (const char *, id, &ids)
		if (virtio->has_database)
			add_device(virtio, driver, label, *id);
		else
			add_critical(virtio, driver, *id);
}
