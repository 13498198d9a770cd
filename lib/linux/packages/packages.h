/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which packages a Linux guest has, by its package manager's own records, as
 * libguestfs 1.48 lists them (lib/inspect-apps.c; guestfs(3),
 * inspect_list_applications2).
 */
#ifndef V2V_LINUX_PACKAGES_H
#define V2V_LINUX_PACKAGES_H

#include "guest/tree.h"
#include "model/inspect.h"

/* What `rpm -qa --qf` is given: one package a line, its fields behind tabs. */
#define V2V_RPM_QUERY                                                          \
	"%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\n"

/* What the database of rpm says to V2V_RPM_QUERY, the caller's text; it is
 * not read here.  NULL and the error: it cannot. */
struct v2v_rpm {
	char *(*query)(void *opaque, struct v2v_error *err);
	void *opaque;
};

/*
 * Add the packages to @applications (of struct v2v_application), sorted by
 * name; @format ("deb") says whose records are read.  Of a format that
 * is not known none are added.  @rpm may be NULL.
 */
int v2v_packages_list(const struct v2v_tree *tree, const char *format,
	const struct v2v_rpm *rpm, struct v2v_list *applications,
	struct v2v_error *err);

/* Sort by name; those of one name keep their order. */
void v2v_packages_sort(struct v2v_list *applications);
#endif
