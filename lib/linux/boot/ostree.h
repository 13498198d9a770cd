/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * OSTree (Fedora CoreOS and Silverblue, RHEL's image mode, Endless OS): the
 * root of the running system is a folder of a filesystem, a deployment, which
 * the kernel argument ostree= of a boot entry names through links
 * (libostree: deployment.md, atomic-upgrades.md).
 */
#ifndef V2V_LINUX_BOOT_OSTREE_H
#define V2V_LINUX_BOOT_OSTREE_H

#include "guest/tree.h"

struct v2v_ostree {
	char *deployment; /* "/ostree/deploy/fedora/deploy/0123ab.0" */
	char *state;	  /* "/ostree/deploy/fedora", which has its /var */
};

void v2v_ostree_clear(struct v2v_ostree *ostree);
#define CLEANUP_OSTREE __attribute__((cleanup(v2v_ostree_clear)))

/* Does the filesystem hold deployments? */
bool v2v_ostree_is_on(const struct v2v_tree *tree);

/* Add to @names (of char *) what the boot entries below @boot ("/boot", "")
 * name by ostree=, the entry that starts by itself first. */
void v2v_ostree_names(
	const struct v2v_tree *tree, const char *boot, struct v2v_list *names);

/* The value of ostree= in a kernel's arguments, the caller's; NULL. */
char *v2v_ostree_argument(const char *options);

/* Fill the zeroed *@ret with the deployment that @name leads to; false where it
 * leads to none. */
bool v2v_ostree_find(
	const struct v2v_tree *tree, const char *name, struct v2v_ostree *ret);

/* The same for the only deployment of all. */
bool v2v_ostree_only(const struct v2v_tree *tree, struct v2v_ostree *ret);
#endif
