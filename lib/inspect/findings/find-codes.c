/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The codes of blockers as static texts, for errors. */
#include "inspect/findings/findings.h"

const char *v2v_findings_code(const struct v2v_finding *blocker)
{
	static const char *const codes[] = { "bitlocker-no-key",
		"bootloader-lilo", "bootloader-sealed", "cmdline-signed",
		"container-linux", "device-sealed", "dynamic-system-disk",
		"encrypted", "etc-overlay", "filesystem-damaged",
		"fs-not-supported", "guest-file-too-large", "guest-no-inodes",
		"guest-no-space", "guest-read-only", "guest-write",
		"hibernated", "initrd-sealed", "initrd-signed",
		"initrd-unreadable", "kernel-no-initrd", "kernel-no-virtio",
		"kernel-xen-only", "network-unclear", "no-boot-driver",
		"no-kernel", "no-operating-system", "raid-incomplete",
		"registry", "registry-dirty", "type-not-supported",
		"volume-inactive" };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (strcmp(blocker->code, codes[i]) == 0)
			return codes[i];
	return "blocker";
}
