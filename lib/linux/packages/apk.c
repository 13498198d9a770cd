/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* apk: /lib/apk/db/installed, paragraphs of lines "K:value" (apk-v2(5)). */
#include "linux/packages/packages-private.h"

struct installed {
	struct v2v_package package;
	struct v2v_list *applications;
};

static void end_paragraph(struct installed *installed)
{
	struct v2v_package *package = &installed->package;

	if (package->name && package->version && package->epoch >= 0)
		v2v_package_add(package, installed->applications);
	v2v_package_clear(package);
}

/* "6.6.14-r0": the r is not part of the release. */
static void set_version(struct v2v_package *package, char *value)
{
	v2v_package_version(package, value);
	if (package->release && *package->release == 'r')
		memmove(package->release, package->release + 1,
			strlen(package->release));
}

static void read_line(char *line, void *opaque)
{
	struct installed *installed = opaque;
	struct v2v_package *package = &installed->package;

	if (!*line)
		end_paragraph(installed);
	else if (line[1] != ':')
		return;
	else if (*line == 'P')
		v2v_string_set(&package->name, line + 2);
	else if (*line == 'V')
		set_version(package, line + 2);
	else if (*line == 'A')
		v2v_string_set(&package->arch, line + 2);
}

int v2v_packages_apk(const struct v2v_tree *tree, struct v2v_list *applications,
	struct v2v_error *err)
{
	struct installed installed = { .applications = applications };
	int done = v2v_packages_lines(
		tree, "/lib/apk/db/installed", read_line, &installed, err);

	v2v_package_clear(&installed.package);
	return done;
}
