/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rpm: what it answers to V2V_RPM_QUERY.  Its database is rpm's to read. */
#include "core/lines.h"
#include "linux/packages/packages-private.h"

#define FIELDS 5

/* A key of gpg-pubkey has no architecture. */
static void set(char **field, const char *value)
{
	v2v_string_set(field, strcmp(value, "(none)") == 0 ? NULL : value);
}

static bool read_fields(char *line, struct v2v_package *package)
{
	char *fields[FIELDS];
	uint64_t epoch;

	for (size_t i = 0; i < FIELDS; i++) {
		fields[i] = line ? strsep(&line, "\t") : NULL;
		if (!fields[i])
			return false;
	}
	if (line || !*fields[0] || !v2v_parse_u64(fields[1], &epoch) ||
		epoch > INT32_MAX)
		return false;
	package->epoch = (int64_t)epoch;
	set(&package->name, fields[0]);
	set(&package->version, fields[2]);
	set(&package->release, fields[3]);
	set(&package->arch, fields[4]);
	return package->name && package->version && package->release;
}

void v2v_packages_rpm(const char *text, struct v2v_list *applications)
{
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		struct v2v_package package CLEANUP_PACKAGE = { 0 };

		if (read_fields(line, &package))
			v2v_package_add(&package, applications);
	}
}
