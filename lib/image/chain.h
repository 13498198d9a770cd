/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Disks in layers: a snapshot's difference over what it was taken of, and so on
 * down to a whole disk (VMDK, qcow2, VHD, VHDX).  All files lie in the folder
 * of the top one or below it, and no name leads out of there by a link, ".." or
 * from another root; whatever the document says, the chain is read again from
 * its files before any step reads the disk.
 */
#ifndef V2V_IMAGE_CHAIN_H
#define V2V_IMAGE_CHAIN_H

#include "model/source.h"

/*
 * Read the chain that ends in @file, an absolute path: the empty *@ret_layers
 * gets struct v2v_disk_layer from the top on, in which every header and table
 * is checked.  @format of the top one; NULL: by its content.  Refused: a name
 * outside the folder ("image-backing"), a parent that is not the one the
 * difference was made over, another size, a loop, more than V2V_LAYERS_MAX
 * ("image-chain"), what is not closed cleanly ("image-dirty").
 */
int v2v_disk_chain_read(const char *file, const char *format,
	struct v2v_list *ret_layers, struct v2v_error *err);

/* Are these more than one image in one file? */
bool v2v_disk_chain_is_one(const struct v2v_list *layers);

/* Are these differences of VHDs or VHDXs?  qemu reads none, and takes those of
 * a VHD for a whole disk: v2v_image_disk_driver() is then none of its own.
 */
bool v2v_disk_chain_is_hyperv(const struct v2v_list *layers);

/*
 * The chain of a disk that may have one, by its files; none where it is a lone
 * image.  What differs from the document's layers is "image-chain".
 */
int v2v_disk_chain_prove(const struct v2v_disk *disk,
	struct v2v_list *ret_layers, struct v2v_error *err);

/* Does the VMDK, a descriptor or an image, say that it has a parent? */
bool v2v_disk_chain_is_difference(const char *file);
#endif
