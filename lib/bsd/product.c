/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which product, and which version of its system. */
#include "bsd/bsd.h"
#include "core/lines.h"

#include <ctype.h>
#include <jansson.h>

static char *first_line(const struct v2v_tree *tree, const char *path)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, path);
	const char *rest = text;
	CLEANUP_FREE char *line = text ? v2v_line_next(&rest) : NULL;

	return line && *v2v_line_trim(line) ? v2v_strdup(v2v_line_trim(line))
					    : NULL;
}

/* What follows the first @key in a file, to the end of the word; NULL. */
static char *word_behind(
	const struct v2v_tree *tree, const char *path, const char *key)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, path);
	const char *s = text ? strstr(text, key) : NULL;
	size_t n;

	if (!s)
		return NULL;
	s += strlen(key);
	s += strspn(s, "\"' ");
	n = strcspn(s, "\"' \t\r\n;");
	return n ? v2v_strndup(s, n) : NULL;
}

#define OPNSENSE "/usr/local/opnsense/version/core"

/* {"product_version": "24.7.1", …}, or of old the version alone */
static char *opnsense_version(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, OPNSENSE);
	json_auto_t *all = text ? json_loads(text, 0, NULL) : NULL;
	const char *version =
		json_string_value(json_object_get(all, "product_version"));
	CLEANUP_FREE char *line = first_line(tree, OPNSENSE);

	if (version)
		return v2v_strdup(version);
	return line && isdigit((unsigned char)*line) ? v2v_take(line) : NULL;
}

/* "TrueNAS-13.0-U6.1 (7aedd2fc4d)" */
static char *truenas_name(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *line = first_line(tree, "/etc/version");
	char *dash = line ? strchr(line, '-') : NULL;

	if (!line || (!v2v_starts_with(line, "TrueNAS") &&
			     !v2v_starts_with(line, "FreeNAS")))
		return NULL;
	line[strcspn(line, " ")] = '\0';
	if (dash)
		*dash = ' ';
	return v2v_take(line);
}

static bool is_pfsense(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *platform = first_line(tree, "/etc/platform");

	return v2v_streq(platform, "pfSense") ||
	       v2v_tree_is_file(tree, "/etc/inc/pfsense-utils.inc");
}

static void set(char **field, char *value)
{
	if (!value)
		return;
	free(*field);
	*field = value;
}

static void set_product(struct v2v_inspect *inspect, const char *distro,
	const char *name, const char *version)
{
	set(&inspect->distro, v2v_strdup(distro));
	set(&inspect->product_name, version ? v2v_format("%s %s", name, version)
					    : v2v_strdup(name));
}

/* "13.2-RELEASE-p1": 13.2, which libosinfo calls freebsd13.2. */
static void set_version(struct v2v_inspect *inspect, const char *version)
{
	unsigned major = 0, minor = 0;

	if (!version || sscanf(version, "%4u.%4u", &major, &minor) < 1)
		return;
	inspect->major_version = major;
	inspect->minor_version = minor;
	set(&inspect->osinfo,
		v2v_format("%s%u.%u", inspect->type, major, minor));
}

static void describe_freebsd(
	const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *base =
		word_behind(tree, "/bin/freebsd-version", "USERLAND_VERSION=");
	CLEANUP_FREE char *opnsense = opnsense_version(tree);
	CLEANUP_FREE char *truenas = truenas_name(tree);
	CLEANUP_FREE char *version = first_line(tree, "/etc/version");

	if (!base)
		base = word_behind(tree, "/etc/os-release", "\nVERSION=");
	if (v2v_tree_is_file(tree, OPNSENSE))
		set_product(inspect, "opnsense", "OPNsense", opnsense);
	else if (is_pfsense(tree))
		set_product(inspect, "pfsense", "pfSense", version);
	else if (truenas)
		set_product(inspect, "truenas", truenas, NULL);
	else if (base || !inspect->product_name)
		set_product(inspect, "freebsd", "FreeBSD", base);
	set_version(inspect, base);
}

/* "OpenBSD 7.4 (GENERIC.MP) #1397: …", "NetBSD 9.3/amd64" */
static void describe_by_line(const struct v2v_tree *tree,
	const struct v2v_bsd *bsd, const char *path,
	struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *key = v2v_format("%s ", bsd->name);
	CLEANUP_FREE char *version = word_behind(tree, path, key);

	if (version)
		version[strcspn(version, "/")] = '\0';
	set_product(inspect, bsd->type, bsd->name, version);
	set_version(inspect, version);
}

static void find_hostname(
	const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	static const char *const files[] = { "/etc/rc.conf.local",
		"/etc/rc.conf" };

	for (size_t i = 0; i < 2 && !inspect->hostname; i++)
		inspect->hostname = word_behind(tree, files[i], "hostname=");
	if (!inspect->hostname)
		inspect->hostname = first_line(tree, "/etc/myname");
}

void v2v_bsd_describe(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	const struct v2v_bsd *bsd = v2v_bsd_find(inspect->type);

	if (!bsd)
		return;
	if (strcmp(bsd->type, "freebsd") == 0)
		describe_freebsd(tree, inspect);
	else
		describe_by_line(tree, bsd,
			strcmp(bsd->type, "netbsd") == 0 ? "/etc/release"
							 : "/etc/motd",
			inspect);
	find_hostname(tree, inspect);
}
