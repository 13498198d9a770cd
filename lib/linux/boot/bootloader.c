/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which bootloader starts the guest: by its files, and by the firmware. */
#include "linux/boot/bootloader.h"

#include "guest/tree.h"
#include "linux/boot/boot-readers.h"
#include "linux/boot/esp.h"
#include "linux/distro/release.h"

/* The distribution's own folder before others, and before EFI/BOOT. */
static void sort_vendors(
	const struct v2v_boot_search *s, struct v2v_list *names)
{
	char **name = names->items;
	size_t first = 0;

	for (size_t i = 0; i < names->count; i++) {
		char *vendor = name[i];

		if (!v2v_release_is_vendor(s->inspect, vendor))
			continue;
		memmove(name + first + 1, name + first,
			(i - first) * sizeof *name);
		name[first++] = vendor;
	}
}

static bool try_vendors(const struct v2v_boot_search *s, const char *esp,
	const char *file,
	bool (*try)(const struct v2v_boot_search *, const char *))
{
	CLEANUP_FREE char *efi = v2v_tree_find(s->tree, esp, "EFI");
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	if (efi)
		v2v_tree_list(s->tree, efi, &names);
	sort_vendors(s, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *dir = v2v_format("%s/%s", efi, *name);
		CLEANUP_FREE char *path = v2v_tree_find(s->tree, dir, file);

		if (path && try(s, path))
			return true;
	}
	return false;
}

/* Beside the loader, else in the places that it searches on its partition
 * (CONFIG.md of Limine). */
static bool try_limine(const struct v2v_boot_search *s, const char *esp)
{
	static const char *const places[] = { "limine.conf",
		"limine/limine.conf", "boot/limine.conf",
		"boot/limine/limine.conf", "limine.cfg", "limine/limine.cfg",
		"boot/limine.cfg", "boot/limine/limine.cfg" };

	if (try_vendors(s, esp, "limine.conf", v2v_boot_limine))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", esp, places[i]);

		if (v2v_boot_limine(s, path))
			return true;
	}
	return try_vendors(s, esp, "limine.cfg", v2v_boot_limine);
}

static bool try_uefi(const struct v2v_boot_search *s)
{
	struct v2v_list esps CLEANUP_STRINGS = { 0 };

	v2v_bootloader_esps(s->inspect, &esps);
	v2v_list_foreach (char *, esp, &esps)
		if (v2v_boot_systemd(s, *esp))
			return true;
	v2v_list_foreach (char *, esp, &esps)
		if (try_vendors(s, *esp, "grub.cfg", v2v_boot_grub2))
			return true;
	if (v2v_boot_grub2(s, "/boot/grub2/grub.cfg") ||
		v2v_boot_grub2(s, "/boot/grub/grub.cfg"))
		return true;
	v2v_list_foreach (char *, esp, &esps)
		if (try_vendors(s, *esp, "grub.conf", v2v_boot_grub1) ||
			try_vendors(s, *esp, "refind.conf", v2v_boot_refind) ||
			try_limine(s, *esp) ||
			try_vendors(s, *esp, "elilo.conf", v2v_boot_elilo))
			return true;
	return false;
}

struct place {
	bool (*try)(const struct v2v_boot_search *s, const char *path);
	const char *path;
	const char *core; /* what the loader's installer puts beside it */
};

/* Menus are left behind by loaders that were there before, or are there for
 * a cloud's own loader: the first whose core is installed is taken, else
 * the first. */
static const struct place places[] = {
	{ v2v_boot_grub2, "/boot/grub2/grub.cfg",
		"/boot/grub2/i386-pc/normal.mod" },
	{ v2v_boot_grub2, "/boot/grub/grub.cfg",
		"/boot/grub/i386-pc/normal.mod" },
	/* OpenWrt's partition has the folder "boot" itself. */
	{ v2v_boot_grub2, "/boot/boot/grub/grub.cfg",
		"/boot/boot/grub/grub.cfg" },
	{ v2v_boot_grub2, "/mnt/boot/grub/grub.cfg",
		"/mnt/boot/grub/grub.cfg" },
	{ v2v_boot_grub1, "/boot/grub/menu.lst", "/boot/grub/stage2" },
	{ v2v_boot_grub1, "/boot/grub/grub.conf", "/boot/grub/stage2" },
	{ v2v_boot_extlinux, "/boot/extlinux/extlinux.conf",
		"/boot/extlinux/ldlinux.sys" },
	{ v2v_boot_extlinux, "/boot/extlinux.conf", "/boot/ldlinux.sys" },
	{ v2v_boot_extlinux, "/boot/syslinux/syslinux.cfg",
		"/boot/syslinux/ldlinux.sys" },
	{ v2v_boot_extlinux, "/boot/syslinux.cfg", "/boot/ldlinux.sys" },
	{ v2v_boot_extlinux, "/extlinux.conf", "/ldlinux.sys" },
	{ v2v_boot_limine, "/boot/limine/limine.conf",
		"/boot/limine/limine-bios.sys" },
	{ v2v_boot_limine, "/boot/limine.conf", "/boot/limine-bios.sys" },
	{ v2v_boot_limine, "/limine.conf", "/limine-bios.sys" },
	{ v2v_boot_limine, "/boot/limine/limine.cfg",
		"/boot/limine/limine-bios.sys" },
	{ v2v_boot_limine, "/boot/limine.cfg", "/boot/limine-bios.sys" },
	{ NULL, NULL, NULL },
};

static bool try_places(const struct v2v_boot_search *s, bool need_core)
{
	for (const struct place *place = places; place->try; place++)
		if ((!need_core || v2v_tree_is_file(s->tree, place->core)) &&
			place->try(s, place->path))
			return true;
	return false;
}

/* Never the one that starts: its file is only remembered. */
static bool remember(const struct v2v_boot_search *s, const char *path)
{
	v2v_boot_add_file(s, path);
	return false;
}

/* Which of several loaders the firmware's variables named is not known: the
 * others' menus are to be edited, too. */
static void remember_others(const struct v2v_boot_search *s)
{
	static const char *const menus[] = { "refind.conf", "limine.conf",
		"limine.cfg", "elilo.conf" };
	struct v2v_list esps CLEANUP_STRINGS = { 0 };

	v2v_bootloader_esps(s->inspect, &esps);
	v2v_list_foreach (char *, esp, &esps)
		for (size_t i = 0; i < ARRAY_SIZE(menus); i++)
			try_vendors(s, *esp, menus[i], remember);
}

static void look(const struct v2v_boot_search *s)
{
	if (v2v_streq(s->inspect->firmware, "uefi") && try_uefi(s))
		return;
	if (!try_places(s, true) && !try_places(s, false))
		try_uefi(s);
}

void v2v_bootloader_look(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_boot *boot)
{
	const struct v2v_boot_search s = { tree, inspect, boot };

	look(&s);
	remember_others(&s);
}

void v2v_boot_clear(struct v2v_boot *boot)
{
	free(boot->type);
	free(boot->config);
	v2v_strings_clear(&boot->files);
	v2v_boot_entries_clear(&boot->entries);
}
