/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: what the next initrd of a NixOS guest will lack.  It is made from a
 * configuration that is a program: only a person can change it. */
#include "inspect/findings/find-private.h"

static bool has_word(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strstr(text, *words))
			return true;
	return false;
}

void v2v_find_nixos(const struct v2v_tree *tree, struct v2v_inspect *inspect)
{
	static const char *const files[] = { "hardware-configuration.nix",
		"configuration.nix" };
	static const char *const virtio[] = { "virtio_blk", "qemu-guest.nix",
		NULL };
	static const char *const sata[] = { "ahci", NULL };
	bool is_sata = v2v_streq(v2v_inspect_block_bus(inspect), "sata");
	CLEANUP_FREE char *where = NULL;

	if (!v2v_streq(inspect->distro, "nixos"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_FREE char *path = v2v_format("/etc/nixos/%s", files[i]);
		CLEANUP_FREE char *text = v2v_tree_text(tree, path);

		if (text && has_word(text, is_sata ? sata : virtio))
			return;
		if (text && !where)
			where = v2v_take(path);
	}
	v2v_finding_add(inspect, V2V_NOTE, "nixos-configuration",
		where ? where : "/etc/nixos",
		"the next nixos-rebuild makes initrds from it: add %s to "
		"boot.initrd.availableKernelModules before",
		is_sata ? "\"ahci\" and \"sd_mod\""
			: "\"virtio_pci\", \"virtio_blk\" and "
			  "\"virtio_scsi\"");
}
