/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The least that copying a streamOptimized VMDK can cost: threads that inflate
 * grains and write them where they belong.  No check, no order, no memory
 * bound: what v2v-copy is measured against.  bare IN.vmdk OUT.raw [THREADS]
 */
#define _GNU_SOURCE
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512

/* VMware Virtual Disk Format 5.0, "Stream-Optimized Compressed Sparse Extents"
 */
struct marker {
	uint64_t sector; /* of the grain; of metadata: its sectors */
	uint32_t size;	 /* compressed bytes; 0: metadata */
	uint32_t type;
} __attribute__((packed));

struct grain {
	uint64_t from, to; /* bytes */
	uint32_t size;
};

static struct grain *grains;
static size_t count, next_grain;
static size_t grain_bytes;
static int in, out;

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + SECTOR - 1) / SECTOR * SECTOR;
}

static void add(uint64_t from, const struct marker *m)
{
	if (count % 4096 == 0) {
		grains = realloc(grains, (count + 4096) * sizeof *grains);
		if (!grains)
			err(1, "memory");
	}
	grains[count++] = (struct grain){ from, le64toh(m->sector) * SECTOR,
		le32toh(m->size) };
}

/* From the first grain to the marker that ends the stream. */
static void walk(uint64_t at)
{
	struct marker m;

	while (pread(in, &m, sizeof m, (off_t)at) == (ssize_t)sizeof m) {
		if (m.size) {
			add(at + 12, &m);
			at = round_up(at + 12 + le32toh(m.size));
		} else if (m.type == 0) {
			return;
		} else {
			at += SECTOR + le64toh(m.sector) * SECTOR;
		}
	}
	errx(1, "no end of the stream");
}

static void *work(void *unused)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t room = 2 * grain_bytes + SECTOR;
	char *packed = malloc(room), *plain = malloc(grain_bytes);

	(void)unused;
	if (!d || !packed || !plain)
		err(1, "memory");
	for (;;) {
		size_t i = __atomic_fetch_add(&next_grain, 1, __ATOMIC_RELAXED);
		const struct grain *g = &grains[i];

		if (i >= count)
			return NULL;
		if (g->size > room ||
			pread(in, packed, g->size, (off_t)g->from) !=
				(ssize_t)g->size ||
			libdeflate_zlib_decompress(d, packed, g->size, plain,
				grain_bytes, NULL) != LIBDEFLATE_SUCCESS ||
			pwrite(out, plain, grain_bytes, (off_t)g->to) !=
				(ssize_t)grain_bytes)
			errx(1, "grain %zu", i);
	}
}

int main(int argc, char **argv)
{
	uint64_t header[64];
	int threads = argc > 3 ? atoi(argv[3]) : 2;
	pthread_t ids[64];

	if (argc < 3 || threads < 1 || threads > 64)
		errx(2, "usage: bare IN.vmdk OUT.raw [THREADS]");
	in = open(argv[1], O_RDONLY);
	out = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (in < 0 || out < 0 ||
		pread(in, header, sizeof header, 0) != (ssize_t)sizeof header)
		err(1, "open");
	/* Bytes 12 and 20 of the header: capacity, grain size; 64: overhead. */
	memcpy(&header[0], (char *)header + 12, 16);
	grain_bytes = le64toh(header[1]) * SECTOR;
	if (ftruncate(out, (off_t)(le64toh(header[0]) * SECTOR)) < 0)
		err(1, "truncate");
	walk(le64toh(header[8]) * SECTOR);
	for (int i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, work, NULL))
			errx(1, "thread");
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	return close(out) < 0;
}
