/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The architecture, by programs. */
#include "guest/machine.h"
#include "os/os.h"

char *v2v_os_architecture(const struct v2v_tree *tree)
{
	static const char *const programs[] = { "/bin/bash", "/bin/ls",
		"/bin/echo", "/bin/rm", "/bin/sh", "/usr/bin/env",
		"/sbin/init" };

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const char *arch = v2v_machine_of_file(tree, programs[i]);

		if (arch)
			return v2v_strdup(arch);
	}
	return NULL;
}
