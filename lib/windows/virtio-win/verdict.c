/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Would Windows take the driver, and for which devices is it. */
#include "windows/virtio-win/drivers.h"

#include <string.h>
#include <strings.h>

#define PCI    "PCI\\"
#define VIRTIO "VEN_1AF4&DEV_"

/* A driver that is not needed at boot is installed by its catalog: that of a
 * WHQL build is signed, and its program need not be. */
static const struct v2v_signature *what_counts(const struct v2v_driver *driver)
{
	return !driver->known->is_boot && driver->has_catalog
		       ? &driver->catalog
		       : &driver->program;
}

const char *v2v_driver_signer(const struct v2v_driver *driver)
{
	return v2v_signature_signer(what_counts(driver));
}

/* One for ACPI or without a program of its own has no PCI ids to be known by.
 */
static bool names_its_device(const struct v2v_driver *driver)
{
	return !*driver->known->modern || v2v_driver_is_modern(driver) ||
	       v2v_driver_is_transitional(driver);
}

#define MISSING "driver-missing"

int v2v_driver_check(const struct v2v_driver *driver,
	const struct v2v_driver_target *target, struct v2v_error *err)
{
	const char *name = driver->known->name;

	if (!driver->has_inf)
		return v2v_fail(err, MISSING,
			"without a %s.inf that can be read", name);
	if (!driver->has_program && *driver->known->modern)
		return v2v_fail(err, MISSING, "without %s.sys", name);
	if (driver->has_program &&
		v2v_signature_is_foreign(&driver->program, target))
		return v2v_fail(err, MISSING, "not a program for %s: %s.sys",
			target->arch, name);
	if (!names_its_device(driver))
		return v2v_fail(err, MISSING,
			"without a device of virtio for this Windows in its "
			"INF");
	return v2v_signature_check(what_counts(driver), target, err);
}

/* Is the INF's @id of the device @device ("1001")? */
static bool is_of(const char *id, const char *device)
{
	return *device && strncasecmp(id, PCI, strlen(PCI)) == 0 &&
	       strncasecmp(id + strlen(PCI), VIRTIO, strlen(VIRTIO)) == 0 &&
	       strncasecmp(id + strlen(PCI VIRTIO), device, strlen(device)) ==
		       0;
}

static bool names(const struct v2v_driver *driver, const char *device)
{
	v2v_list_foreach (const char *, id, &driver->inf.ids)
		if (is_of(*id, device))
			return true;
	return false;
}

bool v2v_driver_is_transitional(const struct v2v_driver *driver)
{
	return names(driver, driver->known->transitional);
}

bool v2v_driver_is_modern(const struct v2v_driver *driver)
{
	return names(driver, driver->known->modern);
}

/* What Windows' names of devices have; nothing that could be a path. */
static bool is_plain(const char *id)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_&";

	return *id && strlen(id) < 128 && strspn(id, plain) == strlen(id);
}

static void add_id(struct v2v_list *ids, const char *id)
{
	v2v_list_foreach (const char *, known, ids)
		if (strcasecmp(*known, id) == 0)
			return;
	if (is_plain(id))
		v2v_list_add_string(ids, id);
}

/* "VEN_1AF4&DEV_1001&SUBSYS_00021AF4&REV_00" and the shorter ones. */
static void add_forms(
	struct v2v_list *ids, const char *device, const char *suffix)
{
	CLEANUP_FREE char *alone = v2v_format(VIRTIO "%s", device);
	CLEANUP_FREE char *full = v2v_format("%s%s", alone, suffix);
	CLEANUP_FREE char *revision =
		v2v_format("%s%s", alone, strstr(suffix, "&REV_"));

	add_id(ids, full);
	add_id(ids, revision);
	add_id(ids, alone);
}

void v2v_driver_ids(const struct v2v_driver *driver, struct v2v_list *ids)
{
	const struct v2v_known_driver *known = driver->known;

	if (v2v_driver_is_transitional(driver))
		add_forms(ids, known->transitional, known->transitional_suffix);
	if (v2v_driver_is_modern(driver))
		add_forms(ids, known->modern, known->modern_suffix);
	v2v_list_foreach (const char *, id, &driver->inf.ids)
		if (is_of(*id, known->transitional) ||
			is_of(*id, known->modern))
			add_id(ids, *id + strlen(PCI));
}
