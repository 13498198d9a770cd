/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disk images of every form that there is a reader for, all of the same
 * content, which is known as an array. */
#ifndef V2V_TEST_DISK_FIXTURES_H
#define V2V_TEST_DISK_FIXTURES_H

#include "cases.h"

#include "core/file.h"
#include "core/run.h"
#include "disk/view.h"
#include "image/image.h"

#include <fcntl.h>
#include <sys/stat.h>

/* More than two regions of an index, and no whole number of anything. */
#ifndef DISK_SIZE
#define DISK_SIZE ((37U << 20) + 3 * 512)
#endif
#define AHEAD 12800 /* bytes before a slice */

static char dir[] = "/tmp/test-disk-XXXXXX";
static struct v2v *v;
static unsigned char *content; /* DISK_SIZE bytes */

static uint64_t random_state = 88172645463325252ULL;

/* xorshift64 (Marsaglia 2003): the same each time. */
static uint64_t random_below(uint64_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % limit;
}

/* Bytes that can be packed a little; @seed makes them differ. */
static inline void fill(unsigned char *data, size_t size, unsigned seed)
{
	for (size_t i = 0; i < size; i++)
		data[i] = (unsigned char)(i % 251 ? i * seed >> 3
						  : random_below(256));
}

static inline char *in_dir(const char *name)
{
	return v2v_format("%s/%s", dir, name);
}

static inline char *run(const char *const *argv)
{
	char *output = NULL;
	struct v2v_run job = { .argv = argv, .ret_output = &output };
	struct v2v_error err = { 0 };

	v2v_run(v, &job, &err);
	if (err.code)
		fprintf(stderr, "%s %s: %s\n", argv[0], argv[1], err.text);
	assert(!err.code);
	return output;
}

#define RUN(...) free(run((const char *const[]){ __VA_ARGS__, NULL }))

static inline void store(const char *path, const void *data, size_t size)
{
	CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
	assert(v2v_pwrite_sparse(fd, path, data, size, 0, NULL) == 0);
}

static const struct form {
	const char *name, *format, *qemu, *options;
	bool is_packed, is_slice;
} forms[] = {
	{ "raw", "raw", "raw", NULL, false, false },
	{ "qcow2", "qcow2", "qcow2", NULL, false, false },
	{ "qcow2-512", "qcow2", "qcow2", "cluster_size=512", false, false },
	{ "qcow2-2m", "qcow2", "qcow2", "cluster_size=2M", false, false },
	{ "qcow2-zlib", "qcow2", "qcow2", NULL, true, false },
	{ "qcow2-zstd", "qcow2", "qcow2",
		"compression_type=zstd,cluster_size=2M", true, false },
	{ "qcow2-extl2", "qcow2", "qcow2", "extended_l2=on", false, false },
	{ "sparse", "vmdk", "vmdk", "subformat=monolithicSparse", false,
		false },
	{ "stream", "vmdk", "vmdk", "subformat=streamOptimized", false, false },
	{ "slice", "vmdk", "vmdk", "subformat=streamOptimized", false, true },
	{ "vhd", "vhd", "vpc", "subformat=dynamic,force_size=on", false,
		false },
	{ "vhdx", "vhdx", "vhdx", NULL, false, false },
	{ "vdi", "vdi", "vdi", NULL, false, false },
};

/* The image, its name the caller's; where it lies in *@ret_disk, which borrows
 * that name. */
static inline char *make_form(const struct form *form, struct v2v_disk *disk)
{
	CLEANUP_FREE char *raw = in_dir("content");
	char *path = in_dir(form->name);
	const char *argv[16] = { "qemu-img", "convert", "-f", "raw", "-O",
		form->qemu };
	size_t n = 6, size;

	if (form->is_packed)
		argv[n++] = "-c";
	if (form->options) {
		argv[n++] = "-o";
		argv[n++] = form->options;
	}
	argv[n++] = raw;
	argv[n] = path;
	free(run(argv));
	*disk = (struct v2v_disk){ .file = path,
		.offset = -1,
		.size = -1,
		.format = (char *)form->format,
		.virtual_size = DISK_SIZE };
	if (form->is_slice) {
		CLEANUP_FREE char *bytes = read_whole_size(path, &size);
		char *whole = v2v_alloc(1, size + 2 * AHEAD);

		memcpy(whole + AHEAD, bytes, size);
		store(path, whole, size + 2 * AHEAD);
		free(whole);
		disk->offset = AHEAD;
		disk->size = (int64_t)size;
	}
	return path;
}

/* Half of it is nothing; the rest is data in stretches of all lengths, zeros
 * among them. */
static inline void make_content(void)
{
	CLEANUP_FREE char *path = in_dir("content");

	content = v2v_alloc(1, DISK_SIZE);
	for (uint64_t at = 0; at < DISK_SIZE;) {
		uint64_t n = 512 << random_below(13);

		if (n > DISK_SIZE - at)
			n = DISK_SIZE - at;
		if (random_below(2))
			fill(content + at, n, 3 + (unsigned)random_below(97));
		at += n;
	}
	fill(content + DISK_SIZE - 700, 700, 5);
	store(path, content, DISK_SIZE);
}

static inline void fixtures_begin(void)
{
	assert(mkdtemp(dir));
	v = v2v_new();
	/* What a test of v2v-unpack --clean=0 takes away lies in /var/tmp. */
	v2v_set_tmpdir(v, dir);
	make_content();
}

static inline void fixtures_end(void)
{
	free(content);
	v2v_free(v);
	v2v_remove_tree(dir);
}

/* A view of the disk; the test ends where there is none. */
static inline struct v2v_disk_view *open_view(const struct v2v_disk *disk,
	const struct v2v_list *overlays, size_t cache)
{
	struct v2v_reader *reader = NULL;
	struct v2v_error err = { 0 };

	if (v2v_reader_open(v, disk, overlays, 2, &reader, &err) < 0)
		fprintf(stderr, "%s: %s\n", disk->file, err.text);
	assert(!err.code);
	return v2v_view_new(reader, (uint64_t)disk->virtual_size, cache);
}
#endif
