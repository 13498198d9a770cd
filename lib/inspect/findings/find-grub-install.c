/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: where Debian's packages of GRUB will install it again.  debconf
 * remembers devices; the next update asks again, or fails where nobody can
 * answer. */
#include "guest/tree.h"
#include "inspect/findings/find-private.h"
#include "model/devices.h"

#define DATABASE "/var/cache/debconf/config.dat"

/* Is one of the devices of the list "/dev/sda, /dev/sdb" gone after conversion?
 * It, the caller's, or NULL. */
static char *gone_device(const struct v2v_devices *devices, const char *list)
{
	const char *const end = list + strcspn(list, "\n");

	while (list < end) {
		size_t n = strcspn(list, ", \n");
		CLEANUP_FREE char *device = v2v_strndup(list, n);

		if (v2v_starts_with(device, "/dev/") &&
			!v2v_devices_is_new(devices, device))
			return v2v_take(device);
		list += n + strspn(list + n, ", ");
	}
	return NULL;
}

/* The value of a @question in debconf's database, to the line's end; NULL where
 * it has none. */
static const char *debconf_value(const char *text, const char *question)
{
	CLEANUP_FREE char *head = v2v_format("Name: %s\n", question);
	const char *s = strstr(text, head), *end, *value;

	if (!s)
		return NULL;
	end = strstr(s, "\n\n");
	value = strstr(s, "\nValue: ");
	return value && (!end || value < end) ? value + strlen("\nValue: ")
					      : NULL;
}

static void find_package(const char *text, const char *question,
	const char *package, const struct v2v_devices *devices,
	struct v2v_inspect *inspect)
{
	const char *list = debconf_value(text, question);
	CLEANUP_FREE char *device = list ? gone_device(devices, list) : NULL;

	if (device)
		v2v_finding_add(inspect, V2V_NOTE, "grub-install-device",
			DATABASE,
			"updates of %s install it to %s, which is gone then: "
			"dpkg-reconfigure %s",
			package, device, package);
}

/* Debian's name of GRUB for UEFI. */
static const char *efi_package(const struct v2v_inspect *inspect)
{
	if (v2v_streq(inspect->arch, "aarch64"))
		return "grub-efi-arm64";
	if (v2v_streq(inspect->arch, "i386") ||
		v2v_streq(inspect->arch, "i686"))
		return "grub-efi-ia32";
	return "grub-efi-amd64";
}

void v2v_find_grub_install(const struct v2v_tree *tree,
	const struct v2v_devices *devices, struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, DATABASE);

	if (!text)
		return;
	find_package(
		text, "grub-pc/install_devices", "grub-pc", devices, inspect);
	find_package(text, "grub-efi/install_devices", efi_package(inspect),
		devices, inspect);
}
