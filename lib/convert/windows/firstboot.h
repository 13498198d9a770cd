/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the part firstboot share. */
#ifndef V2V_CONVERT_WINDOWS_FIRSTBOOT_H
#define V2V_CONVERT_WINDOWS_FIRSTBOOT_H

#include "convert/windows/windows.h"
#include "windows/firstboot/steps.h"

#define FIRSTBOOT_CODE "firstboot"

/* The steps, as the program reads them. */
struct v2v_firstboot_list {
	struct v2v_text text;
	size_t count;
	char *folder; /* of the guest, where all of it goes; a new one */
};

/* Add a step; "firstboot": it is not one. */
int v2v_firstboot_add(struct v2v_firstboot_list *list,
	const struct v2v_firstboot_step *step, struct v2v_error *err);

/* "\\Windows\\x" of "/Windows/x"; the caller's. */
char *v2v_firstboot_path(const char *path);

/* Put the user's files into the folder, with a step for each. */
int v2v_firstboot_add_files(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, struct v2v_error *err);
#endif
