/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and their suffixes. */
#include "unpack/names.h"

static bool has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), n = strlen(suffix);

	return length > n && strcasecmp(name + length - n, suffix) == 0;
}

static bool has_any(const char *name, const char *const *suffixes)
{
	for (; *suffixes; suffixes++)
		if (has_suffix(name, *suffixes))
			return true;
	return false;
}

char *v2v_unpack_base_name(const char *file, const char *suffix)
{
	const char *base = strrchr(file, '/');
	size_t n;

	base = base ? base + 1 : file;
	n = strlen(base);
	if (has_suffix(base, suffix))
		n -= strlen(suffix);
	return v2v_strndup(base, n);
}

char *v2v_name_unpacked(const char *file)
{
	static const char *const packings[] = { ".gz", ".xz", ".bz2", ".zst",
		".zstd" };

	for (size_t i = 0; i < ARRAY_SIZE(packings); i++)
		if (has_suffix(file, packings[i]))
			return v2v_unpack_base_name(file, packings[i]);
	return v2v_unpack_base_name(file, "");
}

static const char *const images[] = { ".vmdk", ".vhd", ".vhdx", ".vdi",
	".qcow2", ".qcow", NULL };
static const char *const archives[] = { ".ovf", ".vmx", ".mf", ".box", ".zip",
	".tar", ".tgz", ".txz", ".tbz", ".tbz2", ".tzst", ".gz", ".xz", ".bz2",
	".zst", ".zstd", ".7z", ".rar", ".lz4", ".lzma", NULL };
static const char *const raws[] = { ".raw", ".img", ".dd", NULL };

bool v2v_name_says_not_raw(const char *name)
{
	return (has_any(name, images) && !has_suffix(name, "-flat.vmdk")) ||
	       has_any(name, archives) || has_suffix(name, ".ova");
}

bool v2v_name_is_image(const char *name)
{
	return has_any(name, images) || has_any(name, raws) ||
	       has_suffix(name, ".ova");
}
