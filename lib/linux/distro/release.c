/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* os-release(5). */
#include "linux/distro/release.h"

#include "linux/distro/distro-private.h"

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

static void set(const char *key, const char *value, void *opaque)
{
	struct release *release = opaque;
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

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (strcmp(key, members[i].key) == 0 && *value)
			v2v_string_set(members[i].member, value);
}

/* libguestfs gives 0.0 where it cannot tell, and of a distribution that it does
 * not know the number of the one that it was made from.  Where it knows the
 * release it knows more of it: 12.5 of Debian, whose os-release says 12. */
static void set_version(const char *version, struct v2v_inspect *inspect)
{
	const char *s = version;
	int64_t major = s ? v2v_distro_number(&s) : -1, minor;

	if (major < 0 ||
		(inspect->major_version > 0 && inspect->major_version == major))
		return;
	s = strchr(version, '.');
	if (s)
		s++;
	minor = s ? v2v_distro_number(&s) : 0;
	inspect->major_version = major;
	inspect->minor_version = minor < 0 ? 0 : minor;
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
	v2v_string_set(&inspect->product_name, name);
}

void v2v_release_apply(const char *text, struct v2v_inspect *inspect)
{
	__attribute__((cleanup(release_clear))) struct release release = { 0 };

	v2v_release_each(text, false, set, &release);
	set_name(&release, inspect);
	set_version(release.version_id, inspect);
	v2v_packages_by_family(
		release.id, release.id_like, release.version_id, inspect);
	if (!release.id)
		return;
	v2v_string_set(&inspect->distro, release.id);
	v2v_distro_set_osinfo_by_id(release.name, inspect);
}

/* openSUSE's folder is that of all its kinds: opensuse-leap. */
bool v2v_release_is_vendor(
	const struct v2v_inspect *inspect, const char *directory)
{
	const char *distro = inspect->distro ? inspect->distro : "";
	size_t m = strlen(distro), n = strlen(directory);

	return m && n && strncasecmp(distro, directory, m < n ? m : n) == 0;
}
