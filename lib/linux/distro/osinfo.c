/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libosinfo's names of systems. */
#include "linux/distro/distro-private.h"

/* How the version follows the word. */
enum form {
	NOTHING, /* it rolls */
	MAJOR,	 /* "almalinux9" */
	BOTH,	 /* "ol8.5" */
	MONTH,	 /* "popos22.04" */
	PACK,	 /* "sle15sp3" */
	NO_NAME, /* libosinfo has none */
};

/* Who is to know: libguestfs of its own names (guestfs(3), inspect_get_osinfo);
 * we of the IDs of os-release, where it says nothing or what libosinfo does not
 * have. */
#define THEIRS 1
#define OURS   2

/* The first that fits counts. */
static const struct named {
	const char *id, *name, *word;
	enum form form;
	int64_t since; /* major version; 0 */
	int whose;
} systems[] = {
	{ "almalinux", NULL, "almalinux", MAJOR, 8, OURS },
	{ "rocky", NULL, "rocky", MAJOR, 8, THEIRS | OURS },
	{ "centos", "CentOS Stream", "centos-stream", MAJOR, 8, OURS },
	{ "centos", NULL, "centos", MAJOR, 8, THEIRS },
	{ "centos", NULL, "centos7.0", NOTHING, 7, THEIRS },
	{ "centos", NULL, "centos", BOTH, 6, THEIRS },
	{ "debian", NULL, "debian", MAJOR, 4, THEIRS },
	{ "fedora", NULL, "fedora", MAJOR, 0, THEIRS },
	{ "ubuntu", NULL, "ubuntu", MONTH, 0, THEIRS },
	{ "ol", NULL, "ol", BOTH, 5, OURS },
	{ "scientific", NULL, "scientificlinux", BOTH, 5, OURS },
	{ "miraclelinux", NULL, "miraclelinux", BOTH, 8, OURS },
	{ "mageia", NULL, "mageia", MAJOR, 0, THEIRS | OURS },
	{ "altlinux", NULL, "alt", BOTH, 8, THEIRS },
	{ "sled", NULL, "sle", PACK, 15, OURS },
	{ "sled", NULL, "sled", PACK, 0, OURS },
	{ "sles", NULL, "sles", PACK, 0, THEIRS },
	{ "sle-micro", NULL, "slem", BOTH, 5, OURS },
	{ "sl-micro", NULL, "slem", BOTH, 5, OURS },
	{ "opensuse-leap", NULL, "opensuse", BOTH, 15, OURS },
	{ "opensuse-tumbleweed", NULL, "opensusetumbleweed", NOTHING, 0, OURS },
	{ "alpine", NULL, "alpinelinux", BOTH, 3, OURS },
	{ "slackware", NULL, "slackware", BOTH, 14, OURS },
	{ "nixos", NULL, "nixos-", MONTH, 20, OURS },
	{ "pop", NULL, "popos", MONTH, 17, OURS },
	{ "pureos", NULL, "pureos", MAJOR, 8, OURS },
	{ "archlinux", NULL, "archlinux", NOTHING, 0, THEIRS | OURS },
	{ "manjaro", NULL, "manjaro", NOTHING, 0, OURS },
	{ "gentoo", NULL, "gentoo", NOTHING, 0, THEIRS | OURS },
	{ "voidlinux", NULL, "voidlinux", NOTHING, 0, THEIRS | OURS },
	{ "clear-linux-os", NULL, "clearlinux", NOTHING, 0, OURS },
	{ "kali", NULL, NULL, NO_NAME, 0, OURS },
	{ "linuxmint", NULL, NULL, NO_NAME, 0, OURS },
};

static char *short_id(const struct named *named, int64_t major, int64_t minor)
{
	switch (named->form) {
	case NOTHING:
		return v2v_strdup(named->word);
	case MAJOR:
		return v2v_format("%s%lld", named->word, (long long)major);
	case BOTH:
		return v2v_format("%s%lld.%lld", named->word, (long long)major,
			(long long)minor);
	case MONTH:
		return v2v_format("%s%lld.%02lld", named->word,
			(long long)major, (long long)minor);
	case PACK:
		return minor > 0 ? v2v_format("%s%lldsp%lld", named->word,
					   (long long)major, (long long)minor)
				 : v2v_format("%s%lld", named->word,
					   (long long)major);
	case NO_NAME:
		break;
	}
	return NULL;
}

static const struct named *find(
	const char *id, const char *name, int64_t major, int whose)
{
	const char *known = v2v_release_known(id);

	for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
		const struct named *named = &systems[i];

		if ((named->whose & whose) &&
			(strcmp(named->id, id) == 0 ||
				v2v_streq(named->id, known)) &&
			(!named->name ||
				(name && v2v_starts_with(name, named->name))) &&
			major >= named->since)
			return named;
	}
	return NULL;
}

bool v2v_distro_rolls(const char *distro)
{
	const struct named *named = find(distro, NULL, 0, THEIRS);

	return named && named->form == NOTHING;
}

static int64_t or_zero(int64_t number)
{
	return number > 0 ? number : 0;
}

void v2v_distro_set_osinfo(struct v2v_inspect *inspect)
{
	const int64_t major = or_zero(inspect->major_version);
	const int64_t minor = or_zero(inspect->minor_version);
	const struct named *named;

	if (!inspect->distro)
		return;
	named = find(inspect->distro, NULL, major, THEIRS);
	if (named)
		inspect->osinfo = short_id(named, major, minor);
	else if (major || minor)
		inspect->osinfo = v2v_format("%s%lld.%lld", inspect->distro,
			(long long)major, (long long)minor);
}

void v2v_distro_set_osinfo_by_id(const char *name, struct v2v_inspect *inspect)
{
	const int64_t major = or_zero(inspect->major_version);
	const struct named *named = find(inspect->distro, name, major, OURS);

	if (!named)
		return;
	free(inspect->osinfo);
	inspect->osinfo =
		short_id(named, major, or_zero(inspect->minor_version));
}
