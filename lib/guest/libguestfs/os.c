/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operating systems, through libguestfs' inspection. */
#include "guest/libguestfs/order.h"
#include "guest/libguestfs/private.h"

/* libguestfs answers "unknown" where it cannot tell; the document says null. */
static char *known(char *s)
{
	if (s && (!*s || strcmp(s, "unknown") == 0)) {
		free(s);
		return NULL;
	}
	return s;
}

static void take_windows(
	guestfs_h *g, const char *root, struct v2v_inspect *inspect)
{
	struct v2v_windows *w = v2v_windows_new();

	w->systemroot = guestfs_inspect_get_windows_systemroot(g, root);
	w->software_hive = guestfs_inspect_get_windows_software_hive(g, root);
	w->system_hive = guestfs_inspect_get_windows_system_hive(g, root);
	w->current_control_set =
		guestfs_inspect_get_windows_current_control_set(g, root);
	inspect->windows = w;
}

static char *true_name(const struct v2v_libguestfs *l, const char *name)
{
	return l->order ? v2v_order_name(name, l->order) : v2v_strdup(name);
}

/* A root that libguestfs found and then does not know by the name that it gave
 * is on a disk that its kernel calls otherwise.  A name beyond the disks that
 * were added is not translated, so that libguestfs still knows it. */
static void learn_order(struct v2v_libguestfs *l, char *const *roots)
{
	static const char prefix[] = "btrfsvol:/dev/";
	char by_path[] = "/dev/disk/by-path";
	char *listed[] = { by_path, NULL };
	const char *last = "";

	for (; *roots && !l->order; roots++) {
		const char *device = *roots + strlen(prefix);
		CLEANUP_FREE char *type = NULL;

		/* One of each device tells. */
		if (!v2v_starts_with(*roots, prefix) ||
			strncmp(device, last, strcspn(device, "/") + 1) == 0)
			continue;
		last = device;
		if (v2v_order_is_added(*roots, l->config.drives->count))
			type = guestfs_inspect_get_type(l->g, *roots);
		if (!type)
			l->order = guestfs_debug(l->g, "ll", listed);
	}
}

static int find_roots(struct v2v_appliance *a, struct v2v_list *names)
{
	struct v2v_libguestfs *l = v2v_libguestfs_of(a);
	CLEANUP_STRV char **found = guestfs_inspect_os(l->g);

	if (!found)
		return -1;
	learn_order(l, found);
	for (char **root = found; *root; root++) {
		CLEANUP_FREE char *name = true_name(l, *root);

		v2v_list_add_string(names, name);
	}
	return 0;
}

static void describe(
	struct v2v_appliance *a, const char *root, struct v2v_inspect *inspect)
{
	guestfs_h *g = v2v_guestfs(a);
	CLEANUP_FREE char *osinfo = guestfs_inspect_get_osinfo(g, root);

	inspect->type = known(guestfs_inspect_get_type(g, root));
	inspect->distro = known(guestfs_inspect_get_distro(g, root));
	inspect->osinfo = known(v2v_take(osinfo));
	inspect->arch = known(guestfs_inspect_get_arch(g, root));
	inspect->major_version = guestfs_inspect_get_major_version(g, root);
	inspect->minor_version = guestfs_inspect_get_minor_version(g, root);
	inspect->product_name =
		known(guestfs_inspect_get_product_name(g, root));
	inspect->product_variant = guestfs_inspect_get_product_variant(g, root);
	inspect->hostname = known(guestfs_inspect_get_hostname(g, root));
	inspect->package_format =
		known(guestfs_inspect_get_package_format(g, root));
	inspect->package_management =
		known(guestfs_inspect_get_package_management(g, root));
	if (v2v_streq(inspect->type, "windows"))
		take_windows(g, root, inspect);
}

static void add_mountpoints(
	struct v2v_appliance *a, struct v2v_inspect *inspect)
{
	const struct v2v_libguestfs *l = v2v_libguestfs_of(a);
	CLEANUP_STRV char **pairs =
		guestfs_inspect_get_mountpoints(l->g, inspect->root);

	for (char **pair = pairs; pair && pair[0]; pair += 2) {
		struct v2v_mountpoint *mount;

		if (v2v_inspect_mountpoint(inspect, pair[0]))
			continue;
		mount = v2v_list_add(&inspect->mountpoints, sizeof *mount);
		mount->path = v2v_strdup(pair[0]);
		mount->device = true_name(l, pair[1]);
	}
}

static int list_applications(
	struct v2v_appliance *a, struct v2v_inspect *inspect)
{
	struct guestfs_application2_list *apps =
		guestfs_inspect_list_applications2(
			v2v_guestfs(a), inspect->root);

	if (!apps)
		return -1;
	for (uint32_t i = 0; i < apps->len; i++) {
		const struct guestfs_application2 *from = &apps->val[i];
		struct v2v_application *app =
			v2v_list_add(&inspect->applications, sizeof *app);

		app->name = v2v_strdup(from->app2_name);
		app->epoch = from->app2_epoch;
		app->version = known(v2v_strdup(from->app2_version));
		app->release = known(v2v_strdup(from->app2_release));
		app->arch = known(v2v_strdup(from->app2_arch));
	}
	guestfs_free_application2_list(apps);
	return 0;
}

static char *get_architecture(struct v2v_appliance *a, const char *path)
{
	return known(guestfs_file_architecture(v2v_guestfs(a), path));
}

const struct v2v_appliance_inspection v2v_libguestfs_inspection = {
	.find_roots = find_roots,
	.describe = describe,
	.mountpoints = add_mountpoints,
	.applications = list_applications,
	.architecture = get_architecture,
};
