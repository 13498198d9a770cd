/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dpkg: /var/lib/dpkg/status, paragraphs of fields (deb-control(5)). */
#include "linux/packages/packages-private.h"

struct status {
	struct v2v_package package;
	struct v2v_list *applications;
};

static void end_paragraph(struct status *status)
{
	struct v2v_package *package = &status->package;

	if (package->installed && package->name && package->version &&
		package->epoch >= 0)
		v2v_package_add(package, status->applications);
	v2v_package_clear(package);
}

static char *value_of(char *line, const char *key)
{
	return v2v_starts_with(line, key) ? line + strlen(key) : NULL;
}

/* A paragraph ends at an empty line; what follows the last one is not a
 * paragraph. */
static void read_line(char *line, void *opaque)
{
	struct status *status = opaque;
	struct v2v_package *package = &status->package;
	char *value;

	if (!*line)
		end_paragraph(status);
	else if ((value = value_of(line, "Package: ")))
		v2v_string_set(&package->name, value);
	else if ((value = value_of(line, "Status: ")))
		package->installed = strstr(value, "installed");
	else if ((value = value_of(line, "Version: ")))
		v2v_package_version(package, value);
	else if ((value = value_of(line, "Architecture: ")))
		v2v_string_set(&package->arch, value);
}

int v2v_packages_deb(const struct v2v_tree *tree, struct v2v_list *applications,
	struct v2v_error *err)
{
	struct status status = { .applications = applications };
	int done = v2v_packages_lines(
		tree, "/var/lib/dpkg/status", read_line, &status, err);

	v2v_package_clear(&status.package);
	return done;
}
