/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an INF says of its driver. */
#include "windows/virtio-win/inf-private.h"

#include <string.h>

#define MAX_IDS 256

/* The parts of a decoration behind its architecture: NT[arch][.[major][.[minor]
 * [.[product type][.[suites][.[build]]]]]] */
enum { MAJOR, MINOR, PRODUCT, SUITES, BUILD, PARTS };

enum { WORKSTATION = 1 }; /* of product types */

#define TOO_LARGE 1000000

static int64_t number(const char *s)
{
	unsigned long n = strtoul(s, NULL, 10);

	return n < TOO_LARGE ? (int64_t)n : TOO_LARGE;
}

/* The numbers between dots; -1 where one is left out. */
static void read_parts(const char *s, int64_t parts[PARTS])
{
	for (size_t i = 0; i < PARTS; i++) {
		parts[i] = -1;
		if (*s != '.')
			continue;
		s++;
		/* Suites are in hex, and do not count. */
		if (*s && *s != '.')
			parts[i] = number(s);
		s += strcspn(s, ".");
	}
}

static int64_t suits_version(
	const int64_t parts[PARTS], const struct v2v_driver_target *target)
{
	int64_t major = parts[MAJOR] < 0 ? 0 : parts[MAJOR];
	int64_t minor = parts[MINOR] < 0 ? 0 : parts[MINOR];
	int64_t build = parts[BUILD] < 0 ? 0 : parts[BUILD];
	int64_t type = parts[PRODUCT];

	if (type > 0 && (type == WORKSTATION) == target->is_server)
		return -1;
	if (!v2v_driver_target_since(target, major, minor))
		return -1;
	if (target->major == major && target->minor == minor &&
		target->build >= 0 && build > target->build)
		return -1;
	if (major > 99 || minor > 99 || build >= TOO_LARGE)
		return -1;
	return 1 + 2 * ((major * 100 + minor) * TOO_LARGE + build) + (type > 0);
}

int64_t v2v_inf_suits(
	const char *decoration, const struct v2v_driver_target *target)
{
	int64_t parts[PARTS];
	size_t n;

	if (!*decoration)
		return v2v_streq(target->arch, "x86") ? 0 : -1;
	if (strncasecmp(decoration, "NT", 2) != 0)
		return -1;
	decoration += 2;
	n = strcspn(decoration, ".");
	/* Without an architecture it is for x86 alone. */
	if (n ? strlen(target->arch) != n ||
				strncasecmp(decoration, target->arch, n) != 0
	      : !v2v_streq(target->arch, "x86"))
		return -1;
	read_parts(decoration + n, parts);
	return suits_version(parts, target);
}

static const char *field(const struct v2v_inf_lines *lines,
	const struct v2v_inf_line *line, size_t i)
{
	return i < line->fields.count
		       ? v2v_inf_value(lines,
				 v2v_items(const char *, &line->fields)[i])
		       : NULL;
}

/* The name of the section of models that suits best, the caller's; NULL. */
static char *best_models(const struct v2v_inf_lines *lines,
	const struct v2v_inf_line *maker,
	const struct v2v_driver_target *target)
{
	const char *base = field(lines, maker, 0);
	int64_t best = v2v_inf_suits("", target);
	char *name = best >= 0 ? v2v_strdup(base) : NULL;

	for (size_t i = 1; i < maker->fields.count; i++) {
		const char *decoration = field(lines, maker, i);
		int64_t suits = v2v_inf_suits(decoration, target);

		if (suits < 0 || (name && suits < best))
			continue;
		best = suits;
		free(name);
		name = v2v_format("%s.%s", base, decoration);
	}
	return name;
}

static bool has_id(const struct v2v_inf *inf, const char *id)
{
	v2v_list_foreach (const char *, known, &inf->ids)
		if (strcasecmp(*known, id) == 0)
			return true;
	return false;
}

/* DESCRIPTION = SECTION, ID, ID, ... */
static void read_models(const struct v2v_inf_lines *lines, const char *models,
	struct v2v_inf *inf)
{
	v2v_inf_foreach (line, lines, models)
		for (size_t i = 1; i < line->fields.count; i++) {
			const char *id = field(lines, line, i);

			if (*id && inf->ids.count < MAX_IDS && !has_id(inf, id))
				v2v_list_add_string(&inf->ids, id);
		}
}

static void read_ids(const struct v2v_inf_lines *lines,
	const struct v2v_driver_target *target, struct v2v_inf *inf)
{
	size_t makers = 0;

	v2v_inf_foreach (line, lines, "Manufacturer") {
		CLEANUP_FREE char *models = NULL;

		if (makers++ >= 16 || !line->fields.count)
			return;
		models = best_models(lines, line, target);
		if (models)
			read_models(lines, models, inf);
	}
}

/* "09/12/2025"; a date of another form is none. */
static void read_date(const char *s, struct v2v_inf *inf)
{
	unsigned month, day, year;

	if (sscanf(s, "%2u/%2u/%4u", &month, &day, &year) != 3 || !month ||
		month > 12 || !day || day > 31 || year < 1980)
		return;
	inf->year = year;
	inf->month = month;
	inf->day = day;
}

/* "100.93.104.27200" */
static void read_version(const char *s, uint16_t version[4])
{
	for (size_t i = 0; i < 4 && s && *s; i++) {
		unsigned long n = strtoul(s, NULL, 10);

		version[i] = n > UINT16_MAX ? UINT16_MAX : (uint16_t)n;
		s = strchr(s, '.');
		s = s ? s + 1 : NULL;
	}
}

static void read_driver_ver(const struct v2v_inf_lines *lines,
	const struct v2v_inf_line *line, struct v2v_inf *inf)
{
	if (field(lines, line, 0))
		read_date(field(lines, line, 0), inf);
	read_version(field(lines, line, 1), inf->version);
}

/* "CatalogFile", or one for each machine: "CatalogFile.NTamd64". */
static bool is_catalog(const char *key, const struct v2v_driver_target *target)
{
	static const char word[] = "CatalogFile";
	size_t n = strlen(word);

	if (strncasecmp(key, word, n) != 0)
		return false;
	return !key[n] ||
	       (key[n] == '.' && v2v_inf_suits(key + n + 1, target) >= 0);
}

static void read_head(const struct v2v_inf_lines *lines,
	const struct v2v_driver_target *target, struct v2v_inf *inf)
{
	v2v_inf_foreach (line, lines, "Version") {
		const char *first = field(lines, line, 0);

		if (!first)
			continue;
		if (strcasecmp(line->key, "ClassGuid") == 0)
			v2v_string_set(&inf->class_guid, first);
		else if (strcasecmp(line->key, "DriverVer") == 0)
			read_driver_ver(lines, line, inf);
		else if (is_catalog(line->key, target))
			v2v_string_set(&inf->catalog, first);
	}
}

void v2v_inf_read(const void *data, size_t size,
	const struct v2v_driver_target *target, struct v2v_inf *inf)
{
	CLEANUP_FREE char *text = NULL;
	struct v2v_inf_lines lines CLEANUP_INF_LINES = { 0 };

	*inf = (struct v2v_inf){ 0 };
	if (size > V2V_INF_SIZE)
		return;
	text = v2v_inf_text(data, size);
	v2v_inf_split(text, &lines);
	read_head(&lines, target, inf);
	read_ids(&lines, target, inf);
}

void v2v_inf_clear(struct v2v_inf *inf)
{
	free(v2v_take(inf->class_guid));
	free(v2v_take(inf->catalog));
	v2v_strings_clear(&inf->ids);
}
