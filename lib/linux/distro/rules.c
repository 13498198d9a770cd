/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which release files there are, and what their first lines say. */
#include "core/lines.h"
#include "linux/distro/distro.h"

#include <ctype.h>

/* How a first line gives the version. */
enum form {
	ANY,	/* a number anywhere, or none */
	UPDATE, /* "WORD … release 4 … Update 8" */
	MINOR,	/* "WORD … release 6.10" */
	MAJOR,	/* "WORD … release 7" */
	NEXT,	/* "WORD 39", "Frugalware 1.5" */
	BEFORE, /* "3.0 WORD" */
	NAMED,	/* the file is enough */
};

struct rule {
	const char *path, *distro;
	enum form form;
	const char *word;
	bool (*read)(const struct v2v_tree *tree, const char *path,
		struct v2v_inspect *inspect); /* NULL: by form */
};

#define ORACLE	   "/etc/oracle-release"
#define CENTOS	   "/etc/centos-release"
#define ROCKY	   "/etc/rocky-release"
#define RED_HAT	   "/etc/redhat-release"
#define SCIENTIFIC "Scientific Linux"

/* In this order; what an earlier one said stays where a later one is silent. */
static const struct rule rules[] = {
	{ "/etc/os-release", NULL, ANY, NULL, v2v_distro_os_release },
	{ "/etc/lsb-release", NULL, ANY, NULL, v2v_distro_lsb_release },
	{ "/etc/openmandriva-release", "openmandriva", MINOR, "OpenMandriva",
		NULL },
	{ ORACLE, "oraclelinux", UPDATE, "Oracle Linux", NULL },
	{ ORACLE, "oraclelinux", MINOR, "Oracle Linux", NULL },
	{ ORACLE, "oraclelinux", MAJOR, "Oracle Linux", NULL },
	{ CENTOS, "centos", UPDATE, "CentOS", NULL },
	{ CENTOS, "centos", MINOR, "CentOS", NULL },
	{ CENTOS, "centos", MAJOR, "CentOS", NULL },
	{ ROCKY, "rocky", MINOR, "Rocky Linux", NULL },
	{ ROCKY, "rocky", MAJOR, "Rocky Linux", NULL },
	{ "/etc/altlinux-release", "altlinux", ANY, NULL, NULL },
	{ RED_HAT, "fedora", NEXT, "Fedora release ", NULL },
	{ RED_HAT, "rhel", UPDATE, "Red Hat", NULL },
	{ RED_HAT, "rhel", MINOR, "Red Hat", NULL },
	{ RED_HAT, "rhel", MAJOR, "Red Hat", NULL },
	{ RED_HAT, "centos", UPDATE, "CentOS", NULL },
	{ RED_HAT, "centos", MINOR, "CentOS", NULL },
	{ RED_HAT, "centos", MAJOR, "CentOS", NULL },
	{ RED_HAT, "rocky", MINOR, "Rocky Linux", NULL },
	{ RED_HAT, "rocky", MAJOR, "Rocky Linux", NULL },
	{ RED_HAT, "scientificlinux", UPDATE, SCIENTIFIC, NULL },
	{ RED_HAT, "scientificlinux", MINOR, SCIENTIFIC, NULL },
	{ RED_HAT, "scientificlinux", MAJOR, SCIENTIFIC, NULL },
	{ RED_HAT, "redhat-based", ANY, NULL, NULL },
	{ RED_HAT, "redhat-based", NAMED, NULL, NULL },
	{ "/etc/debian_version", "debian", ANY, NULL, NULL },
	{ "/etc/pardus-release", "pardus", ANY, NULL, NULL },
	{ "/etc/arch-release", "archlinux", NAMED, NULL, NULL },
	{ "/etc/gentoo-release", "gentoo", ANY, NULL, NULL },
	{ "/etc/meego-release", "meego", ANY, NULL, NULL },
	{ "/etc/slackware-version", "slackware", ANY, NULL, NULL },
	{ "/etc/ttylinux-target", "ttylinux", ANY, NULL, NULL },
	{ "/etc/SuSE-release", NULL, ANY, NULL, v2v_distro_suse_release },
	{ "/etc/SuSE-release", "suse-based", NAMED, NULL, NULL },
	{ "/etc/cirros/version", "cirros", ANY, NULL, NULL },
	{ "/etc/br-version", "buildroot", ANY, NULL, NULL },
	{ "/etc/alpine-release", "alpinelinux", ANY, NULL, NULL },
	{ "/etc/frugalware-release", "frugalware", NEXT, "Frugalware ", NULL },
	{ "/etc/pld-release", "pldlinux", BEFORE, " PLD Linux", NULL },
}, hurd_rules[] = {
	{ "/etc/os-release", NULL, ANY, NULL, v2v_distro_os_release },
	{ "/etc/debian_version", "debian", ANY, NULL, NULL },
};

static bool is_digit(char c)
{
	return isdigit((unsigned char)c);
}

static const char *last_before(
	const char *from, const char *end, const char *word)
{
	const char *found = NULL;

	for (const char *s = from; (s = strstr(s, word)) && s < end; s++)
		if (is_digit(s[strlen(word)]))
			found = s;
	return found ? found + strlen(word) : NULL;
}

/* "MAJOR" or "MAJOR.MINOR" at @s; a minor that must be there is. */
static bool set_number(
	const char *s, bool with_minor, struct v2v_inspect *inspect)
{
	int64_t major = v2v_distro_number(&s), minor = 0;

	if (with_minor && (*s != '.' || !is_digit(s[1])))
		return false;
	if (with_minor) {
		s++;
		minor = v2v_distro_number(&s);
	}
	if (major >= 0 && minor >= 0) {
		inspect->major_version = major;
		inspect->minor_version = minor;
	}
	return true;
}

/* Behind the word, the last "release" that has what is wanted of it counts. */
static bool by_release(
	const char *line, const struct rule *rule, struct v2v_inspect *inspect)
{
	const char *from = strstr(line, rule->word), *s, *update;
	const char *end = line + strlen(line);

	if (!from)
		return false;
	from += strlen(rule->word);
	update = last_before(from, end, "Update ");
	if (rule->form == UPDATE) {
		s = update ? last_before(from, update, "release ") : NULL;
		if (!s)
			return false;
		inspect->major_version = v2v_distro_number(&s);
		inspect->minor_version = v2v_distro_number(&update);
		return true;
	}
	while ((s = last_before(from, end, "release "))) {
		if (set_number(s, rule->form == MINOR, inspect))
			return true;
		end = s - strlen("release ");
	}
	return false;
}

static bool by_next(
	const char *line, const struct rule *rule, struct v2v_inspect *inspect)
{
	const bool with_minor = !strstr(rule->word, "release");

	for (const char *s = line; (s = strstr(s, rule->word));) {
		s += strlen(rule->word);
		if (is_digit(*s) && set_number(s, with_minor, inspect))
			return true;
	}
	return false;
}

static bool by_before(
	const char *line, const struct rule *rule, struct v2v_inspect *inspect)
{
	const char *s = strstr(line, rule->word);

	while (s && s > line && (is_digit(s[-1]) || s[-1] == '.'))
		s--;
	return s && is_digit(*s) && set_number(s, true, inspect);
}

static bool by_form(const struct v2v_tree *tree, const struct rule *rule,
	struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *text = v2v_distro_text(tree, rule->path);
	const char *rest = text;
	CLEANUP_FREE char *line = text ? v2v_line_next(&rest) : NULL;

	if (!line || !*line)
		return false;
	v2v_string_set(&inspect->product_name, line);
	v2v_string_set(&inspect->distro, rule->distro);
	if (rule->form == NEXT)
		return by_next(line, rule, inspect);
	if (rule->form == BEFORE)
		return by_before(line, rule, inspect);
	return by_release(line, rule, inspect);
}

static bool apply(const struct v2v_tree *tree, const struct rule *rule,
	struct v2v_inspect *inspect)
{
	if (rule->read)
		return rule->read(tree, rule->path, inspect);
	if (rule->form == NAMED) {
		v2v_string_set(&inspect->distro, rule->distro);
		return true;
	}
	if (rule->form != ANY)
		return by_form(tree, rule, inspect);
	return v2v_distro_first_line(tree, rule->path,
		strcmp(rule->distro, "buildroot") == 0 &&
				v2v_tree_is_file(tree, "/usr/share/cirros/logo")
			? "cirros"
			: rule->distro,
		inspect);
}

static void apply_all(const struct v2v_tree *tree, const struct rule *all,
	size_t count, struct v2v_inspect *inspect)
{
	for (size_t i = 0; i < count; i++)
		if (v2v_tree_is_file(tree, all[i].path) &&
			apply(tree, &all[i], inspect))
			return;
}

void v2v_distro_find(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	apply_all(tree, rules, ARRAY_SIZE(rules), inspect);
}

void v2v_distro_find_hurd(
	const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	apply_all(tree, hurd_rules, ARRAY_SIZE(hurd_rules), inspect);
}
