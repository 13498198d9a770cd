/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernels by their files. */
#include "linux/kernels/kernel-files.h"

#include "core/lines.h"
#include "guest/tree.h"
#include "linux/boot/boot-entry.h"
#include "linux/kernels/module-folders.h"

/* What is known of the guest while its files are gone through. */
struct finding {
	const struct v2v_kernel_search *s;
	struct v2v_list *files;
	struct v2v_list boot;	 /* names in /boot */
	struct v2v_list folders; /* of struct v2v_module_folder */
};

static void file_clear(struct v2v_kernel_file *file)
{
	free(file->vmlinuz);
	free(file->version);
	free(file->suffix);
	free(file->initrd);
	free(file->config);
	free(file->modpath);
	free(file->pkgbase);
}

void v2v_kernel_files_clear(struct v2v_list *files)
{
	v2v_list_foreach (struct v2v_kernel_file, file, files)
		file_clear(file);
	free(files->items);
	*files = (struct v2v_list){ 0 };
}

static bool is_in(const struct v2v_list *names, const char *name)
{
	v2v_list_foreach (char *, have, names)
		if (strcmp(*have, name) == 0)
			return true;
	return false;
}

/* What follows "vmlinuz-" and the like; "" where nothing does; NULL: it is not
 * a kernel's name.  Copies that installers and dpkg keep aside are not kernels.
 */
static const char *suffix_of(const char *name)
{
	static const char *const stems[] = { "vmlinuz", "vmlinux", "kernel",
		"bzImage", "linux" };
	static const char *const aside[] = { ".old", ".bak", ".dpkg-new",
		".dpkg-old", ".rpmsave", ".rpmnew", ".pre-v2v", ".sig", ".hmac",
		/* SUSE's for debuggers */
		".gz", ".xz", ".zst" };

	if (v2v_ends_with_any(name, aside))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(stems); i++) {
		const char *rest = name + strlen(stems[i]);

		if (v2v_starts_with(name, stems[i]) && (!*rest || *rest == '-'))
			return *rest ? rest + 1 : rest;
	}
	return NULL;
}

/* The name of the folder that a file lies in, the caller's. */
static char *folder_of(const char *path)
{
	size_t n = (size_t)(v2v_base_name(path) - path);
	CLEANUP_FREE char *above = v2v_strndup(path, n ? n - 1 : 0);

	return v2v_strdup(v2v_base_name(above));
}

/* pkgbase: the name in /boot that Arch gives a kernel, beside its modules. */
static char *pkgbase_of(const struct finding *f, const char *modules)
{
	CLEANUP_FREE char *path = v2v_format("%s/pkgbase", modules);
	CLEANUP_FREE char *text = v2v_tree_text(f->s->tree, path);

	return text ? v2v_strdup(v2v_line_trim(text)) : NULL;
}

static char *release_by_pkgbase(const struct finding *f, const char *suffix)
{
	v2v_list_foreach (const struct v2v_module_folder, folder, &f->folders) {
		CLEANUP_FREE char *name = pkgbase_of(f, folder->path);

		if (v2v_streq(name, suffix))
			return v2v_strdup(folder->release);
	}
	return NULL;
}

/* A unified kernel image has it in a section; its modules must be there. */
static char *release_in_image(const struct finding *f, const char *path)
{
	size_t n = strlen(path);
	CLEANUP_FREE char *told =
		n > 4 && strcasecmp(path + n - 4, ".efi") == 0
			? v2v_tree_section(f->s->tree, path, ".uname")
			: NULL;

	return told && v2v_module_folder(&f->folders, told) ? v2v_take(told)
							    : NULL;
}

/* The name, or the folder, where modules of that release are; then what the
 * image tells; then Arch's way; at last the name for want of better. */
static char *version_of(const struct finding *f, const char *vmlinuz)
{
	const char *suffix = suffix_of(v2v_base_name(vmlinuz));
	CLEANUP_FREE char *folder = folder_of(vmlinuz), *told = NULL;

	if (suffix && v2v_module_folder(&f->folders, suffix))
		return v2v_strdup(suffix);
	if (v2v_module_folder(&f->folders, folder))
		return v2v_take(folder);
	told = f->s->release(f->s, vmlinuz);
	if (!told)
		told = release_in_image(f, vmlinuz);
	if (!told && suffix && *suffix)
		told = release_by_pkgbase(f, suffix);
	if (told)
		return v2v_take(told);
	return v2v_strdup(suffix && *suffix ? suffix : v2v_base_name(vmlinuz));
}

/* The first of @formats, '@' for @word, that is a file. */
static char *find_file(
	const struct finding *f, const char *word, const char *const *formats)
{
	for (; word && *word && *formats; formats++) {
		const char *s = strchr(*formats, '@');
		CLEANUP_FREE char *path = v2v_format(
			"%.*s%s%s", (int)(s - *formats), *formats, word, s + 1);

		if (v2v_starts_with(path, "/boot/")
				? is_in(&f->boot, path + strlen("/boot/"))
				: v2v_tree_is_file(f->s->tree, path))
			return v2v_take(path);
	}
	return NULL;
}

static char *find_config(
	const struct finding *f, const struct v2v_kernel_file *file)
{
	static const char *const formats[] = { "/boot/config-@",
		"/lib/modules/@/config", "/usr/lib/modules/@/config",
		"/lib/modules/@/build/.config", "/usr/src/linux-@/.config",
		NULL };
	static const char *const by_suffix[] = { "/boot/config-@", NULL };
	char *found = find_file(f, file->version, formats);

	return found ? found : find_file(f, file->suffix, by_suffix);
}

/* Is the pair there already?  An initrd that is not known is any. */
static bool is_known(
	const struct finding *f, const char *vmlinuz, const char *initrd)
{
	v2v_list_foreach (const struct v2v_kernel_file, file, f->files)
		if (strcmp(file->vmlinuz, vmlinuz) == 0 &&
			(!initrd || v2v_streq(file->initrd, initrd)))
			return true;
	return false;
}

static bool is_full(const struct finding *f)
{
	return f->files->count >= V2V_MAX_KERNELS;
}

/* Strings are taken over. */
static struct v2v_kernel_file *add(
	struct finding *f, char *vmlinuz, char *initrd)
{
	const char *suffix = suffix_of(v2v_base_name(vmlinuz));
	struct v2v_kernel_file *file;

	if (is_full(f) || is_known(f, vmlinuz, initrd)) {
		free(vmlinuz);
		free(initrd);
		return NULL;
	}
	file = v2v_list_add(f->files, sizeof *file);
	file->vmlinuz = vmlinuz;
	file->initrd = initrd;
	file->suffix = suffix && *suffix ? v2v_strdup(suffix) : NULL;
	file->version = version_of(f, vmlinuz);
	file->config = find_config(f, file);
	file->modpath =
		v2v_strdup(v2v_module_folder(&f->folders, file->version));
	if (file->modpath)
		file->pkgbase = pkgbase_of(f, file->modpath);
	return file;
}

static char *resolve_file(const struct finding *f, const char *path)
{
	CLEANUP_FREE char *real = path ? f->s->resolve(f->s, path) : NULL;

	return real && v2v_tree_is_file(f->s->tree, real) ? v2v_take(real)
							  : NULL;
}

/* What installers and generators call the initrd of a kernel; a kdump one
 * starts no system. */
static char *find_initrd(const struct finding *f, const char *vmlinuz)
{
	static const char *const formats[] = { "/boot/initrd.img-@",
		"/boot/initramfs-@.img", "/boot/initrd-@", "/boot/initrd-@.img",
		"/boot/initramfs-@", "/boot/booster-@.img",
		"/boot/initramfs-genkernel-x86_64-@", NULL };
	CLEANUP_FREE char *version = version_of(f, vmlinuz);
	CLEANUP_FREE char *named =
		find_file(f, suffix_of(v2v_base_name(vmlinuz)), formats);

	if (!named)
		named = find_file(f, version, formats);
	return named ? resolve_file(f, named) : NULL;
}

static void add_entry(struct finding *f, const struct v2v_boot_entry *entry)
{
	CLEANUP_FREE char *vmlinuz = resolve_file(f, entry->kernel);
	CLEANUP_FREE char *initrd = resolve_file(f, entry->initrd);
	struct v2v_kernel_file *file;

	if (!vmlinuz)
		return;
	/* A name that cannot be followed; but none is none. */
	if (entry->initrd && !initrd)
		initrd = find_initrd(f, vmlinuz);
	file = add(f, v2v_take(vmlinuz), v2v_take(initrd));
	if (!file)
		return;
	file->is_offered = true;
	file->is_default = entry->is_default;
}

static void add_with_initrds(struct finding *f, const char *vmlinuz)
{
	static const char *const fallback[] = {
		"/boot/initramfs-@-fallback.img", NULL
	};
	const char *suffix = suffix_of(v2v_base_name(vmlinuz));
	CLEANUP_FREE char *second = find_file(f, suffix, fallback);

	add(f, v2v_strdup(vmlinuz), find_initrd(f, vmlinuz));
	if (second)
		add(f, v2v_strdup(vmlinuz), resolve_file(f, second));
}

static void add_boot(struct finding *f)
{
	v2v_list_foreach (char *, name, &f->boot) {
		CLEANUP_FREE char *path = v2v_format("/boot/%s", *name);
		CLEANUP_FREE char *real = NULL, *release = NULL;
		const char *suffix = suffix_of(*name);

		if (!suffix || is_full(f))
			continue;
		real = resolve_file(f, path);
		if (!real || is_known(f, real, NULL))
			continue;
		/* "vmlinuz", "linux": only if it is a kernel. */
		if (!*suffix)
			release = f->s->release(f->s, real);
		if (*suffix || release)
			add_with_initrds(f, real);
	}
}

/* Where packages leave a kernel that installers copy to /boot. */
static void add_modules(struct finding *f)
{
	v2v_list_foreach (const struct v2v_module_folder, folder, &f->folders) {
		CLEANUP_FREE char *path =
			v2v_format("%s/vmlinuz", folder->path);
		CLEANUP_FREE char *real =
			is_full(f) ? NULL : resolve_file(f, path);

		if (real)
			add_with_initrds(f, real);
	}
}

void v2v_kernel_files_find(
	const struct v2v_kernel_search *s, struct v2v_list *files)
{
	struct finding f = { .s = s, .files = files };

	v2v_tree_list(s->tree, "/boot", &f.boot);
	v2v_module_folders_find(s->tree, s->entries, &f.folders);
	v2v_list_foreach (const struct v2v_boot_entry, entry, s->entries)
		if (entry->is_default && !is_full(&f))
			add_entry(&f, entry);
	v2v_list_foreach (const struct v2v_boot_entry, entry, s->entries)
		if (!entry->is_default && !is_full(&f))
			add_entry(&f, entry);
	add_boot(&f);
	if (files->count == 0)
		add_modules(&f);
	v2v_strings_clear(&f.boot);
	v2v_module_folders_clear(&f.folders);
}
