/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libosinfo's names of systems. */
#include "inspect/osinfo.h"

/* How the version stands behind the word. */
enum form {
	NOTHING, /* it rolls */
	MAJOR,	 /* "almalinux9" */
	BOTH,	 /* "ol8.5" */
	MONTH,	 /* "popos22.04" */
	PACK,	 /* "sle15sp3" */
	NO_NAME, /* libosinfo has none */
};

/* Those of which libguestfs says nothing, or what libosinfo does not have. */
static const struct named {
	const char *id, *name, *word;
	enum form form;
	int64_t since; /* major version; 0 */
} systems[] = {
	{ "almalinux", NULL, "almalinux", MAJOR, 8 },
	{ "rocky", NULL, "rocky", MAJOR, 8 },
	{ "centos", "CentOS Stream", "centos-stream", MAJOR, 8 },
	{ "ol", NULL, "ol", BOTH, 5 },
	{ "scientific", NULL, "scientificlinux", BOTH, 5 },
	{ "miraclelinux", NULL, "miraclelinux", BOTH, 8 },
	{ "mageia", NULL, "mageia", MAJOR, 1 },
	{ "sled", NULL, "sle", PACK, 15 },
	{ "sled", NULL, "sled", PACK, 0 },
	{ "sle-micro", NULL, "slem", BOTH, 5 },
	{ "sl-micro", NULL, "slem", BOTH, 5 },
	{ "opensuse-leap", NULL, "opensuse", BOTH, 15 },
	{ "opensuse-tumbleweed", NULL, "opensusetumbleweed", NOTHING, 0 },
	{ "alpine", NULL, "alpinelinux", BOTH, 3 },
	{ "slackware", NULL, "slackware", BOTH, 14 },
	{ "nixos", NULL, "nixos-", MONTH, 20 },
	{ "pop", NULL, "popos", MONTH, 17 },
	{ "pureos", NULL, "pureos", MAJOR, 8 },
	{ "arch", NULL, "archlinux", NOTHING, 0 },
	{ "manjaro", NULL, "manjaro", NOTHING, 0 },
	{ "gentoo", NULL, "gentoo", NOTHING, 0 },
	{ "void", NULL, "voidlinux", NOTHING, 0 },
	{ "clear-linux-os", NULL, "clearlinux", NOTHING, 0 },
	{ "kali", NULL, NULL, NO_NAME, 0 },
	{ "linuxmint", NULL, NULL, NO_NAME, 0 },
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

static bool is_it(const struct named *named, const char *name,
	const struct v2v_inspect *inspect)
{
	return v2v_streq(named->id, inspect->distro) &&
	       (!named->name || (name && v2v_starts_with(name, named->name))) &&
	       (!named->since || inspect->major_version >= named->since);
}

void v2v_osinfo_set(const char *name, struct v2v_inspect *inspect)
{
	for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
		if (!is_it(&systems[i], name, inspect))
			continue;
		free(inspect->osinfo);
		inspect->osinfo = short_id(&systems[i], inspect->major_version,
			inspect->minor_version);
		return;
	}
}
