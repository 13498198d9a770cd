/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an image's first bytes say, before the rest of it is there. */
#include "image/bytes.h"
#include "image/image.h"

#define SECTOR 512

/* Where the virtual size is; @unit in bytes, 0: not among the first ones.
 */
static const struct {
	const char *format, *magic;
	size_t at, size_at;
	unsigned unit;
	bool big_endian;
} starts[] = {
	{ "qcow2", "QFI\xfb", 0, 24, 1, true },
	{ "vmdk", "KDMV", 0, 12, SECTOR, false },
	{ "vdi", "\x7f\x10\xda\xbe", 64, 368, 1, false },
	{ "vhd", "conectix", 0, 48, 1, true },
	{ "vhdx", "vhdxfile", 0, 0, 0, false },
};

const char *v2v_image_start(
	const void *start, size_t size, uint64_t *ret_virtual_size)
{
	const unsigned char *bytes = start;

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		size_t n = strlen(starts[i].magic);
		const unsigned char *field = bytes + starts[i].size_at;

		if (size < starts[i].at + n || size < starts[i].size_at + 8 ||
			memcmp(bytes + starts[i].at, starts[i].magic, n) != 0)
			continue;
		if (!starts[i].unit ||
			__builtin_mul_overflow(starts[i].big_endian
						       ? be64(field)
						       : le64(field),
				starts[i].unit, ret_virtual_size))
			*ret_virtual_size = UINT64_MAX;
		return starts[i].format;
	}
	return NULL;
}
