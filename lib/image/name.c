/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu's json: names (qemu: docs/interop, BlockdevOptions). */
#include "core/file.h"
#include "image/chain.h"
#include "image/image.h"

#define SECTOR 512

static char *as_name(json_t *tree)
{
	CLEANUP_FREE char *text = json_dumps(tree, JSON_COMPACT);

	json_decref(tree);
	return v2v_format("json:%s", text);
}

static json_t *file_node(const char *file)
{
	return json_pack("{s:s, s:s}", "driver",
		v2v_is_device(file) ? "host_device" : "file", "filename", file);
}

const char *v2v_image_driver(const char *format)
{
	return strcmp(format, "vhd") == 0 ? "vpc" : format;
}

const char *v2v_image_disk_driver(const struct v2v_disk *disk)
{
	return v2v_disk_chain_is_hyperv(&disk->layers)
		       ? "only-v2v-tools"
		       : v2v_image_driver(disk->format);
}

/* The disk's format over @below; takes @below over.  A bare raw slice needs no
 * second raw layer above it.  @is_lone, as all untrusted images are unless the
 * user allowed a chain: the check found no backing file; should qemu see one
 * nevertheless, it is not opened. */
static json_t *format_node(
	const struct v2v_disk *disk, bool is_lone, json_t *below)
{
	json_t *node =
		json_pack("{s:s}", "driver", v2v_image_disk_driver(disk));

	/* Left to itself qemu uses the geometry of most VHDs, and so loses
	 * the disk's last sectors (block/vpc.c, vpc_open()). */
	if (strcmp(disk->format, "vhd") == 0)
		json_object_set_new(
			node, "force_size_calc", json_string("current_size"));
	if (is_lone)
		json_object_set_new(node, "backing", json_null());
	json_object_set_new(node, "file", below);
	return node;
}

char *v2v_image_disk_name(const struct v2v_disk *disk)
{
	/* qemu wants whole sectors; a tar fills up a member's last one, and
	 * qemu itself the last one of a file. */
	uint64_t size = ((uint64_t)disk->size + SECTOR - 1) / SECTOR * SECTOR;
	json_t *node = file_node(disk->file);
	bool is_raw = strcmp(disk->format, "raw") == 0;

	if (disk->offset >= 0)
		node = json_pack("{s:s, s:I, s:I, s:o}", "driver", "raw",
			"offset", (json_int_t)disk->offset, "size",
			(json_int_t)size, "file", node);
	if (is_raw && disk->offset >= 0)
		return as_name(node);
	node = format_node(disk, !is_raw && !disk->backing_chain, node);
	return as_name(node);
}
