/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which distribution a root is by its release files, as libguestfs 1.48 answers
 * (daemon/inspect_fs_unix.ml, inspect_fs.ml; guestfs(3), INSPECTION): documents
 * that were made with the one appliance and with the other are equal.  What its
 * rules do not know, release.h adds from os-release(5).
 *
 * All fill what they find; major_version -1 means that no version is known.
 */
#ifndef V2V_LINUX_DISTRO_H
#define V2V_LINUX_DISTRO_H

#include "guest/tree.h"
#include "model/inspect.h"

/* Fill distro, product_name and the version of the Linux that @tree is. */
void v2v_distro_find(const struct v2v_tree *tree, struct v2v_inspect *inspect);
/* The same of a Hurd, which has fewer kinds. */
void v2v_distro_find_hurd(
	const struct v2v_tree *tree, struct v2v_inspect *inspect);
/* The same of an os-release and an lsb-release elsewhere; is all that it should
 * say said there? */
bool v2v_distro_os_release(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect);
bool v2v_distro_lsb_release(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect);
/* The first line of SuSE-release is the product, the next ones say which. */
bool v2v_distro_suse_release(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect);
/* Of any other file the first line is the product, and a number in it the
 * version. */
bool v2v_distro_first_line(const struct v2v_tree *tree, const char *path,
	const char *distro, struct v2v_inspect *inspect);

/* Fill package_format and package_management by the distro. */
void v2v_distro_set_packages(
	const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* Fill osinfo by distro and version: libosinfo's name as libguestfs makes it.
 */
void v2v_distro_set_osinfo(struct v2v_inspect *inspect);

/* The host's name, the caller's; NULL.  Of a Linux; the first line of @path
 * that is neither empty nor a comment; hostname= of rc.conf. */
char *v2v_distro_hostname(const struct v2v_tree *tree);
char *v2v_distro_hostname_in(const struct v2v_tree *tree, const char *path);
char *v2v_distro_hostname_bsd(const struct v2v_tree *tree);

/* Set the version by the first "MAJOR.MINOR" in @text, else by the first
 * number; as it was where there is none, or where it is too large. */
void v2v_distro_version(const char *text, struct v2v_inspect *inspect);

/* The number at *@s, decimal, *@s behind it; -1: none, or too large. */
int64_t v2v_distro_number(const char **s);

/* A text of at most 2 MiB, which a file of that sort never has; the caller's,
 * or NULL. */
char *v2v_distro_text(const struct v2v_tree *tree, const char *path);
#endif
