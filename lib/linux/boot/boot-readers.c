/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each bootloader's configuration into struct v2v_boot. */
#include "linux/boot/boot-readers.h"
#include "linux/boot/esp.h"

#include "guest/tree.h"
#include "linux/boot/boot-path.h"
#include "linux/boot/elilo.h"
#include "linux/boot/extlinux.h"
#include "linux/boot/grub1.h"
#include "linux/boot/grub2.h"
#include "linux/boot/limine.h"
#include "linux/boot/refind.h"
#include "linux/boot/sdbootutil.h"
#include "linux/boot/systemd-boot.h"

#include <fnmatch.h>

/* A stub on the EFI system partition names the real one, once. */
#define MAX_STUBS 4

static char *directory_of(const char *path)
{
	return v2v_strndup(path, (size_t)(strrchr(path, '/') - path));
}

static char *text_beside(
	const struct v2v_boot_search *s, const char *path, const char *name)
{
	CLEANUP_FREE char *dir = directory_of(path);
	CLEANUP_FREE char *other = v2v_format("%s/%s", dir, name);

	return v2v_tree_text(s->tree, other);
}

/* Places are tried more than once. */
void v2v_boot_add_file(const struct v2v_boot_search *s, const char *path)
{
	v2v_list_foreach (char *, have, &s->boot->files)
		if (strcmp(*have, path) == 0)
			return;
	v2v_list_add_string(&s->boot->files, path);
}

static char *resolve_one(const struct v2v_boot_search *s, const char *config,
	const struct v2v_boot_entry *entry, char *written)
{
	char *path = v2v_boot_path(
		s->tree, s->inspect, config, entry->uuid, written);

	free(written);
	return path;
}

/* Names as written become paths in the guest. */
static void resolve(const struct v2v_boot_search *s, const char *config)
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
static bool settle(
	const struct v2v_boot_search *s, const char *type, const char *config)
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
static void read_bls(
	const struct v2v_boot_search *s, const struct v2v_list *variables)
{
	struct v2v_list bls CLEANUP_BLS = { 0 };
	struct v2v_list own = s->boot->entries;

	s->boot->entries = (struct v2v_list){ 0 };
	v2v_systemd_boot_list(s->tree, "/boot", variables, &bls);
	v2v_bls_sort_grub(&bls);
	v2v_list_foreach (const struct v2v_bls, one, &bls)
		v2v_boot_add_file(s, one->file);
	v2v_bls_take(&bls, &s->boot->entries);
	v2v_list_foreach (const struct v2v_boot_entry, entry, &own)
		*(struct v2v_boot_entry *)v2v_list_add(
			&s->boot->entries, sizeof *entry) = *entry;
	free(own.items);
}

static bool try_grub2(
	const struct v2v_boot_search *s, const char *path, unsigned depth);

/* `configfile $prefix/grub.cfg`, prefix being set in the line before. */
static bool follow(const struct v2v_boot_search *s,
	const struct v2v_grub2 *stub, const char *path, unsigned depth)
{
	CLEANUP_FREE char *next = NULL;

	if (!stub->next || depth >= MAX_STUBS)
		return false;
	next = v2v_boot_path(s->tree, s->inspect, path, stub->uuid, stub->next);
	return strcmp(next, path) != 0 && try_grub2(s, next, depth + 1);
}

/* What a configuration reads beside itself. */
struct loading {
	const struct v2v_boot_search *s;
	const char *path;
};

static char *load(const struct v2v_grub2 *config, const char *name)
{
	const struct loading *l = config->opaque;
	CLEANUP_FREE char *path = v2v_boot_path(
		l->s->tree, l->s->inspect, l->path, config->uuid, name);

	return v2v_tree_text(l->s->tree, path);
}

/* Only the last part of a name may be a pattern. */
static void find_sourced(const struct v2v_grub2 *config, const char *pattern,
	struct v2v_list *paths)
{
	const struct loading *l = config->opaque;
	const struct v2v_boot_search *s = l->s;
	CLEANUP_FREE char *path = v2v_boot_path(
		s->tree, s->inspect, l->path, config->uuid, pattern);
	CLEANUP_FREE char *folder = directory_of(path);
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	if (v2v_tree_is_file(s->tree, path)) {
		v2v_boot_add_file(s, path);
		v2v_list_add_string(paths, path);
		return;
	}
	v2v_tree_list(s->tree, *folder ? folder : "/", &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *found = v2v_format("%s/%s", folder, *name);

		if (fnmatch(strrchr(path, '/') + 1, *name, FNM_PERIOD) != 0 ||
			!v2v_tree_is_file(s->tree, found))
			continue;
		v2v_boot_add_file(s, found);
		v2v_list_add_string(paths, found);
	}
}

/* GRUB sets both to the folder of its configuration. */
static void set_prefix(struct v2v_list *variables, const char *path)
{
	CLEANUP_FREE char *folder = directory_of(path);

	v2v_grub_set(variables, "prefix", folder, false);
	v2v_grub_set(variables, "config_directory", folder, false);
}

static bool try_grub2(
	const struct v2v_boot_search *s, const char *path, unsigned depth)
{
	CLEANUP_FREE char *text = v2v_tree_text(s->tree, path);
	CLEANUP_FREE char *grubenv = NULL;
	struct v2v_list variables CLEANUP_GRUB_VARIABLES = { 0 };
	const struct loading loading = { s, path };
	struct v2v_grub2 config CLEANUP_GRUB2 = {
		.load = load, .find = find_sourced, .opaque = &loading
	};

	if (!text)
		return false;
	grubenv = text_beside(s, path, "grubenv");
	v2v_boot_add_file(s, path);
	v2v_grubenv_read(grubenv, &variables);
	set_prefix(&variables, path);
	v2v_grub2_read(text, &variables, &config, &s->boot->entries);
	if (config.has_blscfg)
		read_bls(s, &variables);
	if (s->boot->entries.count == 0 && follow(s, &config, path, depth))
		return true;
	v2v_grub2_choose(&config, &variables, &s->boot->entries);
	return settle(s, config.has_blscfg ? "grub2-bls" : "grub2", path);
}

bool v2v_boot_grub2(const struct v2v_boot_search *s, const char *path)
{
	return try_grub2(s, path, 0);
}

bool v2v_boot_grub1(const struct v2v_boot_search *s, const char *path)
{
	CLEANUP_FREE char *text = v2v_tree_text(s->tree, path);
	CLEANUP_FREE char *saved = NULL;

	if (!text)
		return false;
	saved = text_beside(s, path, "default");
	v2v_boot_add_file(s, path);
	v2v_grub1_read(text, saved, &s->boot->entries);
	return settle(s, "grub1", path);
}

bool v2v_boot_extlinux(const struct v2v_boot_search *s, const char *path)
{
	if (!v2v_tree_is_file(s->tree, path))
		return false;
	v2v_extlinux_read(s->tree, path, &s->boot->files, &s->boot->entries);
	return settle(s, "extlinux", path);
}

bool v2v_boot_refind(const struct v2v_boot_search *s, const char *path)
{
	struct v2v_list folders CLEANUP_STRINGS = { 0 };

	if (!v2v_tree_is_file(s->tree, path))
		return false;
	v2v_list_add_string(&folders, "/boot");
	v2v_bootloader_esps(s->inspect, &folders);
	/* An EFI partition at /boot is there twice. */
	for (size_t i = folders.count; i-- > 1;)
		if (strcmp(v2v_items(char *, &folders)[i], "/boot") == 0)
			free(v2v_items(char *, &folders)[--folders.count]);
	v2v_refind_read(
		s->tree, path, &folders, &s->boot->files, &s->boot->entries);
	return settle(s, "refind", path);
}

bool v2v_boot_limine(const struct v2v_boot_search *s, const char *path)
{
	CLEANUP_FREE char *text = v2v_tree_text(s->tree, path);

	if (!text)
		return false;
	v2v_boot_add_file(s, path);
	v2v_limine_read(text, &s->boot->entries);
	return settle(s, "limine", path);
}

bool v2v_boot_elilo(const struct v2v_boot_search *s, const char *path)
{
	CLEANUP_FREE char *text = v2v_tree_text(s->tree, path);
	CLEANUP_FREE char *folder = NULL;

	if (!text)
		return false;
	v2v_boot_add_file(s, path);
	folder = v2v_elilo_folder(s->inspect, path);
	v2v_elilo_read(text, folder, &s->boot->entries);
	return settle(s, "elilo", path);
}

/* Entries lie on the EFI system partition or on that of /boot. */
static void read_entries(const struct v2v_boot_search *s, const char *esp)
{
	struct v2v_list bls CLEANUP_BLS = { 0 };

	v2v_systemd_boot_list(s->tree, esp, NULL, &bls);
	if (strcmp(esp, "/boot") != 0)
		v2v_systemd_boot_list(s->tree, "/boot", NULL, &bls);
	v2v_bls_sort_systemd(&bls);
	v2v_list_foreach (const struct v2v_bls, one, &bls)
		if (!one->is_uki)
			v2v_boot_add_file(s, one->file);
	v2v_bls_take(&bls, &s->boot->entries);
}

/* Its grubenv is in the place of loader.conf. */
static bool read_grub_of_sdbootutil(
	const struct v2v_boot_search *s, const char *esp, const char *folder)
{
	CLEANUP_FREE char *config = v2v_format("%s/grubenv", folder);
	CLEANUP_FREE char *text = v2v_tree_text(s->tree, config);
	CLEANUP_FREE char *name = v2v_sdbootutil_default(text);

	read_entries(s, esp);
	v2v_systemd_boot_choose_by(name, &s->boot->entries);
	return settle(s, "grub2-bls", config);
}

bool v2v_boot_systemd(const struct v2v_boot_search *s, const char *esp)
{
	CLEANUP_FREE char *config = v2v_format("%s/loader/loader.conf", esp);
	CLEANUP_FREE char *folder = v2v_sdbootutil_folder(s->tree, esp);
	CLEANUP_FREE char *text = NULL;

	if (!v2v_systemd_boot_is_on(s->tree, esp)) {
		if (!folder)
			return false;
		if (v2v_sdbootutil_is_grub(folder))
			return read_grub_of_sdbootutil(s, esp, folder);
	}
	read_entries(s, esp);
	text = v2v_tree_text(s->tree, config);
	v2v_systemd_boot_choose(text, &s->boot->entries);
	return settle(s, "systemd-boot", config);
}
