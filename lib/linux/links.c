/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a link that leads to no file is reported. */
#include "linux/links.h"

#include <stddef.h>

const char *const v2v_links_watched[] = { "/etc/fstab", "/etc/crypttab",
	"/etc/default/grub", "/etc/kernel/cmdline", "/etc/mdadm.conf",
	"/etc/mdadm/mdadm.conf", "/etc/uswsusp.conf", NULL };
