/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of tools that take disk images. */
#include "common/images.h"

error_t images_parse(int key, char *arg, struct argp_state *state,
	struct v2v_unpack_options *unpack, char ***files)
{
	static const char *const formats[] = { "raw", "qcow2", "vmdk", "vhd",
		"vhdx", "vdi", NULL };

	switch (key) {
	case IMAGES_FORMAT:
		unpack->format = tool_word(state, "--format", arg, formats);
		return 0;
	case IMAGES_BACKING_CHAIN:
		unpack->backing_chain = true;
		return 0;
	case IMAGES_FORCE_LOCKED:
		unpack->force_locked = true;
		return 0;
	case IMAGES_ANYWHERE:
		unpack->anywhere = true;
		return 0;
	case ARGP_KEY_ARG:
		tool_collect(files, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}
