/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What makes a UEFI guest start without firmware variables. */
#include "linux/boot/uefi.h"

#include "guest/tree.h"
#include "linux/boot/bootloader.h"
#include "linux/boot/elilo.h"
#include "linux/boot/esp.h"
#include "linux/distro/release.h"

/* Architectures in the names of loaders. */
static const struct suffix {
	const char *arch, *suffix, *fallback;
} suffixes[] = {
	{ "x86_64", "x64", "BOOTX64.EFI" },
	{ "i386", "ia32", "BOOTIA32.EFI" },
	{ "aarch64", "aa64", "BOOTAA64.EFI" },
};

/* Beside a loader: shim starts GRUB by these names, and MokManager; SUSE's
 * have no suffix. */
static const char *const companions[] = { "grub@.efi", "grub.efi", "mm@.efi",
	"MokManager.efi", NULL };

/* Shim first, which secure boot needs. */
static const char *const loaders[] = { "shim@.efi", "shim.efi", "grub@.efi",
	"grub.efi", "systemd-boot@.efi", "refind_@.efi", "limine_@.efi",
	"elilo.efi", NULL };

/* Files in a folder of rEFInd's drivers; a real one has ten. */
#define MAX_DRIVERS 32

struct looking {
	const struct v2v_tree *tree;
	const struct v2v_inspect *inspect;
	const struct suffix *suffix;
	struct v2v_uefi *plan;
};

static char *with_suffix(const char *name, const char *suffix)
{
	const char *at = strchr(name, '@');

	return at ? v2v_format(
			    "%.*s%s%s", (int)(at - name), name, suffix, at + 1)
		  : v2v_strdup(name);
}

static void add(struct looking *l, char *from, char *text, const char *name)
{
	struct v2v_uefi_file *file =
		v2v_list_add(&l->plan->files, sizeof *file);

	file->from = from;
	file->text = text;
	file->to = v2v_format("%s/%s", l->plan->directory, name);
}

static void add_companions(struct looking *l, const char *vendor)
{
	for (const char *const *name = companions; *name; name++) {
		CLEANUP_FREE char *want = with_suffix(*name, l->suffix->suffix);
		char *found = v2v_tree_find(l->tree, vendor, want);

		if (found)
			add(l, found, NULL, want);
	}
}

/* A stub stays true; a menu would be overtaken by the guest's next update, so
 * it is sought where it is.  Loaders with another place built in ignore both.
 */
static void add_config(struct looking *l, const char *vendor)
{
	CLEANUP_FREE char *path = v2v_tree_find(l->tree, vendor, "grub.cfg");
	CLEANUP_FREE char *text = path ? v2v_tree_text(l->tree, path) : NULL;
	const char *folder = strrchr(vendor, '/') + 1;

	if (!text)
		return;
	if (!strstr(text, "menuentry") && !strstr(text, "blscfg"))
		add(l, v2v_take(path), NULL, "grub.cfg");
	else
		add(l, NULL,
			v2v_format("set prefix=($root)/EFI/%s\n"
				   "configfile ($root)/EFI/%s/grub.cfg\n",
				folder, folder),
			"grub.cfg");
}

/* GRUB 0.97 takes its image's name with another ending. */
static void add_grub1(struct looking *l, const char *vendor)
{
	char *conf = v2v_tree_find(l->tree, vendor, "grub.conf");
	const char *fallback = l->suffix->fallback;
	CLEANUP_FREE char *name = v2v_format("%.*s.conf",
		(int)(strlen(fallback) - strlen(".EFI")), fallback);

	if (conf)
		add(l, conf, NULL, name);
}

/* ELILO looks for its configuration, and for kernels, beside itself. */
static void add_elilo(struct looking *l, const char *vendor)
{
	CLEANUP_FREE char *conf = v2v_tree_find(l->tree, vendor, "elilo.conf");
	CLEANUP_FREE char *text = conf ? v2v_tree_text(l->tree, conf) : NULL;
	CLEANUP_FREE char *folder = NULL;

	if (!text)
		return;
	folder = v2v_elilo_folder(l->inspect, conf);
	add(l, NULL, v2v_elilo_move(text, folder), "elilo.conf");
}

/* rEFInd reads other filesystems by the drivers in a folder beside itself. */
static void add_drivers(struct looking *l, const char *vendor)
{
	CLEANUP_FREE char *name = v2v_format("drivers_%s", l->suffix->suffix);
	CLEANUP_FREE char *folder = v2v_tree_find(l->tree, vendor, name);
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	if (!folder)
		return;
	v2v_tree_list(l->tree, folder, &names);
	for (size_t i = 0; i < names.count && i < MAX_DRIVERS; i++) {
		const char *file = v2v_items(char *, &names)[i];
		char *from = v2v_format("%s/%s", folder, file);
		CLEANUP_FREE char *to = v2v_format("%s/%s", name, file);

		if (v2v_tree_is_file(l->tree, from))
			add(l, from, NULL, to);
		else
			free(from);
	}
}

/* The configuration that a loader has beside itself, as it is: names in it are
 * from the top of the partition. */
static void add_beside(struct looking *l, const char *vendor, const char *name)
{
	char *conf = v2v_tree_find(l->tree, vendor, name);

	if (conf)
		add(l, conf, NULL, name);
}

static void add_configs(
	struct looking *l, const char *vendor, const char *loader)
{
	if (v2v_starts_with(loader, "shim"))
		add_companions(l, vendor);
	add_config(l, vendor);
	add_grub1(l, vendor);
	add_elilo(l, vendor);
	add_beside(l, vendor, "limine.conf");
	if (!v2v_starts_with(loader, "refind"))
		return;
	add_beside(l, vendor, "refind.conf");
	add_drivers(l, vendor);
}

/* A name of a folder that a script may hold. */
static bool is_plain(const char *name)
{
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789-_.") == strlen(name);
}

/* The loader in a vendor's folder.  Limine has the fallback's name there, which
 * is a copy of nobody knows what elsewhere. */
static char *find_loader(
	const struct looking *l, const char *vendor, const char *loader)
{
	CLEANUP_FREE char *want = with_suffix(loader, l->suffix->suffix);
	char *found = v2v_tree_find(l->tree, vendor, want);

	if (found || !v2v_starts_with(loader, "limine") ||
		strcasecmp(strrchr(vendor, '/') + 1, "limine") != 0)
		return found;
	return v2v_tree_find(l->tree, vendor, l->suffix->fallback);
}

static bool try_vendor(struct looking *l, const char *efi, const char *name)
{
	CLEANUP_FREE char *vendor = v2v_format("%s/%s", efi, name);

	if (!is_plain(name) || strcasecmp(name, "BOOT") == 0)
		return false;
	for (const char *const *loader = loaders; *loader; loader++) {
		char *found = find_loader(l, vendor, *loader);

		if (!found)
			continue;
		l->plan->loader = v2v_strdup(found);
		add(l, found, NULL, l->suffix->fallback);
		add_configs(l, vendor, *loader);
		return true;
	}
	return false;
}

/* The distribution's own folder before others. */
static bool try_vendors(struct looking *l, const char *efi)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_tree_list(l->tree, efi, &names);
	v2v_list_foreach (char *, name, &names)
		if (v2v_release_is_vendor(l->inspect, *name) &&
			try_vendor(l, efi, *name))
			return true;
	v2v_list_foreach (char *, name, &names)
		if (try_vendor(l, efi, *name))
			return true;
	return false;
}

static bool has_fallback(const struct looking *l, const char *directory)
{
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		CLEANUP_FREE char *found =
			v2v_tree_find(l->tree, directory, suffixes[i].fallback);

		if (found)
			return true;
	}
	return false;
}

static void look_at(struct looking *l, const char *esp)
{
	CLEANUP_FREE char *efi = v2v_tree_find(l->tree, esp, "EFI");
	char *directory = efi ? v2v_tree_find(l->tree, efi, "BOOT") : NULL;

	l->plan->directory =
		directory ? directory : v2v_format("%s/BOOT", efi ? efi : esp);
	l->plan->is_there = directory && has_fallback(l, directory);
	if (l->plan->is_there || !efi)
		return;
	/* The guest's own architecture; firmware may be of 32 bits, though. */
	l->suffix = &suffixes[0];
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (v2v_streq(l->inspect->arch, suffixes[i].arch))
			l->suffix = &suffixes[i];
	if (try_vendors(l, efi))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		l->suffix = &suffixes[i];
		if (try_vendors(l, efi))
			return;
	}
}

void v2v_uefi_plan(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_uefi *ret_plan)
{
	struct looking l = { tree, inspect, NULL, ret_plan };
	struct v2v_list esps CLEANUP_STRINGS = { 0 };

	v2v_bootloader_esps(inspect, &esps);
	if (esps.count)
		look_at(&l, *v2v_items(char *, &esps));
}

void v2v_uefi_clear(struct v2v_uefi *plan)
{
	free(plan->directory);
	free(plan->loader);
	v2v_list_foreach (struct v2v_uefi_file, file, &plan->files) {
		free(file->from);
		free(file->text);
		free(file->to);
	}
	free(plan->files.items);
	*plan = (struct v2v_uefi){ 0 };
}
