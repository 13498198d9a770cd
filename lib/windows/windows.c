/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Windows by its program and its registry. */
#include "windows/windows.h"

#include "guest/machine.h"
#include "linux/distro/distro.h"
#include "linux/packages/packages.h"
#include "windows/registry.h"

static char *path_below(
	const struct v2v_tree *tree, const char *folder, const char *name)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", folder, name);

	return v2v_windows_path(tree, path);
}

/* Every Windows has it; compressed by CompactOS it cannot be read. */
static char *architecture(const struct v2v_tree *tree, const char *root)
{
	CLEANUP_FREE char *path = path_below(tree, root, "system32/cmd.exe");

	return path ? v2v_strdup(v2v_machine_of_file(tree, path)) : NULL;
}

static char *hive(
	const struct v2v_tree *tree, const char *root, const char *name)
{
	CLEANUP_FREE char *below = v2v_format("system32/config/%s", name);
	CLEANUP_FREE char *path = path_below(tree, root, below);

	return path && v2v_tree_is_file(tree, path) &&
			       !v2v_tree_is_link(tree, path)
		       ? v2v_take(path)
		       : NULL;
}

/* "6.1" of CurrentVersion, which since 10 is 6.3; then numbers say it. */
static void set_version(struct v2v_registry *registry, v2v_registry_key key,
	struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *text =
		v2v_registry_string(registry, key, "CurrentVersion");
	uint32_t major, minor;

	if (v2v_registry_number(
		    registry, key, "CurrentMajorVersionNumber", &major) &&
		v2v_registry_number(
			registry, key, "CurrentMinorVersionNumber", &minor) &&
		major <= INT32_MAX && minor <= INT32_MAX) {
		inspect->major_version = major;
		inspect->minor_version = minor;
	} else if (text) {
		v2v_distro_version(text, inspect);
	}
}

static uint64_t build_of(struct v2v_registry *registry, v2v_registry_key key)
{
	static const char *const names[] = { "CurrentBuildNumber",
		"CurrentBuild" };
	uint64_t build = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names) && !build; i++) {
		CLEANUP_FREE char *text =
			v2v_registry_string(registry, key, names[i]);

		if (text)
			v2v_parse_u64(text, &build);
	}
	return build;
}

static void read_software(
	struct v2v_registry *registry, struct v2v_inspect *inspect)
{
	static const char *const path[] = { "Microsoft", "Windows NT",
		"CurrentVersion", NULL };
	v2v_registry_key key = v2v_registry_find(registry, path);
	struct v2v_windows_version version = { 0 };

	if (!key)
		return;
	inspect->product_name =
		v2v_registry_string(registry, key, "ProductName");
	inspect->product_variant =
		v2v_registry_string(registry, key, "InstallationType");
	set_version(registry, key, inspect);
	version.major = inspect->major_version;
	version.minor = inspect->minor_version;
	version.build = build_of(registry, key);
	version.product_name = inspect->product_name;
	version.variant = inspect->product_variant;
	inspect->osinfo = v2v_strdup(v2v_windows_osinfo(&version));
}

static void read_system(
	struct v2v_registry *registry, struct v2v_inspect *inspect)
{
	static const char *const select[] = { "Select", NULL };
	v2v_registry_key key = v2v_registry_find(registry, select);
	char *set = NULL;
	uint32_t current;

	if (!key || !v2v_registry_number(registry, key, "Current", &current))
		return;
	set = v2v_format("ControlSet%03d", (int)current);
	inspect->windows->current_control_set = set;
	key = v2v_registry_find(
		registry, (const char *const[]){ set, "Services", "Tcpip",
				  "Parameters", NULL });
	if (key)
		inspect->hostname =
			v2v_registry_string(registry, key, "Hostname");
}

static void read_hive(const struct v2v_tree *tree, const char *path,
	void (*read)(
		struct v2v_registry *registry, struct v2v_inspect *inspect),
	struct v2v_inspect *inspect)
{
	struct v2v_registry *registry CLEANUP_REGISTRY =
		v2v_registry_open(tree, path, NULL);

	if (registry)
		read(registry, inspect);
}

bool v2v_windows_read(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	char *root = v2v_windows_root(tree);
	struct v2v_windows *w;

	if (!root)
		return false;
	w = inspect->windows = v2v_alloc(1, sizeof *w);
	w->systemroot = root;
	inspect->type = v2v_strdup("windows");
	inspect->distro = v2v_strdup("windows");
	inspect->arch = architecture(tree, root);
	w->software_hive = hive(tree, root, "software");
	w->system_hive = hive(tree, root, "system");
	if (w->software_hive && w->system_hive) {
		read_hive(tree, w->software_hive, read_software, inspect);
		read_hive(tree, w->system_hive, read_system, inspect);
	}
	return true;
}

/* What has no name to be shown is a part of something else. */
static void add_application(struct v2v_registry *registry, v2v_registry_key key,
	const char *name, void *opaque)
{
	CLEANUP_FREE char *shown =
		v2v_registry_string(registry, key, "DisplayName");
	CLEANUP_FREE char *version =
		shown ? v2v_registry_string(registry, key, "DisplayVersion")
		      : NULL;
	struct v2v_application *app;

	if (!shown)
		return;
	app = v2v_list_add(opaque, sizeof *app);
	app->name = v2v_strdup(name);
	if (version && *version && strcmp(version, "unknown") != 0)
		app->version = v2v_take(version);
}

int v2v_windows_applications(const struct v2v_tree *tree,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	static const char *const native[] = { "Microsoft", "Windows",
		"CurrentVersion", "Uninstall", NULL };
	static const char *const of_32_bits[] = { "WOW6432node", "Microsoft",
		"Windows", "CurrentVersion", "Uninstall", NULL };
	static const char *const *const paths[] = { native, of_32_bits };
	const char *hive_path = inspect->windows->software_hive;
	struct v2v_registry *registry CLEANUP_REGISTRY =
		hive_path ? v2v_registry_open(tree, hive_path, err) : NULL;

	if (!hive_path)
		return v2v_fail(err, "registry", "hive SOFTWARE not found");
	if (!registry)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		v2v_registry_key key = v2v_registry_find(registry, paths[i]);

		if (key)
			v2v_registry_each(registry, key, add_application,
				&inspect->applications);
	}
	v2v_packages_sort(&inspect->applications);
	return 0;
}
