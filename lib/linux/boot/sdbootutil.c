/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SUSE's sdbootutil. */
#include "linux/boot/sdbootutil.h"

#include "linux/boot/grubenv.h"

#include <strings.h>

char *v2v_sdbootutil_folder(const struct v2v_tree *tree, const char *esp)
{
	CLEANUP_FREE char *efi = v2v_tree_find(tree, esp, "EFI");
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	if (efi)
		v2v_tree_list(tree, efi, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *folder = v2v_format("%s/%s", efi, *name);
		CLEANUP_FREE char *mark =
			v2v_tree_find(tree, folder, "installed_by_sdbootutil");

		if (mark)
			return v2v_take(folder);
	}
	return NULL;
}

bool v2v_sdbootutil_is_grub(const char *folder)
{
	return strcasecmp(strrchr(folder, '/') + 1, "systemd") != 0;
}

char *v2v_sdbootutil_default(const char *grubenv)
{
	struct v2v_list variables CLEANUP_GRUB_VARIABLES = { 0 };

	v2v_grubenv_read(grubenv, &variables);
	return v2v_strdup(v2v_grub_get(&variables, "default"));
}
