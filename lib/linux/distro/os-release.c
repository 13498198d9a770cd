/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* os-release(5) and lsb-release: their lines, and what libguestfs makes of
 * them. */
#include "core/lines.h"
#include "linux/distro/distro-private.h"

#include <ctype.h>

/* Within double quotes a backslash keeps what the shell would take. */
static void unquote(char *s)
{
	size_t n = strlen(s);
	char *to = s, quote = *s;

	if (n < 2 || (quote != '"' && quote != '\'') || s[n - 1] != quote)
		return;
	s[n - 1] = '\0';
	for (s++; *s; *to++ = *s++)
		if (quote == '"' && *s == '\\' && s[1] &&
			strchr("$`\\\"", s[1]))
			s++;
	*to = '\0';
}

void v2v_release_each(const char *text, bool exact,
	void (*set)(const char *key, const char *value, void *opaque),
	void *opaque)
{
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *key = exact ? line : v2v_line_trim(line);
		char *value = strchr(key, '=');

		if (*key == '#' || !value)
			continue;
		*value++ = '\0';
		if (!exact) {
			key = v2v_line_trim(key);
			value = v2v_line_trim(value);
		}
		unquote(value);
		set(key, value, opaque);
	}
}

/* "V7Update2" */
static bool neokylin_version(const char *value, struct v2v_inspect *inspect)
{
	static const char update[] = "Update";
	const char *s = value + 1;
	int64_t major, minor;

	if (*value != 'V' || !isdigit((unsigned char)*s))
		return false;
	major = v2v_distro_number(&s);
	if (major < 0 || !v2v_starts_with(s, update))
		return false;
	s += strlen(update);
	minor = v2v_distro_number(&s);
	if (minor < 0 || *s)
		return false;
	inspect->major_version = major;
	inspect->minor_version = minor;
	return true;
}

/* DISTRIB_ID, and what libguestfs calls it. */
static const struct {
	const char *id, *distro;
} lsb_ids[] = {
	{ "CoreOS", "coreos" },
	{ "LinuxMint", "linuxmint" },
	{ "Mageia", "mageia" },
	{ "Ubuntu", "ubuntu" },
};

static void set_distro(const char *distro, struct v2v_inspect *inspect)
{
	if (distro)
		v2v_string_set(&inspect->distro, distro);
}

static void set_os_release(const char *key, const char *value, void *opaque)
{
	struct v2v_inspect *inspect = opaque;

	if (strcmp(key, "ID") == 0)
		set_distro(v2v_release_known(value), inspect);
	else if (strcmp(key, "PRETTY_NAME") == 0)
		v2v_string_set(&inspect->product_name, value);
	else if (strcmp(key, "VERSION_ID") == 0 &&
		 !neokylin_version(value, inspect))
		v2v_distro_version(value, inspect);
}

/* Of these os-release has the major version alone, and another file both; the
 * others roll. */
bool v2v_distro_os_release(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect)
{
	static const char *const major_only[] = { "debian", "centos", "rocky" };
	CLEANUP_FREE char *text = v2v_distro_text(tree, path);

	if (text)
		v2v_release_each(text, true, set_os_release, inspect);
	if (!text || !inspect->distro || !inspect->product_name)
		return false;
	if (inspect->major_version < 0 && v2v_distro_rolls(inspect->distro))
		inspect->major_version = inspect->minor_version = 0;
	return inspect->major_version >= 0 &&
	       (inspect->minor_version != 0 ||
		       !v2v_is_one_of(inspect->distro, major_only));
}

static void set_lsb_id(const char *id, struct v2v_inspect *inspect)
{
	for (size_t i = 0; i < ARRAY_SIZE(lsb_ids); i++)
		if (strcmp(id, lsb_ids[i].id) == 0)
			set_distro(lsb_ids[i].distro, inspect);
}

static void set_lsb_release(const char *key, const char *value, void *opaque)
{
	struct v2v_inspect *inspect = opaque;

	if (strcmp(key, "DISTRIB_ID") == 0)
		set_lsb_id(value, inspect);
	else if (strcmp(key, "DISTRIB_RELEASE") == 0)
		v2v_distro_version(value, inspect);
	else if (strcmp(key, "DISTRIB_DESCRIPTION") == 0)
		v2v_string_set(&inspect->product_name, value);
}

/* RHEL 3 has LSB_VERSION there and nothing else. */
bool v2v_distro_lsb_release(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect)
{
	struct v2v_inspect told CLEANUP_INSPECT = { .major_version = -1 };
	CLEANUP_FREE char *text = v2v_distro_text(tree, path);

	if (!text)
		return false;
	v2v_release_each(text, true, set_lsb_release, &told);
	if (told.major_version >= 0) {
		inspect->major_version = told.major_version;
		inspect->minor_version = told.minor_version;
	}
	set_distro(told.distro, inspect);
	if (told.product_name)
		v2v_string_set(&inspect->product_name, told.product_name);
	return told.distro || told.product_name;
}
