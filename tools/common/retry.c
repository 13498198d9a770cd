/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The classes of errors' codes. */
#include "common/retry.h"

#include "common/array.h"

#include <string.h>

static const struct {
	const char *class;
	const char *of; /* a code */
} classes[] = {
	{ "now", "appliance" },
	{ "now", "boot-qemu" },
	{ "now", "cancelled" },
	{ "now", "child" },
	{ "now", "guest-deadline" },
	{ "now", "kernel-ended" },
	{ "now", "kernel-gone" },
	{ "now", "kernel-slow" },
	{ "now", "verify" },
	{ "later", "appliance-kernel" },
	{ "later", "appliance-lock" },
	{ "later", "appliance-memory" },
	{ "later", "appliance-no-qemu" },
	{ "later", "appliance-no-space" },
	{ "later", "boot-firmware" },
	{ "later", "file-exists" },
	{ "later", "firstboot-missing" },
	{ "later", "image-changed" },
	{ "later", "image-in-use" },
	{ "later", "io" },
	{ "later", "kernel-init" },
	{ "later", "kernel-tools" },
	{ "later", "kernel-unusable" },
	{ "later", "kernel-version" },
	{ "later", "key" },
	{ "later", "machine-locked" },
	{ "later", "machine-running" },
	{ "later", "machine-suspended" },
	{ "later", "nbd" },
	{ "later", "no-space" },
	{ "later", "target-no-space" },
	{ "later", "unsafe-directory" },
	{ "later", "virtio-win" },
	{ "later", "workdir" },
};

const char *retry_class(const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (strcmp(classes[i].of, code) == 0)
			return classes[i].class;
	return "never";
}
