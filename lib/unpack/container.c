/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Containers by their first bytes. */
#include "unpack/container.h"

#include "core/file.h"
#include "unpack/descriptor.h"

#include <sys/stat.h>

#define BLOCK V2V_CONTAINER_START /* of tar, bytes */

/* POSIX ustar: the sum of the header's bytes, its own field as blanks. */
static bool has_tar_sum(const unsigned char *block)
{
	unsigned sum = 0, stated = 0;

	if (sscanf((const char *)block + 148, "%7o", &stated) != 1)
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : block[i];
	return sum == stated;
}

static const struct {
	enum v2v_container kind;
	size_t length;
	unsigned char magic[6];
} magics[] = {
	{ V2V_CONTAINER_PACKED, 3, { 0x1f, 0x8b, 8 } },
	{ V2V_CONTAINER_PACKED, 3, { 'B', 'Z', 'h' } },
	{ V2V_CONTAINER_PACKED, 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
	{ V2V_CONTAINER_PACKED, 4, { 0x28, 0xb5, 0x2f, 0xfd } },
	/* pzstd begins with a frame that is to be skipped. */
	{ V2V_CONTAINER_PACKED, 4, { 0x50, 0x2a, 0x4d, 0x18 } },
	{ V2V_CONTAINER_ZIP, 4, { 'P', 'K', 3, 4 } },
	{ V2V_CONTAINER_ZIP, 4, { 'P', 'K', 5, 6 } },
};

bool v2v_container_is_packed(const void *data, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (magics[i].kind == V2V_CONTAINER_PACKED &&
			size >= magics[i].length &&
			memcmp(data, magics[i].magic, magics[i].length) == 0)
			return true;
	return false;
}

enum v2v_container v2v_container_of_start(const unsigned char *block)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (memcmp(block, magics[i].magic, magics[i].length) == 0)
			return magics[i].kind;
	if (*block && has_tar_sum(block))
		return V2V_CONTAINER_TAR;
	return v2v_descriptor_kind(block, BLOCK) ? V2V_CONTAINER_OVF
						 : V2V_CONTAINER_NONE;
}

int v2v_container_of(
	const char *path, enum v2v_container *ret_kind, struct v2v_error *err)
{
	unsigned char block[BLOCK + 1] = { 0 };
	CLEANUP_CLOSE int fd = -1;
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		*ret_kind = V2V_CONTAINER_FOLDER;
		return 0;
	}
	fd = v2v_open_disk(path, NULL, err);
	if (fd < 0)
		return -1;
	if (pread(fd, block, BLOCK, 0) < 0)
		return v2v_fail_errno(err, "cannot read '%s'", path);
	*ret_kind = v2v_container_of_start(block);
	return 0;
}
