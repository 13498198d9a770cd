/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Container Linux. */
#include "inspect/layouts/container-linux.h"

#include "guest/files.h"
#include "guest/mounts.h"
#include "guest/volumes.h"
#include "inspect/systems.h"
#include "linux/distro/release.h"
#include "linux/network/network.h"

static const char *device_of(const struct v2v_list *volumes, const char *name)
{
	v2v_list_foreach (const struct v2v_volume, volume, volumes)
		if (v2v_streq(volume->partlabel, name))
			return volume->device;
	return NULL;
}

bool v2v_container_linux_is(const struct v2v_list *volumes)
{
	return device_of(volumes, "ROOT") && device_of(volumes, "USR-A");
}

static bool mount(struct v2v_guest *guest, const char *device)
{
	return device && v2v_guest_mount_root(guest, device, NULL);
}

/* The second is empty until the first update. */
static void read_usr(struct v2v_guest *guest, const struct v2v_list *volumes,
	struct v2v_inspect *inspect)
{
	static const char *const names[] = { "USR-A", "USR-B" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		CLEANUP_FREE char *release = NULL;

		if (!mount(guest, device_of(volumes, names[i])))
			continue;
		release = v2v_guest_text(guest, "/lib/os-release");
		if (!release)
			continue;
		v2v_release_apply(release, inspect);
		inspect->arch = v2v_systems_architecture(guest);
		return;
	}
}

static void read_root(struct v2v_guest *guest, const struct v2v_source *source,
	const struct v2v_list *volumes, struct v2v_inspect *inspect)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	const struct v2v_list none = { 0 };

	if (mount(guest, device_of(volumes, "ROOT")))
		v2v_network_find(&tree, source, &none, inspect);
}

void v2v_container_linux_describe(struct v2v_guest *guest,
	const struct v2v_source *source, const struct v2v_list *volumes,
	struct v2v_inspect *inspect)
{
	v2v_string_set(&inspect->type, "linux");
	read_usr(guest, volumes, inspect);
	read_root(guest, source, volumes, inspect);
	v2v_guest_umount(guest);
}
