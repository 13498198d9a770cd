/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limine with the check sum of its configuration in its own image. */
#include "core/fields.h"
#include "linux/boot/bootloader.h"
#include "linux/boot/esp.h"
#include "linux/boot/limine.h"

/* What `limine enroll-config` looks for, and the digits behind it: a BLAKE2b in
 * hexadecimal, or zeros. */
static const char mark[] = "++CONFIG_B2SUM_SIGNATURE++";
#define DIGITS 128

/* Its images have some 300 KiB; bytes. */
#define MAX_IMAGE (4 << 20)

/* Of one directory. */
#define MAX_FILES 64

static bool is_sealed(const struct v2v_tree *tree, const char *path)
{
	int64_t size = v2v_tree_size(tree, path);
	CLEANUP_FREE char *data = NULL;
	const char *sum;
	size_t n;

	if (size < (int64_t)(sizeof mark + DIGITS) || size > MAX_IMAGE)
		return false;
	data = v2v_alloc(1, (size_t)size + 1);
	n = v2v_tree_read_at(tree, path, 0, data, (size_t)size);
	sum = memmem(data, n, mark, strlen(mark));
	return sum && strspn(sum + strlen(mark), "0") < DIGITS &&
	       strspn(sum + strlen(mark), "0123456789abcdefABCDEF") >= DIGITS;
}

static char *find_in(const struct v2v_tree *tree, const char *directory)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	size_t count = 0;

	v2v_tree_list(tree, directory, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", directory, *name);
		size_t n = strlen(*name);

		if (n > 4 &&
			(strcasecmp(*name + n - 4, ".efi") == 0 ||
				strcasecmp(*name + n - 4, ".sys") == 0) &&
			count++ < MAX_FILES && is_sealed(tree, path))
			return v2v_take(path);
	}
	return NULL;
}

/* The directories of one filesystem in which Limine is installed. */
static char *find_below(const struct v2v_tree *tree, const char *top)
{
	CLEANUP_FREE char *efi = v2v_tree_find(tree, top, "EFI");
	CLEANUP_FREE char *boot = efi ? v2v_tree_find(tree, efi, "BOOT") : NULL;
	CLEANUP_FREE char *own =
		efi ? v2v_tree_find(tree, efi, "limine") : NULL;
	CLEANUP_FREE char *beside = v2v_format("%s/limine", top);
	const char *const places[] = { boot, own, beside, top };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char *found = places[i] ? find_in(tree, places[i]) : NULL;

		if (found)
			return found;
	}
	return NULL;
}

char *v2v_limine_sealed(
	const struct v2v_tree *tree, const struct v2v_inspect *inspect)
{
	struct v2v_list tops CLEANUP_STRINGS = { 0 };

	v2v_bootloader_esps(inspect, &tops);
	v2v_list_add_string(&tops, "/boot");
	v2v_list_foreach (char *, top, &tops) {
		char *found = find_below(tree, *top);

		if (found)
			return found;
	}
	return NULL;
}
