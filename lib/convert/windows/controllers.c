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

/* pciidex is a library of the others': it has no service everywhere. */
static const char *lacking(
	const struct v2v_windows_work *work, const struct bus *bus)
{
	for (const char *const *name = bus->drivers; *name; name++)
		if (!v2v_windows_has_driver_file(
			    work->tree, work->windows, work->root, *name))
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
			"controller that KVM offers is not there",
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
	caps->net_bus = v2v_strdup(net_bus(work));
	if (!bus)
		return 0;
	caps->block_bus = v2v_strdup(bus->name);
	if (!caps->machine)
		caps->machine = v2v_strdup(bus->machine);
	return 0;
}
