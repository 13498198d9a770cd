/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a Windows to the folders of its drivers. */
#include "windows/virtio-win/folders.h"

#include "windows/windows.h"

#include <string.h>

#define MODERN_SUFFIX "&SUBSYS_11001AF4&REV_01"

/* The names of devices are those of the virtio specification, 4.1.2
 * and 4.1.2.1; SUBSYS as the INFs have it. */
const struct v2v_known_driver v2v_known_drivers[V2V_KNOWN_DRIVERS + 1] = {
	{ "viostor", "viostor", "1001", "1042", "&SUBSYS_00021AF4&REV_00",
		MODERN_SUFFIX, true, NULL },
	{ "vioscsi", "vioscsi", "1004", "1048", "&SUBSYS_00081AF4&REV_00",
		MODERN_SUFFIX, true, NULL },
	{ "netkvm", "netkvm", "1000", "1041", "&SUBSYS_00011AF4&REV_00",
		MODERN_SUFFIX, false, NULL },
	{ "balloon", "balloon", "1002", "1045", "&SUBSYS_00051AF4&REV_00",
		MODERN_SUFFIX, false, NULL },
	{ "vioserial", "vioser", "1003", "1043", "&SUBSYS_00031AF4&REV_00",
		MODERN_SUFFIX, false, NULL },
	{ "viorng", "viorng", "1005", "1044", "&SUBSYS_00041AF4&REV_00",
		MODERN_SUFFIX, false, NULL },
	{ "viosock", "viosock", "1012", "1053", "&SUBSYS_00131AF4&REV_00",
		MODERN_SUFFIX, false, NULL },
	{ "viofs", "viofs", "", "105A", "", MODERN_SUFFIX, false, NULL },
	{ "viogpudo", "viogpudo", "", "1050", "", MODERN_SUFFIX, false, NULL },
	{ "pvpanic", "pvpanic", "", "", "", "", false, NULL },
	{ "fwcfg", "fwcfg", "", "", "", "", false, NULL },
	/* The old form, without a program: both together conflict. */
	{ "qemufwcfg", "qemufwcfg", "", "", "", "", false, "fwcfg" },
};

static const char *machine_of(const char *arch)
{
	static const char *const machines[][2] = { { "i386", "x86" },
		{ "x86_64", "amd64" }, { "aarch64", "arm64" } };

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (v2v_streq(arch, machines[i][0]))
			return machines[i][1];
	return NULL;
}

bool v2v_driver_target_of(
	const struct v2v_inspect *inspect, struct v2v_driver_target *target)
{
	const struct v2v_windows *w = inspect->windows;

	*target = (struct v2v_driver_target){
		.major = inspect->major_version,
		.minor = inspect->minor_version,
		.build = w ? w->build : -1,
		.is_server = v2v_windows_is_server(inspect),
		.arch = machine_of(inspect->arch),
	};
	return target->arch != NULL;
}

bool v2v_driver_target_is_64(const struct v2v_driver_target *target)
{
	return !v2v_streq(target->arch, "x86");
}

bool v2v_driver_target_since(
	const struct v2v_driver_target *target, int64_t major, int64_t minor)
{
	return target->major > major ||
	       (target->major == major && target->minor >= minor);
}

#define FOLDERS 8

/* Builds from @build on, of servers, of clients or both; the last row that fits
 * counts. */
static const struct {
	int64_t major, minor, build;
	enum { BOTH, CLIENT, SERVER } kind;
	const char *folders[FOLDERS];
} rows[] = {
	{ 5, 1, 0, BOTH, { "xp", "2k3" } },
	{ 5, 2, 0, SERVER, { "2k3", "xp" } },
	{ 5, 2, 0, CLIENT, { "xp", "2k3" } },
	{ 6, 0, 0, BOTH, { "2k8" } },
	{ 6, 1, 0, CLIENT, { "w7", "2k8r2" } },
	{ 6, 1, 0, SERVER, { "2k8r2", "w7" } },
	{ 6, 2, 0, CLIENT, { "w8", "2k12" } },
	{ 6, 2, 0, SERVER, { "2k12", "w8" } },
	{ 6, 3, 0, CLIENT, { "w8.1", "2k12r2" } },
	{ 6, 3, 0, SERVER, { "2k12r2", "w8.1" } },
	{ 10, 0, 0, CLIENT, { "w10", "2k16", "2k19", "2k22" } },
	/* Windows 10's were tested on these before they had their own. */
	{ 10, 0, 22000, CLIENT,
		{ "w11", "2k25", "w10", "2k22", "2k19", "2k16" } },
	{ 10, 0, 0, SERVER, { "2k16", "w10", "2k19", "2k22" } },
	{ 10, 0, 17763, SERVER, { "2k19", "w10", "2k16", "2k22" } },
	{ 10, 0, 20348, SERVER, { "2k22", "w10", "2k19", "2k16" } },
	{ 10, 0, 26100, SERVER,
		{ "2k25", "w11", "2k22", "w10", "2k19", "2k16" } },
};

const char *const *v2v_driver_folders(const struct v2v_driver_target *target)
{
	static const char *const none[] = { NULL };
	const char *const *found = none;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].major == target->major &&
			rows[i].minor == target->minor &&
			(rows[i].kind == BOTH || (rows[i].kind == SERVER) ==
							 target->is_server) &&
			(rows[i].build == 0 || rows[i].build <= target->build))
			found = rows[i].folders;
	return found;
}

static bool is_there(const struct v2v_driver_source *source, const char *prefix,
	const struct v2v_known_driver *driver)
{
	CLEANUP_FREE char *inf = v2v_format("%s%s.inf", prefix, driver->name);
	size_t count;
	/* Sorted: the name itself comes before longer ones. */
	const struct v2v_source_file *file =
		v2v_driver_source_below(source, inf, &count);

	return file && v2v_streq(file->key, inf);
}

/* The folder of the driver itself: in the image, in the package, in what lies
 * in the package's "drivers". */
static char *own_folder(const struct v2v_driver_source *source,
	const struct v2v_known_driver *driver, const char *os, const char *arch)
{
	static const char *const tops[] = { "", "drivers/by-driver/",
		"by-driver/" };

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		char *prefix = v2v_format(
			"%s%s/%s/%s/", tops[i], driver->folder, os, arch);

		if (is_there(source, prefix, driver))
			return prefix;
		free(prefix);
	}
	return NULL;
}

/* The one of the system: all drivers, or those that its setup needs. */
static char *shared_folder(const struct v2v_driver_source *source,
	const struct v2v_known_driver *driver, const char *os, const char *arch)
{
	static const char *const tops[] = { "drivers/by-os/", "by-os/", "" };
	const char *name = v2v_streq(arch, "x86") ? "i386" : arch;

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		char *prefix = v2v_format("%s%s/%s/", tops[i], name, os);

		if (is_there(source, prefix, driver))
			return prefix;
		free(prefix);
	}
	return NULL;
}

char *v2v_driver_folder(const struct v2v_driver_source *source,
	const struct v2v_known_driver *driver,
	const struct v2v_driver_target *target)
{
	const char *const *os = v2v_driver_folders(target);
	char *prefix = NULL;

	for (; *os && !prefix; os++) {
		prefix = own_folder(source, driver, *os, target->arch);
		if (!prefix)
			prefix = shared_folder(
				source, driver, *os, target->arch);
	}
	return prefix;
}
