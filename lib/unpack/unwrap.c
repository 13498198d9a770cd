/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compressed disk images. */
#include "unpack/unwrap.h"

#include "core/file.h"
#include "core/open.h"
#include "image/image.h"
#include "unpack/container.h"
#include "unpack/names.h"
#include "unpack/packed.h"
#include "unpack/place-private.h"
#include "unpack/told.h"

#include <fcntl.h>

/* A raw disk may be zeros for the most part; but nobody can tell before it is
 * unpacked, and some thousand bytes come out of one. */
#define MAX_UNKNOWN	  (1ULL << 30)
#define MAX_UNKNOWN_RATIO 256

static int judge_start(const char *file, const unsigned char *block,
	size_t size, struct v2v_error *err)
{
	CLEANUP_FREE char *name = v2v_name_unpacked(file);
	size_t length = strlen(name);
	uint64_t virtual_size;

	switch (v2v_container_of_start(block)) {
	case V2V_CONTAINER_TAR:
		return 0;
	case V2V_CONTAINER_OVF:
		return v2v_told_html(file, block, size, err);
	case V2V_CONTAINER_ZIP:
		return v2v_fail(err, "ova-broken",
			"'%s' is compressed more than once", file);
	default:
		break;
	}
	/* What identifies a VHD of fixed size is at its end. */
	if (v2v_image_start(block, size, &virtual_size) ||
		(length > 4 && strcasecmp(name + length - 4, ".vhd") == 0))
		return 1;
	return v2v_told_raw(file, name, block, size, err) < 0 ? -1 : 1;
}

static int read_start(struct v2v *v, const char *file, unsigned char *block,
	size_t room, size_t *ret_size, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open_regular(file, NULL, err);
	struct v2v_packed *packed CLEANUP_PACKED =
		fd < 0 ? NULL : v2v_packed_open_fd(v, fd, file, err);
	const void *data;
	size_t size = 0;
	ssize_t n = packed ? 1 : -1;

	while (n > 0 && size < room) {
		n = v2v_packed_read(packed, &data, err);
		if (n <= 0)
			break;
		if ((size_t)n > room - size)
			n = (ssize_t)(room - size);
		memcpy(block + size, data, (size_t)n);
		size += (size_t)n;
	}
	*ret_size = size;
	return n < 0 ? -1 : 0;
}

int v2v_unwrap_is_image(const char *file, struct v2v_error *err)
{
	unsigned char block[V2V_CONTAINER_START + 1] = { 0 };
	struct v2v *v = v2v_new();
	size_t size = 0;
	int status =
		read_start(v, file, block, V2V_CONTAINER_START, &size, NULL);

	v2v_free(v);
	/* Whoever reads all of it reports damage. */
	return status < 0 ? 0 : judge_start(file, block, size, err);
}

uint64_t v2v_unwrap_max(uint64_t size)
{
	return size > (UINT64_MAX - MAX_UNKNOWN) / MAX_UNKNOWN_RATIO
		       ? UINT64_MAX
		       : MAX_UNKNOWN + size * MAX_UNKNOWN_RATIO;
}

/* What the first @size bytes say of the disk bounds the rest. */
static uint64_t max_of(const void *start, size_t size, uint64_t packed_size)
{
	uint64_t max = v2v_unwrap_max(packed_size), virtual_size, disk;

	if (!v2v_image_start(start, size, &virtual_size) ||
		virtual_size > INT64_MAX / 2)
		return max;
	disk = v2v_place_max((int64_t)virtual_size);
	return disk < max ? disk : max;
}

static int unwrap(struct v2v *v, int from, const char *file, uint64_t size,
	int to, const char *to_name, struct v2v_error *err)
{
	struct v2v_packed *packed CLEANUP_PACKED =
		v2v_packed_open_fd(v, from, file, err);
	uint64_t at = 0, max = 0;
	const void *data;
	ssize_t n = -1;

	/* OpenWrt signs its images so. */
	if (packed)
		v2v_packed_allow_rest(packed);
	while (packed && (n = v2v_packed_read(packed, &data, err)) > 0) {
		if (at == 0)
			max = max_of(data, (size_t)n, size);
		if ((uint64_t)n > max - at)
			return v2v_fail(err, "ova-limit",
				"'%s' unpacks to more than %llu bytes; unpack "
				"it yourself, if that is right",
				file, (unsigned long long)max);
		if (v2v_pwrite_sparse(to, to_name, data, (size_t)n, at, err) <
			0)
			return -1;
		at += (uint64_t)n;
		v2v_progress(v, -1, (uint64_t)lseek(from, 0, SEEK_CUR), size,
			"bytes");
	}
	if (n == 0 && v2v_packed_has_rest(packed))
		v2v_warn(v, "trailing-data",
			"'%s': what follows the compressed image is left out",
			file);
	if (n == 0 && ftruncate(to, (off_t)at) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", to_name);
	return n < 0 ? -1 : 0;
}

int v2v_unwrap(
	struct v2v *v, const char *file, const char *to, struct v2v_error *err)
{
	uint64_t size = 0;
	CLEANUP_CLOSE int in = v2v_open_regular(file, &size, err);
	CLEANUP_CLOSE int out = -1;

	if (in < 0)
		return -1;
	out = v2v_open(to, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (out < 0)
		return v2v_fail_errno(err, "cannot create '%s'", to);
	return unwrap(v, in, file, size, out, to, err);
}
