/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tools with which distributions make an initramfs, and how to make each
 * rebuild one with drivers in it. */
#ifndef V2V_CONVERT_LINUX_REBUILD_H
#define V2V_CONVERT_LINUX_REBUILD_H

#include "model/inspect.h"

struct v2v_rebuild {
	const char
		*release; /* the kernel's, as its modules' folder is called */
	const char *vmlinuz, *initrd; /* paths in the guest */
	const char *root; /* the root's device as the appliance names it */
	const struct v2v_list *drivers; /* of char * */
};

/*
 * The command for the first tool that @is_there: its argv (of char *) is added
 * to @argv, its name returned.  NULL where there is no tool.
 */
const char *v2v_rebuild_command(const struct v2v_rebuild *rebuild,
	bool (*is_there)(const char *path, void *opaque), void *opaque,
	struct v2v_list *argv);

/*
 * What they will write at most, added to @needs (of struct v2v_space_need;
 * paths are lent): @size_of gives an initrd's bytes, or -1.
 */
void v2v_rebuild_needs(const struct v2v_inspect *inspect,
	int64_t (*size_of)(const char *path, void *opaque), void *opaque,
	struct v2v_list *needs);

/* What they are called, for people. */
#define V2V_REBUILD_TOOLS                                                      \
	"update-initramfs, mkinitcpio, booster, mkinitfs, make-initrd, "       \
	"dracut, mkinitrd"
#endif
