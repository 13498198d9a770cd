/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The readers of packages' records, each in its file. */
#ifndef V2V_LINUX_PACKAGES_PRIVATE_H
#define V2V_LINUX_PACKAGES_PRIVATE_H

#include "linux/packages/packages.h"

/* More packages than any guest has; the rest is left out. */
#define V2V_PACKAGES_MOST 200000

/* Call @call for each line of a file, up to 64 MiB of it, a block at a time;
 * what is longer than 1023 bytes is cut there.  -1: there is no such file, only
 * a part of it was read, or it was cancelled. */
int v2v_packages_lines(const struct v2v_tree *tree, const char *path,
	void (*call)(char *line, void *opaque), void *opaque,
	struct v2v_error *err);

/* A package in the making: what of its paragraph was read. */
struct v2v_package {
	char *name, *version, *release, *arch;
	int64_t epoch; /* -1: not a number */
	bool installed;
};
void v2v_package_clear(struct v2v_package *package);
#define CLEANUP_PACKAGE __attribute__((cleanup(v2v_package_clear)))

/* "[EPOCH:]VERSION[-RELEASE]"; changes @text. */
void v2v_package_version(struct v2v_package *package, char *text);
/* Add it to the applications, the strings taken over; no string is empty. */
void v2v_package_add(
	struct v2v_package *package, struct v2v_list *applications);

int v2v_packages_deb(const struct v2v_tree *tree, struct v2v_list *applications,
	struct v2v_error *err);
int v2v_packages_apk(const struct v2v_tree *tree, struct v2v_list *applications,
	struct v2v_error *err);
int v2v_packages_pacman(const struct v2v_tree *tree,
	struct v2v_list *applications, struct v2v_error *err);
void v2v_packages_rpm(const char *text, struct v2v_list *applications);
#endif
