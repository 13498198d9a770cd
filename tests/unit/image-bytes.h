/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images that qemu-img makes in a directory, as bytes to be changed. */
#ifndef V2V_TEST_IMAGE_BYTES_H
#define V2V_TEST_IMAGE_BYTES_H

#include "cases.h"

#include "core/file.h"
#include "core/run.h"
#include "image/image.h"

#include <fcntl.h>

#define AHEAD 12800 /* bytes before a slice */

/* Of this program alone; image_bytes_begin() makes it. */
static char dir[] = "/tmp/test-image-XXXXXX";
static struct v2v *v;

static char *in_dir(const char *name)
{
	return v2v_format("%s/%s", dir, name);
}

static char *run(const char *const *argv)
{
	char *output = NULL;
	struct v2v_run job = { .argv = argv, .ret_output = &output };
	struct v2v_error err = { 0 };

	v2v_run(v, &job, &err);
	same(argv[0], err.text, "");
	return output;
}

#define RUN(...) free(run((const char *const[]){ __VA_ARGS__, NULL }))

struct bytes {
	unsigned char *data;
	size_t size;
};

static inline struct bytes load(const char *name)
{
	CLEANUP_FREE char *path = in_dir(name);
	struct v2v_error err = { 0 };
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(path, &size, &err);
	struct bytes b = { v2v_alloc(1, size), size };

	assert(fd >= 0);
	assert(v2v_pread_all(fd, path, b.data, size, 0, &err) == 0);
	return b;
}

/* @b at @offset of a file of its own, something behind it unless at 0. */
static char *store(const char *name, const struct bytes *b, off_t offset)
{
	char *path = in_dir(name);
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct v2v_error err = { 0 };

	assert(fd >= 0 && lseek(fd, offset, SEEK_SET) == offset);
	assert(v2v_write_all(fd, path, b->data, b->size, &err) == 0);
	if (offset)
		assert(v2v_write_all(fd, path, "behind", 6, &err) == 0);
	return path;
}

static inline void set_be32(unsigned char *p, uint32_t n)
{
	n = htobe32(n);
	memcpy(p, &n, sizeof n);
}

static inline void sum_vhd(unsigned char *p, size_t size, size_t field)
{
	uint32_t sum = 0;

	set_be32(p + field, 0);
	for (size_t i = 0; i < size; i++)
		sum += p[i];
	set_be32(p + field, ~sum);
}

static inline void mend_vhd(struct bytes *b)
{
	unsigned char *footer = b->data + b->size - 512;

	sum_vhd(footer, 512, 64);
	if (memcmp(b->data, "conectix", 8) == 0)
		sum_vhd(b->data, 512, 64);
	if (memcmp(b->data + 512, "cxsparse", 8) == 0)
		sum_vhd(b->data + 512, 1024, 36);
}

/* One of a size, with 3 MiB of sevens. */
static inline void image_make(const char *name, const char *format,
	const char *options, const char *size)
{
	CLEANUP_FREE char *path = in_dir(name);

	RUN("qemu-img", "create", "-q", "-f", format, "-o", options, path,
		size);
	RUN("qemu-io", "-f", format, "-c", "write -P 7 1000k 3M", path);
}

/* "stream", of the image "vmdks". */
static inline void image_make_stream(void)
{
	CLEANUP_FREE char *raw = in_dir("vmdks");
	CLEANUP_FREE char *path = in_dir("stream");

	RUN("qemu-img", "convert", "-f", "vmdk", "-O", "vmdk", "-o",
		"subformat=streamOptimized", raw, path);
}

/* "footed", of "stream", as VMware writes it: the directory's place is only
 * in a footer, between a marker and the end-of-stream marker.  Its name, the
 * caller's. */
static inline char *image_make_footed(void)
{
	struct bytes b = load("stream");
	struct bytes footed = { v2v_alloc(1, b.size + 1536), b.size + 1536 };
	char *path;

	memcpy(footed.data, b.data, b.size);
	footed.data[b.size] = 1;
	footed.data[b.size + 12] = 3;
	memcpy(footed.data + b.size + 512, b.data, 512);
	memset(footed.data + 56, 0xff, 8);
	path = store("footed", &footed, 0);
	free(b.data);
	free(footed.data);
	return path;
}

static inline void image_bytes_begin(void)
{
	assert(mkdtemp(dir));
	v = v2v_new();
}

static inline void image_bytes_end(void)
{
	v2v_free(v);
	v2v_remove_tree(dir);
}
#endif
