/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operating systems: the backend's knowledge, or our own. */
#include "inspect/systems.h"

#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/os.h"

struct look {
	struct v2v_guest *guest;
	struct v2v_list *failures;
};

static bool mount_alone(void *opaque, const char *device)
{
	const struct look *look = opaque;

	return v2v_guest_mount_root(look->guest, device, look->failures);
}

static void unmount(void *opaque)
{
	const struct look *look = opaque;

	v2v_guest_umount(look->guest);
}

static void add_subvolumes(
	void *opaque, const char *device, struct v2v_list *names)
{
	const struct look *look = opaque;

	v2v_guest_subvolumes(look->guest, device, names);
}

int v2v_systems_find(struct v2v_guest *guest, const struct v2v_list *volumes,
	struct v2v_list *systems, struct v2v_list *roots,
	struct v2v_list *failures, struct v2v_error *err)
{
	struct look look = { guest, failures };
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	const struct v2v_os_source source = {
		.tree = &tree,
		.volumes = volumes,
		.mount = mount_alone,
		.umount = unmount,
		.subvolumes = add_subvolumes,
		.opaque = &look,
	};

	if (v2v_guest_can_inspect(guest))
		return v2v_guest_roots(guest, roots, err);
	if (v2v_os_find(&source, systems, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_os, os, systems)
		if (os->role == V2V_OS_ROOT)
			v2v_list_add_string(roots, os->device);
	return 0;
}

void v2v_systems_describe(struct v2v_guest *guest,
	const struct v2v_list *systems, const char *root,
	struct v2v_inspect *inspect)
{
	const struct v2v_os *os = v2v_os_root(systems, root);

	if (os)
		v2v_os_describe(os, inspect);
	else
		v2v_guest_describe(guest, root, inspect);
}

void v2v_systems_more_mountpoints(struct v2v_guest *guest,
	const struct v2v_list *systems, struct v2v_inspect *inspect)
{
	const struct v2v_os *os = v2v_os_root(systems, inspect->root);

	if (os)
		v2v_os_more_mountpoints(os, inspect);
	else
		v2v_guest_more_mountpoints(guest, inspect);
}

char *v2v_systems_architecture(struct v2v_guest *guest)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);

	return v2v_guest_can_inspect(guest) ? v2v_guest_architecture(guest)
					    : v2v_os_architecture(&tree);
}

/* Of older systems, of newer ones, of those by OSTree. */
static char *query_rpm(void *opaque, struct v2v_error *err)
{
	static const char *const places[] = { "/var/lib/rpm",
		"/usr/lib/sysimage/rpm", "/usr/share/rpm" };
	struct v2v_guest *guest = opaque;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct v2v_list names CLEANUP_STRINGS = { 0 };

		v2v_guest_list(guest, places[i], &names);
		if (names.count)
			return v2v_guest_rpm(
				guest, places[i], V2V_RPM_QUERY, err);
	}
	return v2v_strdup("");
}

int v2v_systems_applications(struct v2v_guest *guest,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	const struct v2v_rpm rpm = { query_rpm, guest };
	struct v2v_error why = { 0 };

	if (v2v_guest_can_inspect(guest))
		return v2v_guest_applications(guest, inspect, err);
	if (v2v_os_applications(&tree, &rpm, inspect, &why) < 0)
		v2v_guest_warn_packages(guest, why.text);
	return v2v_tree_check(&tree, err);
}
