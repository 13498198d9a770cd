/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of tools that take disk images: how the images are to be read. */
#ifndef V2V_TOOL_IMAGES_H
#define V2V_TOOL_IMAGES_H

#include "common/tool.h"

enum {
	IMAGES_FORMAT = 0x2000,
	IMAGES_BACKING_CHAIN,
	IMAGES_FORCE_LOCKED,
	IMAGES_ANYWHERE
};

#define IMAGES_OPTIONS                                                         \
	{ "format", IMAGES_FORMAT, "raw|qcow2|vmdk|vhd|vhdx|vdi", 0,           \
		"The images' format (else found by their header)", 0 },        \
		{ "backing-chain", IMAGES_BACKING_CHAIN, NULL, 0,              \
			"Images may have backing files", 0 },                  \
		{ "force-locked", IMAGES_FORCE_LOCKED, NULL, 0,                \
			"A machine's lock files are a leftover", 0 },          \
	{                                                                      \
		"anywhere", IMAGES_ANYWHERE, NULL, 0,                          \
			"A machine's disks may lie outside the folder of its " \
			"descriptor, where that says",                         \
			0                                                      \
	}

/* In a parser: handles the options above and the arguments, which it adds to
 * *@files; ARGP_ERR_UNKNOWN for any other key. */
error_t images_parse(int key, char *arg, struct argp_state *state,
	struct v2v_unpack_options *unpack, char ***files);
#endif
