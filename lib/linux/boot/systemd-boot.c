/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* systemd-boot's files. */
#include "linux/boot/systemd-boot.h"

#include "core/lines.h"
#include "guest/tree.h"

#include <fnmatch.h>

static const char *const loaders[] = { "systemd-bootx64.efi",
	"systemd-bootia32.efi", "systemd-bootaa64.efi" };

bool v2v_systemd_boot_is_on(const struct v2v_tree *tree, const char *esp)
{
	CLEANUP_FREE char *efi = v2v_tree_find(tree, esp, "EFI");
	CLEANUP_FREE char *dir =
		efi ? v2v_tree_find(tree, efi, "systemd") : NULL;

	for (size_t i = 0; dir && i < ARRAY_SIZE(loaders); i++) {
		CLEANUP_FREE char *file = v2v_tree_find(tree, dir, loaders[i]);

		if (file)
			return true;
	}
	return false;
}

static void list_entries(const struct v2v_tree *tree, const char *directory,
	const struct v2v_list *variables, struct v2v_list *bls)
{
	CLEANUP_FREE char *dir = v2v_format("%s/loader/entries", directory);
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_list(tree, dir, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", dir, *name);
		CLEANUP_FREE char *text = NULL;
		struct v2v_bls *entry;

		if (!v2v_ends_with(*name, ".conf") ||
			bls->count >= V2V_BOOT_MAX_ENTRIES)
			continue;
		text = v2v_tree_text(tree, path);
		if (!text)
			continue;
		entry = v2v_list_add(bls, sizeof *entry);
		v2v_bls_read(*name, text, variables, entry);
		entry->file = v2v_take(path);
		if (!variables)
			entry->is_bad = v2v_bls_cut_tries(entry->id);
	}
}

/* Unified kernel images; their version is in their name only for us. */
static void list_images(const struct v2v_tree *tree, const char *directory,
	struct v2v_list *bls)
{
	CLEANUP_FREE char *efi = v2v_tree_find(tree, directory, "EFI");
	CLEANUP_FREE char *dir = efi ? v2v_tree_find(tree, efi, "Linux") : NULL;
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	if (dir)
		v2v_tree_list(tree, dir, &names);
	v2v_list_foreach (char *, name, &names) {
		size_t n = strlen(*name);
		struct v2v_bls *image;

		if (n < 4 || strcasecmp(*name + n - 4, ".efi") != 0 ||
			bls->count >= V2V_BOOT_MAX_ENTRIES)
			continue;
		image = v2v_list_add(bls, sizeof *image);
		image->id = v2v_strdup(*name);
		image->file = v2v_format("%s/%s", dir, *name);
		image->kernel = v2v_strdup(image->file + strlen(directory));
		image->options =
			v2v_tree_section(tree, image->file, ".cmdline");
		image->is_uki = true;
	}
}

void v2v_systemd_boot_list(const struct v2v_tree *tree, const char *directory,
	const struct v2v_list *variables, struct v2v_list *bls)
{
	list_entries(tree, directory, variables, bls);
	/* GRUB knows none of them. */
	if (!variables)
		list_images(tree, directory, bls);
}

static char *find_pattern(const char *text)
{
	CLEANUP_FREE char *pattern = NULL;

	while (text && *text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *key = v2v_line_trim(line), *value = v2v_line_split(key);

		if (strcmp(key, "default") != 0)
			continue;
		v2v_string_set(&pattern, v2v_line_unquote(value));
	}
	return v2v_take(pattern);
}

/* loader.conf(5): the id is the file's name, with its suffix since v248. */
static bool fits(const struct v2v_boot_entry *entry, const char *pattern)
{
	CLEANUP_FREE char *name = v2v_format("%s.conf", entry->id);

	return fnmatch(pattern, name, FNM_CASEFOLD) == 0 ||
	       fnmatch(pattern, entry->id, FNM_CASEFOLD) == 0;
}

void v2v_systemd_boot_choose(const char *text, struct v2v_list *entries)
{
	CLEANUP_FREE char *pattern = find_pattern(text);

	v2v_systemd_boot_choose_by(pattern, entries);
}

void v2v_systemd_boot_choose_by(const char *pattern, struct v2v_list *entries)
{
	struct v2v_boot_entry *first = entries->items;

	v2v_list_foreach (struct v2v_boot_entry, entry, entries)
		if (pattern && fits(entry, pattern)) {
			entry->is_default = true;
			return;
		}
	if (first)
		first->is_default = true;
}
