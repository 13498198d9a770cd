/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which bootloader starts the guest: by its files, and by the firmware. */
#include "inspect/bootloader.h"

#include "guest/files.h"
#include "inspect/boot-path.h"
#include "inspect/extlinux.h"
#include "inspect/grub1.h"
#include "inspect/grub2.h"
#include "inspect/release.h"
#include "inspect/systemd-boot.h"

/* A stub on the EFI system partition names the real one, once. */
#define MAX_STUBS 4

struct search {
	const struct v2v_tree *tree;
	const struct v2v_inspect *inspect;
	struct v2v_boot *boot;
};

static char *directory_of(const char *path)
{
	return v2v_strndup(path, (size_t)(strrchr(path, '/') - path));
}

static char *text_beside(
	const struct search *s, const char *path, const char *name)
{
	CLEANUP_FREE char *dir = directory_of(path);
	CLEANUP_FREE char *other = v2v_format("%s/%s", dir, name);

	return s->tree->text(s->tree, other);
}

void v2v_bootloader_esps(
	const struct v2v_inspect *inspect, struct v2v_list *paths)
{
	static const char *const places[] = { "/boot/efi", "/efi", "/boot" };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		const struct v2v_mountpoint *mount =
			v2v_inspect_mountpoint(inspect, places[i]);
		const struct v2v_filesystem *fs =
			mount ? v2v_inspect_filesystem(inspect, mount->device)
			      : NULL;

		if (fs && v2v_streq(fs->type, "vfat"))
			v2v_list_add_string(paths, places[i]);
	}
}

/* Places are tried more than once. */
static void add_file(const struct search *s, const char *path)
{
	v2v_list_foreach (char *, have, &s->boot->files)
		if (strcmp(*have, path) == 0)
			return;
	v2v_list_add_string(&s->boot->files, path);
}

static char *resolve_one(const struct search *s, const char *config,
	const struct v2v_boot_entry *entry, char *written)
{
	char *path = v2v_boot_path(
		s->tree, s->inspect, config, entry->uuid, written);

	free(written);
	return path;
}

/* Names as written become paths in the guest. */
static void resolve(const struct search *s, const char *config)
{
	v2v_list_foreach (struct v2v_boot_entry, entry, &s->boot->entries) {
		if (!entry->file)
			entry->file = v2v_strdup(config);
		entry->kernel =
			resolve_one(s, entry->file, entry, entry->kernel);
		if (entry->initrd)
			entry->initrd = resolve_one(
				s, entry->file, entry, entry->initrd);
	}
}

/* A configuration without entries is remembered where no better one comes. */
static bool settle(const struct search *s, const char *type, const char *config)
{
	if (s->boot->type && s->boot->entries.count == 0)
		return false;
	free(s->boot->type);
	free(s->boot->config);
	s->boot->type = v2v_strdup(type);
	s->boot->config = v2v_strdup(config);
	resolve(s, config);
	return s->boot->entries.count > 0;
}

/* blscfg: entries of the filesystem of /boot, in front of the script's own. */
static void read_bls(const struct search *s, const struct v2v_list *variables)
{
	struct v2v_list bls CLEANUP_BLS = { 0 };
	struct v2v_list own = s->boot->entries;

	s->boot->entries = (struct v2v_list){ 0 };
	v2v_systemd_boot_list(s->tree, "/boot", variables, &bls);
	v2v_bls_sort_grub(&bls);
	v2v_list_foreach (const struct v2v_bls, one, &bls)
		add_file(s, one->file);
	v2v_bls_take(&bls, &s->boot->entries);
	v2v_list_foreach (const struct v2v_boot_entry, entry, &own)
		*(struct v2v_boot_entry *)v2v_list_add(
			&s->boot->entries, sizeof *entry) = *entry;
	free(own.items);
}

static bool try_grub2(const struct search *s, const char *path, unsigned depth);

/* `configfile $prefix/grub.cfg`, prefix being set in the line before. */
static bool follow(const struct search *s, const struct v2v_grub2 *stub,
	const char *path, unsigned depth)
{
	CLEANUP_FREE char *next = NULL;

	if (!stub->next || depth >= MAX_STUBS)
		return false;
	next = v2v_boot_path(s->tree, s->inspect, path, stub->uuid, stub->next);
	return strcmp(next, path) != 0 && try_grub2(s, next, depth + 1);
}

static bool try_grub2(const struct search *s, const char *path, unsigned depth)
{
	CLEANUP_FREE char *text = s->tree->text(s->tree, path);
	CLEANUP_FREE char *grubenv = NULL;
	struct v2v_list variables CLEANUP_GRUB_VARIABLES = { 0 };
	struct v2v_grub2 config CLEANUP_GRUB2 = { 0 };

	if (!text)
		return false;
	grubenv = text_beside(s, path, "grubenv");
	add_file(s, path);
	v2v_grubenv_read(grubenv, &variables);
	v2v_grub2_read(text, &variables, &config, &s->boot->entries);
	if (config.has_blscfg)
		read_bls(s, &variables);
	if (s->boot->entries.count == 0 && follow(s, &config, path, depth))
		return true;
	v2v_grub2_choose(&config, &variables, &s->boot->entries);
	return settle(s, config.has_blscfg ? "grub2-bls" : "grub2", path);
}

static bool grub2(const struct search *s, const char *path)
{
	return try_grub2(s, path, 0);
}

static bool grub1(const struct search *s, const char *path)
{
	CLEANUP_FREE char *text = s->tree->text(s->tree, path);
	CLEANUP_FREE char *saved = NULL;

	if (!text)
		return false;
	saved = text_beside(s, path, "default");
	add_file(s, path);
	v2v_grub1_read(text, saved, &s->boot->entries);
	return settle(s, "grub1", path);
}

static bool extlinux(const struct search *s, const char *path)
{
	if (!s->tree->is_file(s->tree, path))
		return false;
	v2v_extlinux_read(s->tree, path, &s->boot->files, &s->boot->entries);
	return settle(s, "extlinux", path);
}

/* Entries lie on the EFI system partition or on that of /boot. */
static bool try_systemd_boot(const struct search *s, const char *esp)
{
	CLEANUP_FREE char *config = v2v_format("%s/loader/loader.conf", esp);
	CLEANUP_FREE char *text = NULL;
	struct v2v_list bls CLEANUP_BLS = { 0 };

	if (!v2v_systemd_boot_is_on(s->tree, esp))
		return false;
	v2v_systemd_boot_list(s->tree, esp, NULL, &bls);
	if (strcmp(esp, "/boot") != 0)
		v2v_systemd_boot_list(s->tree, "/boot", NULL, &bls);
	v2v_bls_sort_systemd(&bls);
	v2v_list_foreach (const struct v2v_bls, one, &bls)
		if (!one->is_uki)
			add_file(s, one->file);
	v2v_bls_take(&bls, &s->boot->entries);
	text = s->tree->text(s->tree, config);
	v2v_systemd_boot_choose(text, &s->boot->entries);
	return settle(s, "systemd-boot", config);
}

/* The distribution's own folder before others, and before EFI/BOOT. */
static void sort_vendors(const struct search *s, struct v2v_list *names)
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

static bool try_vendors(const struct search *s, const char *esp,
	const char *file, bool (*try)(const struct search *, const char *))
{
	CLEANUP_FREE char *efi = v2v_tree_find(s->tree, esp, "EFI");
	struct v2v_list names CLEANUP_NAMES = { 0 };

	if (efi)
		s->tree->list(s->tree, efi, &names);
	sort_vendors(s, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *dir = v2v_format("%s/%s", efi, *name);
		CLEANUP_FREE char *path = v2v_tree_find(s->tree, dir, file);

		if (path && try(s, path))
			return true;
	}
	return false;
}

static bool try_uefi(const struct search *s)
{
	struct v2v_list esps CLEANUP_NAMES = { 0 };

	v2v_bootloader_esps(s->inspect, &esps);
	v2v_list_foreach (char *, esp, &esps)
		if (try_systemd_boot(s, *esp))
			return true;
	v2v_list_foreach (char *, esp, &esps)
		if (try_vendors(s, *esp, "grub.cfg", grub2))
			return true;
	if (grub2(s, "/boot/grub2/grub.cfg") || grub2(s, "/boot/grub/grub.cfg"))
		return true;
	v2v_list_foreach (char *, esp, &esps)
		if (try_vendors(s, *esp, "grub.conf", grub1))
			return true;
	return false;
}

struct place {
	bool (*try)(const struct search *s, const char *path);
	const char *path;
	const char *core; /* what the loader's installer puts beside it */
};

/* Menus are left behind by loaders that were there before, or are there for
 * a cloud's own loader: the first whose core is installed is taken, else
 * the first. */
static const struct place places[] = {
	{ grub2, "/boot/grub2/grub.cfg", "/boot/grub2/i386-pc/normal.mod" },
	{ grub2, "/boot/grub/grub.cfg", "/boot/grub/i386-pc/normal.mod" },
	{ grub1, "/boot/grub/menu.lst", "/boot/grub/stage2" },
	{ grub1, "/boot/grub/grub.conf", "/boot/grub/stage2" },
	{ extlinux, "/boot/extlinux/extlinux.conf",
		"/boot/extlinux/ldlinux.sys" },
	{ extlinux, "/boot/extlinux.conf", "/boot/ldlinux.sys" },
	{ extlinux, "/boot/syslinux/syslinux.cfg",
		"/boot/syslinux/ldlinux.sys" },
	{ extlinux, "/boot/syslinux.cfg", "/boot/ldlinux.sys" },
	{ extlinux, "/extlinux.conf", "/ldlinux.sys" },
	{ NULL, NULL, NULL },
};

static bool try_places(const struct search *s, bool need_core)
{
	for (const struct place *place = places; place->try; place++)
		if ((!need_core || s->tree->is_file(s->tree, place->core)) &&
			place->try(s, place->path))
			return true;
	return false;
}

void v2v_bootloader_look(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_boot *boot)
{
	const struct search s = { tree, inspect, boot };

	if (v2v_streq(inspect->firmware, "uefi") && try_uefi(&s))
		return;
	if (!try_places(&s, true) && !try_places(&s, false))
		try_uefi(&s);
}

void v2v_boot_clear(struct v2v_boot *boot)
{
	free(boot->type);
	free(boot->config);
	v2v_guest_names_clear(&boot->files);
	v2v_boot_entries_clear(&boot->entries);
}

void v2v_bootloader_find(struct v2v_guest *guest, struct v2v_inspect *inspect,
	struct v2v_list *entries, char **ret_default)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	struct v2v_boot boot CLEANUP_BOOT = { 0 };
	const struct v2v_boot_entry *chosen;

	v2v_bootloader_look(&tree, inspect, &boot);
	chosen = v2v_boot_entries_default(&boot.entries);
	*ret_default = chosen ? v2v_strdup(chosen->kernel) : NULL;
	if (boot.type) {
		inspect->bootloader = v2v_alloc(1, sizeof *inspect->bootloader);
		inspect->bootloader->type = v2v_take(boot.type);
		inspect->bootloader->config = v2v_take(boot.config);
	}
	*entries = boot.entries;
	boot.entries = (struct v2v_list){ 0 };
}
