/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of the options before an appliance runs. */
#include "core/options.h"
#include "inspect/inspect.h"

static bool is_number(const char *word)
{
	uint64_t n;

	return v2v_parse_u64(word, &n) && n > 0;
}

static int check_root(const char *root, struct v2v_error *err)
{
	if (!root || strcmp(root, "first") == 0 ||
		strcmp(root, "single") == 0 || is_number(root) ||
		v2v_starts_with(root, "/dev/") ||
		v2v_starts_with(root, "btrfsvol:/dev/"))
		return 0;
	return v2v_fail(err, "bad-option",
		"--root: unknown '%s' (supported: first, single, a number from "
		"1, a device such as /dev/sda1)",
		root);
}

static int check_block_driver(const char *word, struct v2v_error *err)
{
	static const char *const words[] = { "virtio-blk", "virtio-scsi" };

	if (!word || v2v_is_one_of(word, words))
		return 0;
	return v2v_fail(err, "bad-option",
		"--block-driver: unknown '%s' (supported: virtio-blk, "
		"virtio-scsi)",
		word);
}

int v2v_inspect_check(
	const struct v2v_inspect_options *opt, struct v2v_error *err)
{
	struct v2v_inspect_options known;

	if (v2v_options_read(&known, opt, err) < 0 ||
		check_root(known.root, err) < 0 ||
		check_block_driver(known.block_driver, err) < 0)
		return -1;
	return v2v_guest_check_keys(known.keys, err);
}
