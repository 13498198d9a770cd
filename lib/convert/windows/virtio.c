/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virtio in the place of SATA and e1000e, where virtio-win has drivers that the
 * Windows would load.  One that it would not (missing, unsigned, signed by a
 * test certificate) is left alone with a warning, and the bus stays what
 * Windows drives itself.
 */
#include "convert/windows/virtio.h"

#include "core/names.h"
#include "windows/hive.h"

#include <string.h>

static void look_for_database(
	struct v2v_registry *registry, json_t *told, const void *opaque)
{
	v2v_registry_key root = v2v_registry_root(registry);

	(void)opaque;
	if (v2v_registry_find(registry, root, "DriverDatabase"))
		json_object_set_new(told, "database", json_true());
}

static int find_database(
	struct v2v_windows_virtio *virtio, struct v2v_error *err)
{
	const struct v2v_windows_work *work = virtio->work;
	json_auto_t *told = NULL;

	if (v2v_hive_read(work->tree, work->windows->system_hive,
		    look_for_database, NULL, &told, err) < 0)
		return -1;
	virtio->has_database = json_is_true(json_object_get(told, "database"));
	return 0;
}

static void tell_refusal(struct v2v_windows_virtio *virtio, const char *name,
	const char *code, const char *why, const char *instead)
{
	v2v_plan_note(virtio->work->plan, code,
		"%s of virtio-win ('%s') is %s: %s", name,
		virtio->drivers.place, why, instead);
}

/* The driver, if Windows would take it; else NULL, and it is told why not. */
static const struct v2v_driver *take_driver(struct v2v_windows_virtio *virtio,
	const char *name, const char *instead)
{
	const struct v2v_driver *driver =
		v2v_driver_find(&virtio->drivers, name);
	struct v2v_error why = { 0 };

	if (!driver) {
		tell_refusal(virtio, name, "driver-missing",
			"not there for this Windows", instead);
		return NULL;
	}
	if (v2v_driver_check(driver, &virtio->target, &why) == 0)
		return driver;
	tell_refusal(virtio, driver->folder, why.code, why.text, instead);
	return NULL;
}

static void tell_sha2(
	struct v2v_windows_virtio *virtio, const struct v2v_driver *driver)
{
	const bool is_7 = v2v_driver_target_since(&virtio->target, 6, 1);

	if (v2v_signature_needs_sha2(&driver->program, &virtio->target))
		v2v_plan_note(virtio->work->plan, "driver-sha2",
			"%s has a SHA-2 signature alone: without the update %s "
			"or KB4474419 this Windows does not load it, and does "
			"not start",
			driver->folder, is_7 ? "KB3033929" : "KB4039648");
}

static int use_disk_driver(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *driver, struct v2v_error *err)
{
	struct v2v_guestcaps *caps = virtio->work->caps;
	bool is_scsi = v2v_streq(driver->known->name, "vioscsi");

	if (find_database(virtio, err) < 0 ||
		v2v_virtio_copy_program(virtio, driver, err) < 0)
		return -1;
	v2v_virtio_register(virtio, driver);
	tell_sha2(virtio, driver);
	v2v_string_set(
		&caps->block_bus, is_scsi ? "virtio-scsi" : "virtio-blk");
	/* Where Windows has no driver of its own for a disk. */
	if (!caps->machine)
		caps->machine = v2v_strdup(
			v2v_driver_target_since(&virtio->target, 6, 0) ? "q35"
								       : "pc");
	return 0;
}

/* Such a device is what its driver makes of it. */
static void set_caps(struct v2v_guestcaps *caps, const char *name)
{
	const struct {
		const char *name;
		bool *has;
	} of[] = {
		{ "viorng", &caps->virtio_rng },
		{ "balloon", &caps->virtio_balloon },
		{ "viosock", &caps->virtio_socket },
		{ "pvpanic", &caps->pvpanic },
	};

	for (size_t i = 0; i < ARRAY_SIZE(of); i++)
		if (v2v_streq(name, of[i].name))
			*of[i].has = true;
	if (v2v_streq(name, "netkvm"))
		v2v_string_set(&caps->net_bus, "virtio-net");
}

/* Drivers that are refused for one reason: in the words of the first. */
struct refused {
	struct v2v_error why;
	struct v2v_names names;
};

/* The codes that v2v_driver_check() fails with. */
#define REASONS 3

static void add_refused(struct refused refused[REASONS],
	const struct v2v_error *why, const char *folder)
{
	size_t i = 0;

	while (i < REASONS - 1 && refused[i].why.code &&
		strcmp(refused[i].why.code, why->code) != 0)
		i++;
	v2v_fail(&refused[i].why, why->code, "%s", why->text);
	v2v_names_add(&refused[i].names, folder);
}

static void tell_refused(
	struct v2v_windows_virtio *virtio, struct refused refused[REASONS])
{
	for (size_t i = 0; i < REASONS && refused[i].why.code; i++) {
		v2v_plan_note(virtio->work->plan, refused[i].why.code,
			"drivers of virtio-win ('%s') that are not given to "
			"the guest, %s: %s",
			virtio->drivers.place, refused[i].why.text,
			v2v_names_text(&refused[i].names));
		v2v_names_clear(&refused[i].names);
	}
}

/* What Plug and Play finds: @disk's, too, so that the real package takes the
 * place of what is registered. */
static int use_others(struct v2v_windows_virtio *virtio,
	const struct v2v_driver *disk, const struct v2v_driver **ret_net,
	size_t *ret_count, struct v2v_error *err)
{
	struct refused refused[REASONS] = { 0 };
	int status = 0;

	v2v_list_foreach (
		const struct v2v_driver, driver, &virtio->drivers.list) {
		const bool is_boot = driver->known->is_boot;
		struct v2v_error why = { 0 };
		const bool refuses =
			v2v_driver_check(driver, &virtio->target, &why) < 0;

		if (refuses && !is_boot)
			add_refused(refused, &why, driver->folder);
		if (refuses || (is_boot && !disk) || status < 0)
			continue;
		status = v2v_virtio_copy_driver(virtio, driver, err);
		set_caps(virtio->work->caps, driver->known->name);
		if (v2v_streq(driver->known->name, "netkvm"))
			*ret_net = driver;
		++*ret_count;
	}
	if (!v2v_driver_find(&virtio->drivers, "netkvm"))
		tell_refusal(virtio, "netkvm", "driver-missing",
			"not there for this Windows",
			"its network cards use a model that Windows has a "
			"driver for");
	tell_refused(virtio, refused);
	return status;
}

/* The folders in which Windows looks for drivers; Windows' own is the first
 * where there is no such value. */
static void add_folder(struct v2v_windows_work *work)
{
	static const char *const items[] = { "%SystemRoot%\\inf",
		"%SystemRoot%\\Drivers\\VirtIO" };

	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		v2v_edit_add_item(&work->in_software,
			"Microsoft\\Windows\\CurrentVersion", "DevicePath",
			V2V_REG_EXPAND_SZ, items[i], "virtio-drivers",
			"Plug and Play finds virtio's drivers");
}

/* One that knows transitional devices alone makes all of them so. */
static void set_generation(struct v2v_guestcaps *caps,
	const struct v2v_driver *disk, const struct v2v_driver *net)
{
	caps->virtio_1_0 = (!disk || v2v_driver_is_modern(disk)) &&
			   (!net || v2v_driver_is_modern(net));
}

static int use_drivers(struct v2v_windows_virtio *virtio, struct v2v_error *err)
{
	struct v2v_windows_work *work = virtio->work;
	const char *wanted = work->task->block_driver;
	const struct v2v_driver *disk = take_driver(virtio,
		v2v_streq(wanted, "virtio-scsi") ? "vioscsi" : "viostor",
		"its disks use a bus that Windows has a driver for");
	const struct v2v_driver *net = NULL;
	size_t count = 0;

	if ((disk && use_disk_driver(virtio, disk, err) < 0) ||
		use_others(virtio, disk, &net, &count, err) < 0)
		return -1;
	if (count)
		add_folder(work);
	if (disk || net)
		set_generation(work->caps, disk, net);
	return 0;
}

int v2v_windows_virtio(struct v2v_windows_work *work, struct v2v_error *err)
{
	struct v2v_windows_virtio virtio = { .work = work };
	const char *place = work->task->virtio_win;
	int status;

	if (!v2v_driver_target_of(work->inspect, &virtio.target))
		return 0;
	if (!place) {
		v2v_plan_note(work->plan, "driver-missing",
			"no drivers of virtio-win were given: its disks and "
			"network cards use models that Windows has drivers "
			"for");
		return 0;
	}
	status = v2v_drivers_read(place, &virtio.target, &virtio.drivers, err);
	if (status == 0)
		status = use_drivers(&virtio, err);
	v2v_drivers_clear(&virtio.drivers);
	return status;
}
