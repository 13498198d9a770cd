/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: links in the place of configuration that lead to no file. */
#include "inspect/find-private.h"
#include "inspect/links.h"

#include "guest/files.h"

const char *const v2v_links_watched[] = { "/etc/fstab", "/etc/crypttab",
	"/etc/default/grub", "/etc/kernel/cmdline", "/etc/mdadm.conf",
	"/etc/mdadm/mdadm.conf", "/etc/uswsusp.conf", NULL };

void v2v_find_links(struct v2v_guest *guest, struct v2v_inspect *inspect)
{
	for (const char *const *path = v2v_links_watched; *path; path++) {
		const char *how = v2v_guest_link_fault(guest, *path);

		if (how)
			v2v_inspect_find(inspect, V2V_NOTE, "link-to-no-file",
				*path,
				"it is a link that leads %s; nothing is "
				"changed there",
				how);
	}
}
