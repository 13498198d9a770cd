/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings of a decompressed kernel. */
#include "linux/kernels/kernel-image.h"

#include "core/cleanup.h"
#include "core/file.h"
#include "core/open.h"
#include "initrd/bzimage.h"
#include "initrd/stream.h"

/* Real ones unpack to 80 MiB at the most. */
#define MAX_KERNEL (512ULL << 20)
#define BLOCK	   (1 << 20)
/* The longest string that is looked for, with what ends it. */
#define OVERLAP 64
/* A real configuration has 70 KiB, compressed. */
#define MAX_CONFIG (1 << 20)
#define MARK	   "IKCFG_ST"

/* In the order of the text that is made of them. */
static const char *const drivers[] = { "virtio_pci", "virtio_blk",
	"virtio_scsi", "virtio_net", "virtio_rng", "virtio_balloon",
	"virtio_gpu", "vmw_vsock_virtio_transport", "ahci", "sd_mod",
	"pvpanic" };
#define DRIVERS ARRAY_SIZE(drivers)

struct scan {
	bool is_kernel; /* "Linux version " was seen */
	bool found[DRIVERS];
	bool in_config;
	struct v2v_text config; /* compressed */
};

/* The name of the driver ("virtio-pci"), or that of one of its parameters
 * ("virtio_blk.queue_depth"). */
static bool is_named(const char *s, const char *name)
{
	for (; *name; s++, name++)
		if (*s != *name && !(*name == '_' && *s == '-'))
			return false;
	return !*s || *s == '.';
}

/* A string begins here. */
static void look_at(struct scan *scan, const char *s)
{
	static const char banner[] = "Linux version ";

	if (*s < 'a' || *s > 'z') {
		scan->is_kernel |= strncmp(s, banner, sizeof banner - 1) == 0;
		return;
	}
	for (size_t i = 0; i < DRIVERS; i++)
		scan->found[i] |= is_named(s, drivers[i]);
}

/* @data is followed by OVERLAP bytes that belong to the next block. */
static void look_at_strings(struct scan *scan, const char *data, size_t size)
{
	const char *end = data + size;

	for (const char *s = data; (s = memchr(s, '\0', (size_t)(end - s)));)
		if (*++s)
			look_at(scan, s);
		else if (s >= end)
			break;
}

/* CONFIG_IKCONFIG: a gzip stream between two words (kernel/configs.c); the
 * first of them is taken with it. */
static void take_config(struct scan *scan, const char *data, size_t size)
{
	static const char begin[] = MARK "\x1f\x8b", end[] = "IKCFG_ED";
	const char *stop;

	if (!scan->in_config) {
		const char *start =
			memmem(data, size + OVERLAP, begin, sizeof begin - 1);

		if (!start || start >= data + size || scan->config.length)
			return;
		scan->in_config = true;
		size -= (size_t)(start - data);
		data = start;
	}
	stop = memmem(data, size + OVERLAP, end, sizeof end - 1);
	if (stop && stop < data + size) {
		scan->in_config = false;
		size = (size_t)(stop - data);
	}
	v2v_text_add(&scan->config, data, size);
	scan->in_config &= scan->config.length < MAX_CONFIG;
}

/* Blocks overlap, so that no string is cut. */
static int read_all(
	struct v2v_stream *stream, struct scan *scan, struct v2v_error *err)
{
	CLEANUP_FREE char *block = v2v_alloc(1, BLOCK + 2 * OVERLAP);
	uint64_t left = MAX_KERNEL;
	size_t have = 0;
	ssize_t n;

	v2v_stream_limit(stream, &left);
	while ((n = v2v_stream_read(stream, block + have, BLOCK, err)) > 0) {
		have += (size_t)n;
		if (have <= OVERLAP)
			continue;
		look_at_strings(scan, block, have - OVERLAP);
		take_config(scan, block, have - OVERLAP);
		memmove(block, block + have - OVERLAP, OVERLAP);
		have = OVERLAP;
	}
	memset(block + have, 0, OVERLAP);
	look_at_strings(scan, block, have);
	take_config(scan, block, have);
	return (int)n;
}

/* All of the stream as a text; NULL where it is not one. */
static char *unpack_text(struct v2v *v, const struct v2v_text *packed)
{
	CLEANUP_CLOSE int fd = v2v_memory_file("config");
	struct v2v_text text CLEANUP_TEXT = { 0 };
	struct v2v_error why = { 0 };
	struct v2v_stream *stream;
	char block[4096];
	ssize_t n = -1;

	if (packed->length <= strlen(MARK) || fd < 0 ||
		write(fd, packed->data, packed->length) !=
			(ssize_t)packed->length)
		return NULL;
	stream = v2v_stream_open(
		v, fd, strlen(MARK), packed->length, "gzip", &why);
	while (stream && text.length < MAX_CONFIG &&
		(n = v2v_stream_read(stream, block, sizeof block, &why)) > 0)
		v2v_text_add(&text, block, (size_t)n);
	v2v_stream_close(stream);
	return text.length ? v2v_text_take(&text) : NULL;
}

static char *builtin_of(const struct scan *scan)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };

	for (size_t i = 0; i < DRIVERS; i++)
		if (scan->found[i])
			v2v_text_addf(&text, "%s.ko\n", drivers[i]);
	return text.length ? v2v_text_take(&text) : NULL;
}

void v2v_kernel_image_read(struct v2v *v, int fd, uint64_t size,
	struct v2v_kernel_image *ret_image)
{
	struct v2v_error why = { 0 };
	struct scan scan = { 0 };
	struct v2v_stream *stream = v2v_bzimage_open(v, fd, size, &why);

	if (stream && read_all(stream, &scan, &why) == 0 && scan.is_kernel) {
		ret_image->config = unpack_text(v, &scan.config);
		ret_image->builtin = builtin_of(&scan);
	}
	v2v_stream_close(stream);
	free(scan.config.data);
}

void v2v_kernel_image_clear(struct v2v_kernel_image *image)
{
	free(image->config);
	free(image->builtin);
	*image = (struct v2v_kernel_image){ 0 };
}
