/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How each kind of initramfs is made to load drivers by itself. */
#ifndef V2V_INITRD_LOADING_H
#define V2V_INITRD_LOADING_H

#include "initrd/initrd.h"
#include "initrd/modules.h"

/* What v2v_initrd_scan() has to capture for it; NULL at the end. */
extern const char *const v2v_loading_files[];

/* Does the initramfs load a driver that is put into it, by its device's alias
 * or by a list that can be edited?  False: unknown. */
bool v2v_loading_is_known(const struct v2v_initrd *initrd);

/*
 * Add to @texts (of struct v2v_initrd_text) the files of the archive that name
 * the modules to load, edited so that @drivers (of char *) are loaded.  @files
 * (of char *): names of the drivers' files and of those they need, in the order
 * of loading, for an initramfs that loads by file.
 */
void v2v_loading_edit(const struct v2v_initrd *initrd,
	const struct v2v_modules *modules, const struct v2v_list *drivers,
	const struct v2v_list *files, struct v2v_list *texts);
#endif
