/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings by topic, a file each; findings.c calls them in its order. */
#ifndef V2V_INSPECT_FINDINGS_FIND_PRIVATE_H
#define V2V_INSPECT_FINDINGS_FIND_PRIVATE_H

#include "guest/tree.h"
#include "linux/network/network.h"
#include "model/inspect.h"
#include "model/source.h"

/* Levels of findings. */
#define V2V_BLOCKER "blocker"
#define V2V_CHANGE  "change"
#define V2V_NOTE    "note"

struct v2v_boot;
struct v2v_devices;
struct v2v_plan;
struct v2v_tree;

/* What the plan changes; what keeps it from more, that no other finding is
 * about: the latter comes last. */
void v2v_find_changes(const struct v2v_plan *plan, struct v2v_inspect *inspect);
void v2v_find_obstacles(
	const struct v2v_plan *plan, struct v2v_inspect *inspect);

/* "root=/dev/sda1 → root=UUID=…" as words; the caller's. */
char *v2v_find_words(const char *what);

/* Names of devices that the plan leaves, or that are not known; edits that a
 * signature or check sum forbids. */
void v2v_find_devices(const struct v2v_plan *plan, const struct v2v_boot *boot,
	const struct v2v_source *source, struct v2v_inspect *inspect);

/* Where the guest's next update of GRUB installs it. */
void v2v_find_grub_install(const struct v2v_tree *tree,
	const struct v2v_devices *devices, struct v2v_inspect *inspect);

/* Bootloaders: none, one that cannot be edited, no fallback for UEFI. */
void v2v_find_bootloader(const struct v2v_tree *tree,
	const struct v2v_boot *boot, const struct v2v_source *source,
	struct v2v_inspect *inspect);

/* Interface names, addresses, cloud-init. */
void v2v_find_network(const struct v2v_tree *tree, enum v2v_network_namer namer,
	const struct v2v_source *source, struct v2v_inspect *inspect);

/* Whether a file can be made at @path, as v2v-convert will: a blocker where
 * something else is there, or in the place of a folder above it. */
void v2v_find_place(const struct v2v_tree *tree, const char *path,
	struct v2v_inspect *inspect);

/* The same of files that no other finding is about. */
void v2v_find_places(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* Links in the place of configuration that lead to no file. */
void v2v_find_links(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* What the old hypervisor left in the guest. */
void v2v_find_tools(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* An overlay at /etc, in which nothing can be changed yet. */
void v2v_find_overlay(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* NixOS: what the person has to add to its configuration. */
void v2v_find_nixos(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* The images that a root is in, which do not mount. */
struct v2v_root_images;
void v2v_find_root_images(
	const struct v2v_root_images *images, struct v2v_inspect *inspect);

/* A root that is an image; last, as what would be changed in it is a blocker.
 */
void v2v_find_image(struct v2v_inspect *inspect);

/* Container Linux: why it is not converted, and what its files call cards,
 * which will have other names. */
void v2v_find_container_linux(struct v2v_inspect *inspect);

/* A BSD: what keeps it from being converted, and the names that the person has
 * to change.  @tree NULL: its files cannot be read. */
void v2v_find_bsd(const struct v2v_tree *tree, const struct v2v_source *source,
	struct v2v_inspect *inspect);

/* A Windows: what keeps it from being converted, what is changed; a registry
 * that did not say what it should. */
void v2v_find_windows(const struct v2v_plan *plan, struct v2v_inspect *inspect);
void v2v_find_hives(const struct v2v_tree *tree, struct v2v_inspect *inspect);

/* Kernels: whether the default one can run on KVM, and what its initrd and
 * those of others lack. */
void v2v_find_kernels(struct v2v_inspect *inspect);
#endif
