/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IDs of os-release(5), and what libguestfs calls them. */
#include "linux/distro/distro-private.h"

/* guestfs(3), inspect_get_distro. */
static const struct {
	const char *id, *distro;
} ids[] = {
	{ "alpine", "alpinelinux" },
	{ "altlinux", "altlinux" },
	{ "arch", "archlinux" },
	{ "centos", "centos" },
	{ "coreos", "coreos" },
	{ "debian", "debian" },
	{ "fedora", "fedora" },
	{ "frugalware", "frugalware" },
	{ "gentoo", "gentoo" },
	{ "kali", "kalilinux" },
	{ "kylin", "kylin" },
	{ "mageia", "mageia" },
	{ "neokylin", "neokylin" },
	{ "openmandriva", "openmandriva" },
	{ "opensuse", "opensuse" },
	{ "pardus", "pardus" },
	{ "pld", "pldlinux" },
	{ "rhel", "rhel" },
	{ "rocky", "rocky" },
	{ "sled", "sles" },
	{ "sles", "sles" },
	{ "ubuntu", "ubuntu" },
	{ "void", "voidlinux" },
};

const char *v2v_release_known(const char *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (strcmp(ids[i].id, id) == 0)
			return ids[i].distro;
	return v2v_starts_with(id, "opensuse-") ? "opensuse" : NULL;
}
