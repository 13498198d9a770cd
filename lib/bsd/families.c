/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The families and how to tell them. */
#include "bsd/bsd.h"

static const struct v2v_bsd families[] = {
	{ "freebsd", "FreeBSD", "9", "ada", "vtbd", "em", "vtnet" },
	{ "openbsd", "OpenBSD", "5.3", "sd", "sd", "em", "vio" },
	{ "netbsd", "NetBSD", "6", "wd", "ld", "wm", "vioif" },
};

const struct v2v_bsd *v2v_bsd_find(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (v2v_streq(families[i].type, type))
			return &families[i];
	return NULL;
}

const struct v2v_bsd *v2v_bsd_of_tree(const struct v2v_tree *tree)
{
	static const struct {
		const char *kernel, *type;
	} kernels[] = {
		{ "/boot/kernel/kernel", "freebsd" },
		{ "/boot/kernel/kernel.gz", "freebsd" },
		{ "/bsd", "openbsd" },
		{ "/netbsd", "netbsd" },
	};

	if (!v2v_tree_is_file(tree, "/etc/rc") &&
		!v2v_tree_is_file(tree, "/etc/master.passwd") &&
		!v2v_tree_is_file(tree, "/etc/fstab"))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++)
		if (v2v_tree_is_file(tree, kernels[i].kernel))
			return v2v_bsd_find(kernels[i].type);
	return NULL;
}

const struct v2v_bsd *v2v_bsd_of_partition(const char *parttype)
{
	static const struct {
		const char *parttype, *type;
	} types[] = {
		/* gpt(8): freebsd-boot, -swap, -ufs, -zfs, freebsd */
		{ "83bd6b9d-7f41-11dc-be0b-001560b84f0f", "freebsd" },
		{ "516e7cb4-6ecf-11d6-8ff8-00022d09712b", "freebsd" },
		{ "516e7cb5-6ecf-11d6-8ff8-00022d09712b", "freebsd" },
		{ "516e7cb6-6ecf-11d6-8ff8-00022d09712b", "freebsd" },
		{ "516e7cba-6ecf-11d6-8ff8-00022d09712b", "freebsd" },
		{ "0xa5", "freebsd" },
		{ "824cc7a0-36a8-11e3-890a-952519ad3f61", "openbsd" },
		{ "0xa6", "openbsd" },
		/* swap, FFS */
		{ "49f48d32-b10e-11dc-b99b-0019d1879648", "netbsd" },
		{ "49f48d5a-b10e-11dc-b99b-0019d1879648", "netbsd" },
		{ "0xa9", "netbsd" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (v2v_streq(types[i].parttype, parttype))
			return v2v_bsd_find(types[i].type);
	return NULL;
}
