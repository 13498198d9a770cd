/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of tools that look into guests: --root, --backend, drivers for
 * Windows, and --key, whose passphrases should be seen by nobody.
 */
#ifndef V2V_TOOL_KEYS_H
#define V2V_TOOL_KEYS_H

#include "common/tool.h"

struct keys {
	char **texts; /* as v2v_inspect_options has them; NULL: none */
	size_t count;
	bool asks;	     /* one of them is still to be asked for */
	const char *backend; /* NULL: any */
};

/* Far from the tools' own keys. */
enum {
	KEYS_ROOT = 0x3000,
	KEYS_KEY,
	KEYS_BACKEND,
	KEYS_VIRTIO_WIN,
	KEYS_BLOCK_DRIVER
};

/* @root begins the help of --root. */
#define KEYS_OPTIONS(root)                                                     \
	{ "root", KEYS_ROOT, "first|single|N|/dev/X", 0,                       \
		root "hich operating system, where there are several", 0 },    \
		{ "backend", KEYS_BACKEND, "auto|uml|qemu|libguestfs", 0,      \
			"By what the guest is read and changed; auto (the "    \
			"default) is the first of these that serves",          \
			0 },                                                   \
		{ "virtio-win", KEYS_VIRTIO_WIN, "DIR|ISO", 0,                 \
			"Drivers for Windows (else $VIRTIO_WIN, else "         \
			"/usr/share/virtio-win)",                              \
			0 },                                                   \
		{ "block-driver", KEYS_BLOCK_DRIVER, "virtio-blk|virtio-scsi", \
			0,                                                     \
			"Which of them a Windows' disks get; virtio-blk is "   \
			"the default",                                         \
			0 },                                                   \
	{                                                                      \
		"key", KEYS_KEY, "SELECTOR", 0,                                \
			"Open encrypted disks: DEVICE|UUID|all:ask, "          \
			"DEVICE|UUID|all:file:NAME, DEVICE|UUID|all:fd:N, or " \
			"DEVICE|UUID|all:key:PASSPHRASE",                      \
			0                                                      \
	}

/* ARGP_ERR_UNKNOWN, or 0: it was one of these options.  What is wrong with them
 * ends the process with status 2, before anything is begun. */
error_t keys_parse(int key, char *arg, struct argp_state *state,
	struct keys *keys, struct v2v_inspect_options *inspect);

/* Give @v the backend.  Ask at the terminal for what is to be asked, once: when
 * the first guest is there, for the steps of a pipeline begin together. */
int keys_ask(struct keys *keys, struct v2v *v, const char *tool,
	struct v2v_error *err);

void keys_clear(struct keys *keys);
#endif
