/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disk controllers and network cards that Windows drives without anybody's
 * help.  8 and later have storahci, 7 msahci; before, and where that is
 * missing, there is IDE.
 */
#include "convert/windows/windows.h"

#include "guest/tree.h"
#include "windows/windows.h"

#define CODE "boot-driver"

/* What a bus needs: drivers whose files are there. */
struct bus {
	const char *name, *machine;
	const char *const drivers[4];
};

static const struct bus sata = { "sata", "q35", { "storahci" } };
static const struct bus sata_of_7 = { "sata", "q35", { "msahci" } };
static const struct bus ide = { "ide", "pc", { "intelide", "atapi" } };
static const struct bus ide_of_xp = { "ide", "pc",
	{ "intelide", "pciidex", "atapi" } };

/* Before Vista a driver that was never needed is not registered, but in its
 * place all the same. */
static bool has_driver(const struct v2v_windows_work *work, const char *name)
{
	CLEANUP_FREE char *file =
		v2v_windows_driver_file(work->tree, work->windows, name);

	return file && (!v2v_windows_is_since(work, 6, 0) ||
			       v2v_windows_driver_of(work, name));
}

static const char *lacking(
	const struct v2v_windows_work *work, const struct bus *bus)
{
	for (const char *const *name = bus->drivers; *name; name++)
		if (!has_driver(work, *name))
			return *name;
	return NULL;
}

/* The first that has all; NULL. */
static const struct bus *choose(struct v2v_windows_work *work,
	const struct bus *const *buses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = lacking(work, buses[i]);

		if (!name)
			return buses[i];
		v2v_fail(&work->no_bus, "no-boot-driver",
			"%s/System32/drivers/%s.sys: the driver of a disk "
			"controller that KVM offers is not there, or not "
			"registered",
			work->root, name);
	}
	return NULL;
}

static const struct bus *bus_of(struct v2v_windows_work *work)
{
	static const struct bus *const of_8[] = { &sata };
	static const struct bus *const of_7[] = { &sata_of_7, &ide };
	static const struct bus *const of_xp[] = { &ide_of_xp };

	if (v2v_windows_is_since(work, 6, 2))
		return choose(work, of_8, ARRAY_SIZE(of_8));
	if (v2v_windows_is_since(work, 6, 0))
		return choose(work, of_7, ARRAY_SIZE(of_7));
	return choose(work, of_xp, ARRAY_SIZE(of_xp));
}

/* All that are there: another controller may be chosen for the machine. */
static void start_all(struct v2v_windows_work *work)
{
	static const char *const services[] = { "storahci", "stornvme",
		"msahci", "intelide", "pciide", "atapi" };

	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (v2v_windows_driver_of(work, services[i]))
			v2v_windows_start(work, services[i], 0, CODE,
				"a disk controller that KVM offers is driven "
				"at boot");
}

/* XP and 2003 look for the driver of a controller by what it is. */
static void add_ids_of_xp(struct v2v_windows_work *work)
{
	static const char hdc[] = "{4D36E96A-E325-11CE-BFC1-08002BE10318}";
	static const char *const ids[][2] = {
		{ "pci#ven_8086&dev_7010", "intelide" },
		{ "primary_ide_channel", "atapi" },
		{ "secondary_ide_channel", "atapi" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		CLEANUP_FREE char *below = v2v_format(
			"Control\\CriticalDeviceDatabase\\%s", ids[i][0]);
		CLEANUP_FREE char *key = v2v_windows_key(work, below);

		v2v_edit_text(&work->in_system, key, "Service", V2V_REG_SZ,
			ids[i][1], CODE, "the new machine's IDE controller");
		v2v_edit_text(&work->in_system, key, "ClassGUID", V2V_REG_SZ,
			hdc, CODE, "the new machine's IDE controller");
	}
}

/* What it never had the hardware of has no service yet. */
static void add_service_of_xp(
	struct v2v_windows_work *work, const char *service, const char *group)
{
	CLEANUP_FREE char *below = v2v_format("Services\\%s", service);
	CLEANUP_FREE char *key = v2v_windows_key(work, below);
	CLEANUP_FREE char *image =
		v2v_format("System32\\DRIVERS\\%s.sys", service);
	static const char why[] = "the new machine's IDE controller";

	if (v2v_windows_driver_of(work, service))
		return;
	v2v_edit_dword(&work->in_system, key, "Type", 1, CODE, why);
	v2v_edit_dword(&work->in_system, key, "Start", 0, CODE, why);
	v2v_edit_dword(&work->in_system, key, "ErrorControl", 1, CODE, why);
	v2v_edit_text(
		&work->in_system, key, "Group", V2V_REG_SZ, group, CODE, why);
	v2v_edit_text(&work->in_system, key, "ImagePath", V2V_REG_EXPAND_SZ,
		image, CODE, why);
}

static void prepare_xp(struct v2v_windows_work *work)
{
	add_ids_of_xp(work);
	add_service_of_xp(work, "intelide", "System Bus Extender");
	add_service_of_xp(work, "atapi", "SCSI miniport");
}

/* 82574L; 82540EM; RTL8139: inbox since 8, in Vista and 7, before. */
static const char *net_bus(const struct v2v_windows_work *work)
{
	if (v2v_windows_is_since(work, 6, 2))
		return "e1000e";
	return v2v_windows_is_since(work, 6, 0) ? "e1000" : "rtl8139";
}

int v2v_windows_controllers(
	struct v2v_windows_work *work, struct v2v_error *err)
{
	const struct bus *bus = bus_of(work);
	struct v2v_guestcaps *caps = work->caps;

	(void)err;
	start_all(work);
	if (bus == &ide_of_xp)
		prepare_xp(work);
	caps->net_bus = v2v_strdup(net_bus(work));
	if (!bus)
		return 0;
	caps->block_bus = v2v_strdup(bus->name);
	if (!caps->machine)
		caps->machine = v2v_strdup(bus->machine);
	return 0;
}
