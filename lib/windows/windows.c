/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Windows by its program and its registry. */
#include "windows/windows.h"

#include "guest/machine.h"
#include "linux/packages/packages.h"
#include "windows/hive.h"
#include "windows/readers.h"

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

bool v2v_windows_is_compressed(
	const struct v2v_tree *tree, const struct v2v_windows *w)
{
	CLEANUP_FREE char *path =
		path_below(tree, w->systemroot, "system32/cmd.exe");

	return path && v2v_tree_is_file(tree, path) &&
	       !v2v_machine_of_file(tree, path);
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

static void take_string(char **to, char **from)
{
	if (!*from)
		return;
	free(*to);
	*to = v2v_take(*from);
}

/* The program is sure of its machine; the registry only where it is not read.
 */
static void take(struct v2v_inspect *to, struct v2v_inspect *from)
{
	take_string(&to->product_name, &from->product_name);
	take_string(&to->product_variant, &from->product_variant);
	take_string(&to->osinfo, &from->osinfo);
	take_string(&to->hostname, &from->hostname);
	if (!to->arch)
		take_string(&to->arch, &from->arch);
	if (from->major_version >= 0) {
		to->major_version = from->major_version;
		to->minor_version = from->minor_version;
	}
	if (from->windows)
		v2v_windows_take(to->windows, from->windows);
}

static void read_hive(const struct v2v_tree *tree, const char *path,
	void (*read)(struct v2v_registry *registry, struct v2v_inspect *told,
		const void *opaque),
	struct v2v_inspect *inspect)
{
	struct v2v_inspect told CLEANUP_INSPECT = { 0 };

	if (v2v_hive_inspect(tree, path, read, NULL, &told, NULL) == 0)
		take(inspect, &told);
}

void v2v_windows_describe(
	const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	const struct v2v_windows *w = inspect->windows;

	if (!w->software_hive || !w->system_hive)
		return;
	read_hive(tree, w->software_hive, v2v_software_read, inspect);
	read_hive(tree, w->system_hive, v2v_system_read, inspect);
	v2v_list_foreach (struct v2v_windows_driver, driver, &w->drivers) {
		free(v2v_take(driver->file));
		if (driver->service &&
			v2v_windows_is_controller(driver->service))
			driver->file = v2v_windows_driver_file(
				tree, w, driver->service);
	}
}

bool v2v_windows_read(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	char *root = v2v_windows_root(tree);
	struct v2v_windows *w;

	if (!root)
		return false;
	w = inspect->windows = v2v_windows_new();
	w->systemroot = root;
	inspect->type = v2v_strdup("windows");
	inspect->distro = v2v_strdup("windows");
	inspect->arch = architecture(tree, root);
	w->software_hive = hive(tree, root, "software");
	w->system_hive = hive(tree, root, "system");
	v2v_windows_describe(tree, inspect);
	return true;
}

int v2v_windows_applications(const struct v2v_tree *tree,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	const char *path = inspect->windows->software_hive;
	struct v2v_inspect told CLEANUP_INSPECT = { 0 };

	if (!path)
		return v2v_fail(err, "registry", "hive SOFTWARE not found");
	if (v2v_hive_inspect(tree, path, v2v_software_applications, NULL, &told,
		    err) < 0)
		return -1;
	inspect->applications = told.applications;
	told.applications = (struct v2v_list){ 0 };
	v2v_packages_sort(&inspect->applications);
	return 0;
}

/* XP and 2003 say it in their names alone. */
bool v2v_windows_is_server(const struct v2v_inspect *inspect)
{
	const struct v2v_windows *w = inspect->windows;

	if (w && w->installation_type)
		return !v2v_streq(w->installation_type, "Client");
	return (inspect->product_variant &&
		       v2v_starts_with(inspect->product_variant, "Server")) ||
	       (inspect->product_name &&
		       v2v_contains(inspect->product_name, "Server"));
}
