/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operating systems, through libguestfs' inspection. */
#include "guest/os.h"

#include "guest/files.h"
#include "guest/order.h"
#include "guest/private.h"

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
	struct v2v_guest *guest, const char *root, struct v2v_inspect *inspect)
{
	guestfs_h *g = guest->g;
	struct v2v_windows *w = v2v_alloc(1, sizeof *w);

	w->systemroot = guestfs_inspect_get_windows_systemroot(g, root);
	w->software_hive = guestfs_inspect_get_windows_software_hive(g, root);
	w->system_hive = guestfs_inspect_get_windows_system_hive(g, root);
	w->current_control_set =
		guestfs_inspect_get_windows_current_control_set(g, root);
	inspect->windows = w;
}

static char *true_name(const struct v2v_guest *guest, const char *name)
{
	return guest->order ? v2v_order_name(name, guest->order)
			    : v2v_strdup(name);
}

/* A root that libguestfs found and then does not know by the name that it gave
 * is on a disk that its kernel calls otherwise. */
static void learn_order(struct v2v_guest *guest, char *const *roots)
{
	static const char prefix[] = "btrfsvol:/dev/";
	char by_path[] = "/dev/disk/by-path";
	char *listed[] = { by_path, NULL };
	const char *last = "";

	for (; *roots && !guest->order; roots++) {
		const char *device = *roots + strlen(prefix);
		CLEANUP_FREE char *type = NULL;

		/* One of each device tells. */
		if (!v2v_starts_with(*roots, prefix) ||
			strncmp(device, last, strcspn(device, "/") + 1) == 0)
			continue;
		last = device;
		type = guestfs_inspect_get_type(guest->g, *roots);
		if (!type)
			guest->order = guestfs_debug(guest->g, "ll", listed);
	}
}

void v2v_guest_more_mountpoints(
	struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	CLEANUP_STRV char **pairs =
		guestfs_inspect_get_mountpoints(guest->g, inspect->root);

	for (char **pair = pairs; pair && pair[0]; pair += 2) {
		struct v2v_mountpoint *mount;

		if (v2v_inspect_mountpoint(inspect, pair[0]))
			continue;
		mount = v2v_list_add(&inspect->mountpoints, sizeof *mount);
		mount->path = v2v_strdup(pair[0]);
		mount->device = true_name(guest, pair[1]);
	}
}

char *v2v_guest_architecture(struct v2v_guest *guest)
{
	static const char *const programs[] = { "/bin/sh", "/bin/ls",
		"/usr/bin/env", "/sbin/init" };

	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
		CLEANUP_FREE char *real =
			guestfs_realpath(guest->g, programs[i]);
		char *arch =
			real ? known(guestfs_file_architecture(guest->g, real))
			     : NULL;

		if (arch)
			return arch;
	}
	return NULL;
}

void v2v_guest_describe(
	struct v2v_guest *guest, const char *root, struct v2v_inspect *inspect)
{
	guestfs_h *g = guest->g;
	CLEANUP_FREE char *osinfo = guestfs_inspect_get_osinfo(g, root);

	inspect->root = v2v_strdup(root);
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
		take_windows(guest, root, inspect);
}

int v2v_guest_roots(
	struct v2v_guest *guest, struct v2v_list *roots, struct v2v_error *err)
{
	CLEANUP_STRV char **found = guestfs_inspect_os(guest->g);

	if (!found)
		return v2v_guest_fail(guest, err, "guest-inspect",
			"cannot look for operating systems");
	learn_order(guest, found);
	for (char **root = found; *root; root++) {
		CLEANUP_FREE char *name = true_name(guest, *root);

		v2v_list_add_string(roots, name);
	}
	return v2v_check_cancel(guest->v, err);
}

int v2v_guest_applications(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_error *err)
{
	struct guestfs_application2_list *apps =
		guestfs_inspect_list_applications2(guest->g, inspect->root);

	if (v2v_check_cancel(guest->v, err) < 0)
		return -1;
	if (!apps) {
		v2v_warn(guest->v, "guest-packages",
			"the guest's list of packages cannot be read: %s",
			guestfs_last_error(guest->g));
		return 0;
	}
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

bool v2v_guest_windows_hibernated(struct v2v_guest *guest)
{
	CLEANUP_FREE char *path =
		guestfs_case_sensitive_path(guest->g, "/hiberfil.sys");
	size_t n = 0;
	CLEANUP_FREE char *magic =
		path ? guestfs_pread(guest->g, path, 4, 0, &n) : NULL;

	return magic && n == 4 &&
	       (strncasecmp(magic, "hibr", 4) == 0 ||
		       strncasecmp(magic, "wake", 4) == 0);
}
