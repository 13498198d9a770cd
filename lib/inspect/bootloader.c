/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which bootloader, by its files. */
#include "inspect/bootloader.h"

#include "guest/files.h"

/* Where configurations lie; grub 2 before what older systems left behind. */
static const struct place {
	const char *type, *path;
} places[] = {
	{ "grub2", "/boot/grub2/grub.cfg" },
	{ "grub2", "/boot/grub/grub.cfg" },
	{ "systemd-boot", "/boot/loader/loader.conf" },
	{ "systemd-boot", "/boot/efi/loader/loader.conf" },
	{ "systemd-boot", "/efi/loader/loader.conf" },
	{ "grub1", "/boot/grub/menu.lst" },
	{ "grub1", "/boot/grub/grub.conf" },
	{ "extlinux", "/boot/extlinux/extlinux.conf" },
	{ "extlinux", "/boot/extlinux.conf" },
	{ "extlinux", "/boot/syslinux/syslinux.cfg" },
};

static char *grubenv_of(struct v2v_guest *guest, const char *config)
{
	CLEANUP_FREE char *path = v2v_format(
		"%.*s/grubenv", (int)(strrchr(config, '/') - config), config);

	return v2v_guest_text(guest, path);
}

static void read_grub2(struct v2v_guest *guest, struct v2v_inspect *inspect,
	const char *text, struct v2v_list *entries, char **ret_default)
{
	struct v2v_bootloader *loader = inspect->bootloader;
	CLEANUP_FREE char *grubenv = grubenv_of(guest, loader->config);
	const struct v2v_boot_entry *chosen;

	/* blscfg(7): the entries are files of /boot/loader/entries. */
	if (strstr(text, "\nblscfg")) {
		free(loader->type);
		loader->type = v2v_strdup("grub2-bls");
	}
	v2v_grub2_entries(text, entries);
	chosen = v2v_grub2_default(text, grubenv, entries);
	*ret_default = chosen ? v2v_strdup(chosen->kernel) : NULL;
}

void v2v_bootloader_find(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_list *entries, char **ret_default)
{
	*ret_default = NULL;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		CLEANUP_FREE char *text = NULL;

		if (!v2v_guest_is_file(guest, places[i].path))
			continue;
		inspect->bootloader = v2v_alloc(1, sizeof *inspect->bootloader);
		inspect->bootloader->type = v2v_strdup(places[i].type);
		inspect->bootloader->config = v2v_strdup(places[i].path);
		text = v2v_guest_text(guest, places[i].path);
		if (text && strcmp(places[i].type, "grub2") == 0)
			read_grub2(guest, inspect, text, entries, ret_default);
		return;
	}
}
