/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The BSDs and what is made of FreeBSD (pfSense, OPNsense, TrueNAS CORE): which
 * one it is, what its files say of its network, and which names of devices in
 * them are others on KVM.  They are not converted: SATA and e1000 are what they
 * are copied to, and the names are what the person has to change.
 */
#ifndef V2V_BSD_BSD_H
#define V2V_BSD_BSD_H

#include "guest/tree.h"
#include "model/inspect.h"

/* How a family calls devices. */
struct v2v_bsd {
	const char *type;	  /* inspect.type: "freebsd" */
	const char *name;	  /* "FreeBSD" */
	const char *virtio_since; /* its version that brought the drivers */
	const char *sata, *virtio_blk, *e1000, *virtio_net;
};

/* That of inspect.type; NULL: it is not a BSD. */
const struct v2v_bsd *v2v_bsd_find(const char *type);

/* The family of the root that @tree is, by its kernel; NULL: it is not one. */
const struct v2v_bsd *v2v_bsd_of_tree(const struct v2v_tree *tree);

/* The family that has a partition of this type (blkid's PART_ENTRY_TYPE; may be
 * NULL) for itself; NULL. */
const struct v2v_bsd *v2v_bsd_of_partition(const char *parttype);

/* Fill distro, product, versions, osinfo and hostname, as far as files say. */
void v2v_bsd_describe(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* Fill inspect->network from rc.conf, hostname.if(5) and config.xml. */
void v2v_bsd_network(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* config.xml of pfSense and OPNsense: its interfaces, and the host's name
 * (the caller's; may be NULL) added. */
void v2v_bsd_config_xml(const char *text, const char *where,
	struct v2v_list *interfaces, char **ret_hostname);

/* A device that has another name on the new machine. */
struct v2v_bsd_mention {
	const char *path; /* of the file */
	unsigned line;
	char *name; /* as it is written there: "da0p2", "vmx0" */
	char *now;  /* on SATA or e1000: "ada0p2", "em0" */
	char *virtio;
	bool is_disk;
};

/* Call @call for each name in the files that configure devices, once a line; no
 * more than 100. */
void v2v_bsd_mentions(const struct v2v_tree *tree, const struct v2v_bsd *bsd,
	void (*call)(const struct v2v_bsd_mention *mention, void *opaque),
	void *opaque);
#endif
