/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ELILO: elilo.conf, LILO's syntax on the EFI system partition (elilo.txt,
 * III). */
#ifndef V2V_LINUX_BOOT_ELILO_H
#define V2V_LINUX_BOOT_ELILO_H

#include "linux/boot/boot-entry.h"
#include "model/inspect.h"

/* The folder of the file @path as the loader sees it, from the top of the
 * filesystem that it lies on: "/EFI/Slackware".  The caller's. */
char *v2v_elilo_folder(const struct v2v_inspect *inspect, const char *path);

/*
 * Add the images that @text offers and mark the default.  Names that ELILO
 * takes as beside itself get @folder in front, v2v_elilo_folder()'s.
 */
void v2v_elilo_read(
	const char *text, const char *folder, struct v2v_list *entries);

/*
 * The same configuration for an ELILO that is started from another folder:
 * names of files begin with @folder.  The caller's.
 */
char *v2v_elilo_move(const char *text, const char *folder);
#endif
