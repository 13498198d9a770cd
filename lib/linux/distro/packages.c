/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How distributions keep their packages. */
#include "linux/distro/distro-private.h"

/* By what libguestfs calls them, or by a word of ID or ID_LIKE.  Of a family
 * the first line that fits counts, so a child comes before its parent. */
static const struct distro {
	const char *name, *format, *management;
	enum {
		ALWAYS,
		BY_AGE,
		BY_ID
	} when; /* management is that of today;
		   libguestfs does not tell */
} distros[] = {
	{ "photon", "rpm", "tdnf", ALWAYS },
	{ "mariner", "rpm", "tdnf", ALWAYS },
	{ "azurelinux", "rpm", "tdnf", ALWAYS },
	{ "clear-linux-os", NULL, "swupd", ALWAYS },
	{ "mageia", "rpm", "urpmi", ALWAYS },
	{ "mandriva", "rpm", "urpmi", ALWAYS },
	{ "openmandriva", "rpm", "dnf", ALWAYS },
	{ "meego", "rpm", "yum", ALWAYS },
	{ "neokylin", "rpm", "dnf", ALWAYS },
	{ "altlinux", "rpm", "apt", ALWAYS },
	{ "pardus", "pisi", "pisi", ALWAYS },
	{ "debian", "deb", "apt", ALWAYS },
	{ "devuan", "deb", "apt", ALWAYS },
	{ "kalilinux", "deb", "apt", ALWAYS },
	{ "kylin", "deb", "apt", ALWAYS },
	{ "linuxmint", "deb", "apt", ALWAYS },
	{ "ubuntu", "deb", "apt", ALWAYS },
	{ "alpinelinux", "apk", "apk", ALWAYS },
	{ "archlinux", "pacman", "pacman", ALWAYS },
	{ "artix", "pacman", "pacman", ALWAYS },
	{ "gentoo", "ebuild", "portage", ALWAYS },
	{ "funtoo", "ebuild", "portage", ALWAYS },
	{ "voidlinux", "xbps", "xbps", ALWAYS },
	{ "slackware", "pkgtool", "pkgtool", BY_ID },
	{ "nixos", "nix", "nix", ALWAYS },
	{ "suse", "rpm", "zypper", ALWAYS },
	{ "opensuse", "rpm", "zypper", ALWAYS },
	{ "sles", "rpm", "zypper", ALWAYS },
	{ "suse-based", "rpm", "zypper", ALWAYS },
	{ "centos", "rpm", "dnf", BY_AGE },
	{ "fedora", "rpm", "dnf", BY_AGE },
	{ "oraclelinux", "rpm", "dnf", BY_AGE },
	{ "redhat-based", "rpm", "dnf", BY_AGE },
	{ "rhel", "rpm", "dnf", BY_AGE },
	{ "rocky", "rpm", "dnf", BY_AGE },
	{ "scientificlinux", "rpm", "dnf", BY_AGE },
	{ "openEuler", "rpm", "dnf", ALWAYS },
	{ "anolis", "rpm", "dnf", ALWAYS },
};

/* Of Red Hat's kind. */
static const char *by_age(
	const struct v2v_tree *tree, const char *distro, int64_t major)
{
	if (strcmp(distro, "fedora") == 0) {
		if (major >= 22 && v2v_tree_is_file(tree, "/usr/bin/dnf"))
			return "dnf";
		return major >= 1 ? "yum" : NULL;
	}
	if (major >= 5)
		return major >= 8 ? "dnf" : "yum";
	return major >= 2 ? "up2date" : NULL;
}

void v2v_distro_set_packages(
	const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	for (size_t i = 0; i < ARRAY_SIZE(distros); i++) {
		const struct distro *d = &distros[i];

		if (d->when == BY_ID || !v2v_streq(inspect->distro, d->name))
			continue;
		v2v_string_set(&inspect->package_format, d->format);
		v2v_string_set(&inspect->package_management,
			d->when == BY_AGE
				? by_age(tree, d->name, inspect->major_version)
				: d->management);
		return;
	}
}

static bool is_family(const char *words, const struct distro *d)
{
	for (const char *s = words; s && *s; s += strspn(s, " ")) {
		size_t n = strcspn(s, " ");
		CLEANUP_FREE char *word = v2v_strndup(s, n);
		const char *known = v2v_release_known(word);

		if (strcasecmp(known ? known : word, d->name) == 0)
			return true;
		s += n;
	}
	return false;
}

static void fill(char **member, const char *value)
{
	if (!*member)
		*member = v2v_strdup(value);
}

void v2v_packages_by_family(const char *id, const char *id_like,
	const char *version, struct v2v_inspect *inspect)
{
	/* Amazon Linux 2 has yum and calls itself like RHEL and Fedora. */
	const bool yum = v2v_streq(id, "amzn") && v2v_streq(version, "2");

	for (size_t i = 0; i < ARRAY_SIZE(distros); i++) {
		const struct distro *d = &distros[i];

		if (!is_family(id, d) && !is_family(id_like, d))
			continue;
		fill(&inspect->package_format, d->format);
		fill(&inspect->package_management, yum ? "yum" : d->management);
		return;
	}
}
