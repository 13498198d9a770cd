/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* os-release(5). */
#include "inspect/release.h"

#include "inspect/lines.h"
#include "inspect/osinfo.h"

#include <ctype.h>

struct release {
	char *name, *pretty_name, *id, *id_like, *version_id;
};

static void release_clear(struct release *release)
{
	free(release->name);
	free(release->pretty_name);
	free(release->id);
	free(release->id_like);
	free(release->version_id);
}

static void set(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct release *release = opaque;
	CLEANUP_FREE char *copy = v2v_strdup(value);
	const char *text = v2v_line_unquote(copy);
	const struct {
		const char *key;
		char **member;
	} members[] = {
		{ "NAME", &release->name },
		{ "PRETTY_NAME", &release->pretty_name },
		{ "ID", &release->id },
		{ "ID_LIKE", &release->id_like },
		{ "VERSION_ID", &release->version_id },
	};

	(void)section;
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		if (strcmp(key, members[i].key) == 0 && *text) {
			free(*members[i].member);
			*members[i].member = v2v_strdup(text);
		}
}

/* How each family keeps its packages, by a word of ID or ID_LIKE.  The first
 * line that fits counts, so a child stands before its parent. */
static const struct {
	const char *id, *format, *management;
} families[] = {
	{ "photon", "rpm", "tdnf" },
	{ "mariner", "rpm", "tdnf" },
	{ "azurelinux", "rpm", "tdnf" },
	{ "clear-linux-os", NULL, "swupd" },
	{ "mageia", "rpm", "urpmi" },
	{ "altlinux", "rpm", "apt" },
	{ "debian", "deb", "apt" },
	{ "devuan", "deb", "apt" },
	{ "ubuntu", "deb", "apt" },
	{ "alpine", "apk", "apk" },
	{ "arch", "pacman", "pacman" },
	{ "artix", "pacman", "pacman" },
	{ "gentoo", "ebuild", "portage" },
	{ "funtoo", "ebuild", "portage" },
	{ "void", "xbps", "xbps" },
	{ "slackware", "pkgtool", "pkgtool" },
	{ "nixos", "nix", "nix" },
	{ "suse", "rpm", "zypper" },
	{ "opensuse", "rpm", "zypper" },
	{ "fedora", "rpm", "dnf" },
	{ "rhel", "rpm", "dnf" },
	{ "centos", "rpm", "dnf" },
	{ "openEuler", "rpm", "dnf" },
	{ "anolis", "rpm", "dnf" },
};

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = words; s && *s; s += strspn(s, " ")) {
		size_t length = strcspn(s, " ");

		if (length == n && strncasecmp(s, word, n) == 0)
			return true;
		s += length;
	}
	return false;
}

static void set_packages(
	const struct release *release, struct v2v_inspect *inspect)
{
	/* Amazon Linux 2 has yum and calls itself like RHEL and Fedora. */
	const bool yum = v2v_streq(release->id, "amzn") &&
			 v2v_streq(release->version_id, "2");

	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		if (!has_word(release->id, families[i].id) &&
			!has_word(release->id_like, families[i].id))
			continue;
		if (!inspect->package_format)
			inspect->package_format =
				v2v_strdup(families[i].format);
		if (!inspect->package_management)
			inspect->package_management = v2v_strdup(
				yum ? "yum" : families[i].management);
		return;
	}
}

/* "12", "8.10", "3.19.1", "v20240101": digits where there are some; -1. */
static int64_t leading_number(const char *s)
{
	CLEANUP_FREE char *digits = v2v_strndup(s, strspn(s, "0123456789"));
	int64_t number;

	return v2v_parse_i64(digits, &number) ? number : -1;
}

/* libguestfs gives 0.0 where it cannot tell, and of a distribution that it does
 * not know the number of the one that it was made from.  Where it knows the
 * release it knows more of it: 12.5 of Debian, whose os-release says 12. */
static void set_version(const char *version, struct v2v_inspect *inspect)
{
	const char *dot;

	if (!version || leading_number(version) < 0 ||
		(inspect->major_version > 0 &&
			inspect->major_version == leading_number(version)))
		return;
	inspect->major_version = leading_number(version);
	dot = strchr(version, '.');
	inspect->minor_version = dot ? leading_number(dot + 1) : 0;
	if (inspect->minor_version < 0)
		inspect->minor_version = 0;
}

/* Of Debian, and of what is made from it, libguestfs gives debian_version:
 * "12.5", "trixie/sid". */
static bool is_a_name(const char *product)
{
	return product && !isdigit((unsigned char)*product) &&
	       !v2v_ends_with(product, "/sid");
}

static void set_name(const struct release *release, struct v2v_inspect *inspect)
{
	const char *name =
		release->pretty_name ? release->pretty_name : release->name;

	if (!name || is_a_name(inspect->product_name))
		return;
	free(inspect->product_name);
	inspect->product_name = v2v_strdup(name);
}

void v2v_release_apply(const char *text, struct v2v_inspect *inspect)
{
	__attribute__((cleanup(release_clear))) struct release release = { 0 };

	v2v_ini_read(text, set, &release);
	set_name(&release, inspect);
	set_version(release.version_id, inspect);
	set_packages(&release, inspect);
	if (!release.id)
		return;
	free(inspect->distro);
	inspect->distro = v2v_strdup(release.id);
	v2v_osinfo_set(release.name, inspect);
}

/* openSUSE's folder is that of all its kinds: opensuse-leap. */
bool v2v_release_is_vendor(
	const struct v2v_inspect *inspect, const char *directory)
{
	const char *distro = inspect->distro ? inspect->distro : "";
	size_t m = strlen(distro), n = strlen(directory);

	return m && n && strncasecmp(distro, directory, m < n ? m : n) == 0;
}
