/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The EFI system partition.  The boot entries of the old firmware are lost, so
 * UEFI has to find the boot manager by itself: it is copied to
 * \EFI\Boot\bootx64.efi.  A file that exists there is kept: a person or another
 * system has put it there.
 */
#include "convert/windows/windows.h"

#include "guest/tree.h"
#include "windows/windows.h"

/* The object's element "graphics mode disabled" (BcdOSLoader). */
#define NO_GRAPHICS "16000046"

#define CONFIGURE "the firmware of the new machine has to be configured"

static const char *fallback_name(const struct v2v_windows_work *work)
{
	static const char *const names[][2] = { { "aarch64", "bootaa64.efi" },
		{ "i386", "bootia32.efi" } };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (v2v_streq(work->inspect->arch, names[i][0]))
			return names[i][1];
	return "bootx64.efi";
}

/* \EFI\Boot below @top, in the spelling of what exists of it; the caller's. */
static char *folder_in(const struct v2v_tree *tree, const char *top)
{
	CLEANUP_FREE char *path = v2v_format("%s/EFI", top);
	CLEANUP_FREE char *efi = v2v_windows_path(tree, path);
	char *boot = efi ? v2v_tree_find(tree, efi, "Boot") : NULL;

	if (boot)
		return boot;
	return efi ? v2v_format("%s/Boot", efi)
		   : v2v_format("%s/EFI/Boot", top);
}

static bool is_same(const struct v2v_tree *tree, const char *a, const char *b)
{
	CLEANUP_FREE char *sum = a ? v2v_tree_sha1(tree, a) : NULL;
	CLEANUP_FREE char *other = v2v_tree_sha1(tree, b);

	return sum && v2v_streq(sum, other);
}

static int make_fallback(
	struct v2v_windows_work *work, const char *top, struct v2v_error *err)
{
	const char *device = work->windows->boot->device;
	const char *name = fallback_name(work);
	CLEANUP_FREE char *manager =
		v2v_format("%s/EFI/Microsoft/Boot/bootmgfw.efi", top);
	CLEANUP_FREE char *from = v2v_windows_path(work->tree, manager);
	CLEANUP_FREE char *folder = folder_in(work->tree, top);
	CLEANUP_FREE char *there = v2v_tree_find(work->tree, folder, name);
	CLEANUP_FREE char *to = v2v_format("%s/%s", folder, name);
	CLEANUP_FREE char *where =
		v2v_format("%s:%s", device, to + strlen(top));

	if (there && !is_same(work->tree, from, there))
		v2v_plan_note(work->plan, "esp-fallback",
			"%s: a loader other than the boot manager: kept",
			where);
	if (there)
		return 0;
	if (!from) {
		v2v_plan_note(work->plan, "esp-fallback",
			"%s: \\EFI\\Microsoft\\Boot\\bootmgfw.efi is "
			"missing; " CONFIGURE,
			device);
		return 0;
	}
	if (v2v_plan_make_dir(work->plan, folder, err) < 0 ||
		v2v_plan_copy(work->plan, from, to, err) < 0)
		return -1;
	v2v_plan_changed(work->plan, to, "esp-fallback", where,
		"new: the boot manager, where firmware looks by itself");
	return 0;
}

/* Without graphics the default entry shows nothing on the new machine's screen.
 */
static void show_graphics(struct v2v_windows_work *work)
{
	const struct v2v_windows_boot *boot = work->windows->boot;
	CLEANUP_FREE char *key = NULL;

	if (!boot->graphics_mode_disabled || !boot->entry)
		return;
	key = v2v_format("Objects\\%s\\Elements\\" NO_GRAPHICS, boot->entry);
	v2v_edit_delete_key(&work->in_boot, key, "boot-graphics",
		"the boot manager may use the new machine's screen");
}

int v2v_windows_esp(struct v2v_windows_work *work, struct v2v_error *err)
{
	const char *top = v2v_windows_boot_top(work);

	if (!top) {
		if (v2v_streq(work->inspect->firmware, "uefi"))
			v2v_plan_note(work->plan, "esp-fallback",
				"the EFI system partition cannot be "
				"changed; " CONFIGURE);
		return 0;
	}
	show_graphics(work);
	return v2v_streq(work->inspect->firmware, "uefi")
		       ? make_fallback(work, top, err)
		       : 0;
}
