/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings by topic, a file each; findings.c calls them in its order. */
#ifndef V2V_INSPECT_FIND_PRIVATE_H
#define V2V_INSPECT_FIND_PRIVATE_H

#include "guest/guest.h"
#include "model/inspect.h"
#include "model/source.h"

/* Levels of findings. */
#define V2V_BLOCKER "blocker"
#define V2V_CHANGE  "change"
#define V2V_NOTE    "note"

struct v2v_boot;
struct v2v_devices;
struct v2v_tree;

/* Names of devices and consoles: what is changed, what is not known. */
void v2v_find_devices(const struct v2v_tree *tree, const struct v2v_boot *boot,
	const struct v2v_source *source, struct v2v_inspect *inspect);

/* Where the guest's next update of GRUB installs it. */
void v2v_find_grub_install(const struct v2v_tree *tree,
	const struct v2v_devices *devices, struct v2v_inspect *inspect);

/* Bootloaders: none, one that cannot be edited, no fallback for UEFI. */
void v2v_find_bootloader(const struct v2v_tree *tree,
	const struct v2v_boot *boot, const struct v2v_source *source,
	struct v2v_inspect *inspect);

/* Interface names, addresses, cloud-init. */
void v2v_find_network(struct v2v_guest *guest, const struct v2v_source *source,
	struct v2v_inspect *inspect);

/* Whether a file can be made at @path, as v2v-convert will: a blocker where
 * something else stands there, or in the place of a folder above it. */
void v2v_find_place(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect);

/* The same of files that no other finding is about. */
void v2v_find_places(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* Links in the place of configuration that lead to no file. */
void v2v_find_links(struct v2v_guest *guest, struct v2v_inspect *inspect);

/* What the old hypervisor left in the guest. */
void v2v_find_tools(struct v2v_guest *guest, struct v2v_inspect *inspect);

/* Kernels: whether the default one can run on KVM, and what its initrd and
 * those of others lack. */
void v2v_find_kernels(struct v2v_inspect *inspect);
#endif
