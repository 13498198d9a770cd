/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are not disks. */
#include "unpack/told.h"

#include "core/file.h"
#include "unpack/names.h"

#define START 512 /* bytes that are looked at */

/* HTML 5 §13.1: a byte order mark and white space may precede it. */
static bool is_html(const char *text, size_t size)
{
	static const char *const starts[] = { "<!doctype html", "<html",
		"<head", "<body" };
	size_t at = 0;

	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < size && text[at] && strchr(" \t\r\n\f", text[at]))
		at++;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (strlen(starts[i]) <= size - at &&
			strncasecmp(text + at, starts[i], strlen(starts[i])) ==
				0)
			return true;
	return false;
}

/* No control bytes, but those that texts have. */
static bool is_text(const unsigned char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == 0x7f ||
			(text[i] < 0x20 && !memchr("\t\n\r\f", text[i], 4)))
			return false;
	return size > 0;
}

int v2v_told_html(
	const char *file, const void *start, size_t size, struct v2v_error *err)
{
	if (!is_html(start, size < START ? size : START))
		return 0;
	return v2v_fail(
		err, "not-an-ova", "'%s' is an HTML page, not an OVA", file);
}

int v2v_told_raw(const char *file, const char *name, const void *start,
	size_t size, struct v2v_error *err)
{
	if (v2v_told_html(file, start, size, err) < 0)
		return -1;
	if (is_text(start, size < START ? size : START))
		return v2v_fail(err, "not-an-ova",
			"'%s' is a text, neither an OVA nor a disk image",
			file);
	if (v2v_name_says_not_raw(name))
		return v2v_fail(err, "not-an-ova",
			"'%s' is neither an OVA nor a disk image, and is not "
			"called like a raw disk; --format raw takes it for one",
			file);
	return 0;
}

int v2v_told_raw_file(const char *file, const char *name, const char *path,
	int64_t offset, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open_disk(path, NULL, err);
	char start[START];
	ssize_t n;

	if (fd < 0)
		return -1;
	n = pread(fd, start, sizeof start, offset < 0 ? 0 : offset);
	if (n < 0)
		return v2v_fail_errno(err, "cannot read '%s'", file);
	return v2v_told_raw(file, name, start, (size_t)n, err);
}
