/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operating systems, through libguestfs' inspection. */
#include "guest/os.h"

#include "guest/files.h"
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

static size_t count(char **strings)
{
	size_t n = 0;

	while (strings && strings[n])
		n++;
	return n;
}

static int choose(char **roots, const char *wanted, size_t *ret_index,
	struct v2v_error *err)
{
	size_t n = count(roots);
	uint64_t number;

	*ret_index = 0;
	if (!wanted || strcmp(wanted, "first") == 0)
		return 0;
	if (strcmp(wanted, "single") == 0) {
		if (n == 1)
			return 0;
		return v2v_fail(err, "several-roots",
			"%zu operating systems; --root names one of them", n);
	}
	if (v2v_parse_u64(wanted, &number)) {
		*ret_index = (size_t)number - 1;
		if (number >= 1 && number <= n)
			return 0;
		return v2v_fail(err, "root-not-found",
			"--root: no operating system number %s, there are %zu",
			wanted, n);
	}
	for (size_t i = 0; i < n; i++) {
		*ret_index = i;
		if (strcmp(roots[i], wanted) == 0)
			return 0;
	}
	return v2v_fail(err, "root-not-found",
		"--root: no operating system on '%s'", wanted);
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

static void take_mountpoints(
	struct v2v_guest *guest, const char *root, struct v2v_inspect *inspect)
{
	CLEANUP_STRV char **pairs =
		guestfs_inspect_get_mountpoints(guest->g, root);

	for (char **pair = pairs; pair && pair[0]; pair += 2) {
		struct v2v_mountpoint *mount =
			v2v_list_add(&inspect->mountpoints, sizeof *mount);

		mount->path = v2v_strdup(pair[0]);
		/* The root is known; fstab may call its device by a name that
		 * only the running guest has (/dev/mapper/sda2_crypt). */
		mount->device =
			v2v_strdup(strcmp(pair[0], "/") == 0 ? root : pair[1]);
	}
}

static void take_root(
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
	take_mountpoints(guest, root, inspect);
}

int v2v_guest_os(struct v2v_guest *guest, const char *root,
	struct v2v_inspect *inspect, struct v2v_list *ret_others,
	struct v2v_error *err)
{
	CLEANUP_STRV char **roots = guestfs_inspect_os(guest->g);
	size_t chosen;

	inspect->major_version = inspect->minor_version = -1;
	inspect->boot_device = -1;
	if (!roots)
		return v2v_guest_fail(guest, err, "guest-inspect",
			"cannot look for operating systems");
	if (!roots[0])
		return v2v_check_cancel(guest->v, err);
	if (choose(roots, root, &chosen, err) < 0)
		return -1;
	take_root(guest, roots[chosen], inspect);
	for (size_t i = 0; roots[i]; i++)
		if (i != chosen)
			v2v_list_add_string(ret_others, roots[i]);
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
