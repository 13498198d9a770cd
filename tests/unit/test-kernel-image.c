/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the image of a kernel says about itself: its release, its drivers. */
#include "cases.h"

#include "initrd/bzimage.h"

#include "initrd/stream.h"
#include "linux/kernels/kernel-files.h"
#include "linux/kernels/kernel-image.h"

#include <sys/mman.h>

/* A setup header as the kernel's boot protocol has it. */
static void test_release(void)
{
	static const struct {
		const char *text, *want;
		unsigned protocol, at;
	} cases[] = {
		{ "6.1.0-18-amd64 (debian-kernel@x) #1 SMP", "6.1.0-18-amd64",
			0x20f, 0x1000 },
		{ "3.10.0-514.el7.x86_64 (b) #1", "3.10.0-514.el7.x86_64",
			0x20c, 0x3000 },
		{ "6.6.7-arch1-1", "6.6.7-arch1-1", 0x20f, 0x3fe0 },
		{ "6.9.0+ (x)", "6.9.0+", 0x20f, 0x300 },
		{ "6.1.0", NULL, 0x1ff, 0x1000 }, /* protocol too old */
		{ "6.1.0", NULL, 0x20f, 0 },	  /* no size */
		{ "6.1.0", NULL, 0x20f, 0xff00 }, /* outside */
		{ "../../x", NULL, 0x20f, 0x1000 },
		{ "6/1", NULL, 0x20f, 0x1000 },
		{ "", NULL, 0x20f, 0x1000 },
		{ "generic", NULL, 0x20f, 0x1000 },
	};
	unsigned char image[0x4200];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *got = NULL;
		size_t at = cases[i].at + 0x200;

		memset(image, 0, sizeof image);
		memcpy(image + 0x202, "HdrS", 4);
		image[0x206] = cases[i].protocol & 0xff;
		image[0x207] = (unsigned char)(cases[i].protocol >> 8);
		image[0x20e] = cases[i].at & 0xff;
		image[0x20f] = (unsigned char)(cases[i].at >> 8);
		if (at < sizeof image)
			memcpy(image + at, cases[i].text,
				strlen(cases[i].text));
		got = v2v_bzimage_release(image, sizeof image);
		same(cases[i].text, got, cases[i].want);
	}
	/* Cut short, or not a kernel. */
	assert(!v2v_bzimage_release(image, 0x20f));
	memset(image, '6', sizeof image);
	assert(!v2v_bzimage_release(image, sizeof image));
	/* A release that nothing ends. */
	memcpy(image + 0x202, "HdrS", 4);
	image[0x206] = image[0x207] = 2;
	image[0x20e] = 0;
	image[0x20f] = 0x20;
	assert(!v2v_bzimage_release(image, sizeof image));
}

static int gzip(struct v2v *v, const void *data, size_t size, int out)
{
	int in = memfd_create("in", MFD_CLOEXEC);
	struct v2v_error err = { 0 };
	struct v2v_stream *stream;
	int end;

	assert(write(in, data, size) == (ssize_t)size);
	stream = v2v_stream_open(v, in, 0, size, NULL, &err);
	assert(stream && v2v_stream_gzip(stream, out, &err) == 0);
	v2v_stream_close(stream);
	close(in);
	end = (int)lseek(out, 0, SEEK_CUR);
	return end;
}

/* A kernel of 3 MiB that has @strings (each ended by ';', which becomes a NUL)
 * from @at on, and @config where that is not NULL, as a bzImage of gzip. */
static int make_image(
	struct v2v *v, const char *strings, size_t at, const char *config)
{
	const size_t size = 3 << 20;
	CLEANUP_FREE char *kernel = v2v_alloc(1, size);
	unsigned char head[1024] = { [0x1f1] = 1, [0x206] = 0x0f, 2 };
	int fd = memfd_create("image", MFD_CLOEXEC), end;
	CLEANUP_CLOSE int packed = memfd_create("config", MFD_CLOEXEC);

	memcpy(kernel + 1, "\177ELF", 4);
	for (size_t i = 0; strings[i]; i++)
		kernel[at + i] = strings[i] == ';' ? '\0' : strings[i];
	if (config) {
		char *s = kernel + at + strlen(strings);
		ssize_t n;

		memcpy(s, "IKCFG_ST", 8);
		end = gzip(v, config, strlen(config), packed);
		n = pread(packed, s + 8, (size_t)end, 0);
		assert(n == end);
		memcpy(s + 8 + end, "IKCFG_ED", 8);
	}
	memcpy(head + 0x202, "HdrS", 4);
	assert(write(fd, head, sizeof head) == sizeof head);
	end = gzip(v, kernel, size, fd) - (int)sizeof head;
	for (size_t i = 0; i < 4; i++)
		head[0x24c + i] = (unsigned char)(end >> 8 * i);
	assert(pwrite(fd, head, sizeof head, 0) == sizeof head);
	return fd;
}

/* What an image says about its drivers; "-" where it says nothing. */
static void test_image(void)
{
	static const char banner[] = ";Linux version 6.6.1 (x);";
	static const struct {
		const char *strings, *config, *want;
	} cases[] = {
		{ ";virtio_blk.queue_depth;virtio-pci;virtio_net;ahci;", NULL,
			"virtio_pci.ko\nvirtio_blk.ko\nvirtio_net.ko\n"
			"ahci.ko\n" },
		/* Parts of other strings */
		{ ";xvirtio_blk;virtio_blk_x;virtio_net ;/ahci;", NULL, "-" },
		{ ";", NULL, "-" },
		{ ";virtio_rng;", "CONFIG_VIRTIO_BLK=y\n",
			"virtio_rng.ko\nCONFIG_VIRTIO_BLK=y\n" },
	};
	/* Blocks of 1 MiB: at their border, and beside it. */
	static const size_t places[] = { 4096, (1 << 20) - 64, (1 << 20) - 90,
		(1 << 20) - 10, (2 << 20) - 128, (2 << 20) - 70 };
	struct v2v *v = v2v_new();

	for (size_t i = 0; i < ARRAY_SIZE(cases) * ARRAY_SIZE(places); i++) {
		const size_t n = ARRAY_SIZE(cases);
		struct v2v_kernel_image image CLEANUP_KERNEL_IMAGE = { 0 };
		CLEANUP_FREE char *strings =
			v2v_format("%s%s", banner, cases[i % n].strings);
		CLEANUP_CLOSE int fd = make_image(
			v, strings, places[i / n], cases[i % n].config);
		CLEANUP_FREE char *got = NULL;

		v2v_kernel_image_read(
			v, fd, (uint64_t)lseek(fd, 0, SEEK_END), &image);
		got = v2v_format("%s%s", image.builtin ? image.builtin : "",
			image.config ? image.config : "");
		same(cases[i % n].strings, *got ? got : "-", cases[i % n].want);
	}
	v2v_free(v);
}

/* Cut short, of wrong lengths, or not a kernel: nothing is returned. */
static void test_image_damaged(void)
{
	static const char strings[] = ";virtio_blk;virtio_pci;Linux version 6;";
	struct v2v *v = v2v_new();
	static const size_t sizes[] = { 0, 5, 0x24f, 1024, 1030, 1100, 2000 };
	const unsigned char far[4] = { 0xff, 0xff, 0xff, 0xff };

	for (size_t i = 0; i <= ARRAY_SIZE(sizes); i++) {
		struct v2v_kernel_image image CLEANUP_KERNEL_IMAGE = { 0 };
		CLEANUP_CLOSE int fd = make_image(v, strings, 4096, NULL);
		uint64_t size = (uint64_t)lseek(fd, 0, SEEK_END);

		if (i < ARRAY_SIZE(sizes))
			size = sizes[i];
		else
			assert(pwrite(fd, far, 4, 0x24c) == 4);
		v2v_kernel_image_read(v, fd, size, &image);
		assert(!image.builtin && !image.config);
	}
	v2v_free(v);
}

int main(void)
{
	test_release();
	test_image();
	test_image_damaged();
	return 0;
}
