/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store of the boot manager, BCD: a hive of its own, on the system
 * partition. */
#include "windows/hive.h"
#include "windows/readers.h"
#include "windows/windows.h"

/* The object of the boot manager, and numbers of elements. */
#define BOOT_MANAGER   "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"
#define DEFAULT_OBJECT "23000003"
#define LOADER	       "12000002"
#define DESCRIPTION    "12000004"
#define SYSTEM_ROOT    "22000002"
#define NO_GRAPHICS    "16000046"

static v2v_registry_key element(
	struct v2v_registry *registry, const char *object, const char *number)
{
	CLEANUP_FREE char *path =
		v2v_format("Objects\\%s\\Elements\\%s", object, number);

	return v2v_registry_find(registry, v2v_registry_root(registry), path);
}

static char *text_of(
	struct v2v_registry *registry, const char *object, const char *number)
{
	return v2v_registry_string(
		registry, element(registry, object, number), "Element");
}

void v2v_boot_read(struct v2v_registry *registry, struct v2v_inspect *told,
	const void *opaque)
{
	struct v2v_windows_boot *boot = v2v_alloc(1, sizeof *boot);
	unsigned char flag = 0;

	(void)opaque;
	told->windows->boot = boot;
	boot->entry = text_of(registry, BOOT_MANAGER, DEFAULT_OBJECT);
	if (!boot->entry)
		return;
	boot->description = text_of(registry, boot->entry, DESCRIPTION);
	boot->loader = text_of(registry, boot->entry, LOADER);
	boot->systemroot = text_of(registry, boot->entry, SYSTEM_ROOT);
	v2v_registry_bytes(registry,
		element(registry, boot->entry, NO_GRAPHICS), "Element", &flag,
		sizeof flag);
	boot->graphics_mode_disabled = flag != 0;
}

static char *find_file(
	const struct v2v_tree *tree, const char *top, const char *name)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", top, name);
	CLEANUP_FREE char *real = v2v_windows_path(tree, path);

	return real && v2v_tree_is_file(tree, real) &&
			       !v2v_tree_is_link(tree, real)
		       ? v2v_take(real)
		       : NULL;
}

static bool has_fallback(const struct v2v_tree *tree, const char *top)
{
	static const char *const names[] = { "EFI/Boot/bootx64.efi",
		"EFI/Boot/bootaa64.efi", "EFI/Boot/bootia32.efi" };
	bool is_there = false;

	for (size_t i = 0; i < ARRAY_SIZE(names) && !is_there; i++) {
		CLEANUP_FREE char *path = find_file(tree, top, names[i]);

		is_there = path != NULL;
	}
	return is_there;
}

bool v2v_windows_read_boot(const struct v2v_tree *tree, const char *top,
	bool is_uefi, const char *device, struct v2v_windows *w)
{
	const char *name = is_uefi ? "EFI/Microsoft/Boot/BCD" : "Boot/BCD";
	CLEANUP_FREE char *path = find_file(tree, top, name);
	struct v2v_inspect told CLEANUP_INSPECT = { 0 };

	if (!path ||
		v2v_hive_inspect(tree, path, v2v_boot_read, NULL, &told, NULL) <
			0 ||
		!told.windows || !told.windows->boot)
		return false;
	w->boot = told.windows->boot;
	told.windows->boot = NULL;
	w->boot->device = v2v_strdup(device);
	w->boot->file = v2v_strdup(path + strlen(top));
	w->boot->fallback = is_uefi && has_fallback(tree, top);
	return true;
}
