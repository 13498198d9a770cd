/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib/windows/virtio-win: who signed; sources, also damaged ones. */
#include "cases.h"

#include "virtio-win.h"
#include "windows/virtio-win/drivers.h"

#define WIN10                                                                  \
	{                                                                      \
		10, 0, 19045, false, "amd64"                                   \
	}

static int open_of(const char *name)
{
	CLEANUP_FREE char *path = virtio_win(name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert(fd >= 0);
	return fd;
}

/* Who signed the stand-ins, and what each Windows thinks of it. */
static void test_signers(void)
{
	static const struct v2v_driver_target win10 = WIN10;
	static const struct v2v_driver_target win7 = { 6, 1, 7601, false,
		"amd64" };
	static const struct v2v_driver_target vista = { 6, 0, 6002, false,
		"amd64" };
	static const struct v2v_driver_target xp = { 5, 1, 2600, false,
		"amd64" };
	static const struct {
		const char *file, *signer;
		const struct v2v_driver_target *target;
		const char *code;
		bool needs_sha2, is_foreign;
	} cases[] = {
		{ "viostor/w10/amd64/viostor.sys",
			"C=US, O=Microsoft Corporation, CN=Microsoft Windows "
			"Hardware Compatibility Publisher",
			&win10, NULL, false, false },
		{ "viostor/w7/amd64/viostor.sys",
			"C=US, O=Red Hat\\, Inc., CN=Red Hat\\, Inc.", &win7,
			NULL, false, false },
		{ "viostor/w10/amd64/viostor.sys",
			"C=US, O=Microsoft Corporation, CN=Microsoft Windows "
			"Hardware Compatibility Publisher",
			&win7, NULL, true, false },
		{ "viostor/w10/amd64/viostor.sys",
			"C=US, O=Microsoft Corporation, CN=Microsoft Windows "
			"Hardware Compatibility Publisher",
			&vista, NULL, true, false },
		{ "viostor/w8.1/amd64/viostor.sys", "OU=Dev, O=virtio-win",
			&win10, "driver-test-signed", false, false },
		{ "viostor/w8.1/amd64/viostor.sys", "OU=Dev, O=virtio-win", &xp,
			NULL, false, false },
		{ "Balloon/w10/x86/blnsvr.exe", NULL, &win10, "driver-unsigned",
			false, true },
		{ "Balloon/w10/amd64/blnsvr.exe", NULL, &xp, NULL, false,
			false },
		{ "viostor/w10/amd64/viostor.inf", NULL, &win10,
			"driver-unsigned", false, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *name = v2v_format("iso/%s", cases[i].file);
		CLEANUP_CLOSE int fd = open_of(name);
		struct v2v_signature signature CLEANUP_SIGNATURE = { 0 };
		struct v2v_error why = { 0 };

		v2v_signature_of_program(fd, &signature);
		same(name, v2v_signature_signer(&signature), cases[i].signer);
		assert(v2v_signature_check(&signature, cases[i].target, &why) ==
			(cases[i].code ? -1 : 0));
		same(name, why.code, cases[i].code);
		assert(v2v_signature_needs_sha2(&signature, cases[i].target) ==
			cases[i].needs_sha2);
		assert(v2v_signature_is_foreign(&signature, cases[i].target) ==
			cases[i].is_foreign);
	}
}

static void test_catalog(void)
{
	CLEANUP_CLOSE int fd = open_of("iso/NetKVM/w8/amd64/netkvm.cat");
	struct v2v_signature signature CLEANUP_SIGNATURE = { 0 };

	v2v_signature_of_catalog(fd, &signature);
	same("catalog", v2v_signature_signer(&signature),
		"OU=Dev, O=virtio-win");
	assert(v2v_items(struct v2v_signer, &signature.signers.list)
			->is_self_made);
}

/* Each bit of the headers and of the certificates turned over: something else
 * is read, or nothing. */
static void test_damaged_program(void)
{
	size_t size;
	CLEANUP_FREE char *path =
		virtio_win("iso/viostor/w7/amd64/viostor.sys");
	CLEANUP_FREE char *whole = read_whole_size(path, &size);

	for (size_t bit = 0; bit < size * 8; bit += 5) {
		struct v2v_signature signature CLEANUP_SIGNATURE = { 0 };

		whole[bit / 8] ^= (char)(1 << bit % 8);
		v2v_signature_read((unsigned char *)whole, size, &signature);
		whole[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t n = 0; n < size; n += 7) {
		CLEANUP_FREE unsigned char *cut = v2v_alloc(1, n + 1);
		struct v2v_signature signature CLEANUP_SIGNATURE = { 0 };

		memcpy(cut, whole, n);
		v2v_signature_read(cut, n, &signature);
		assert(n >= size - 8 || !signature.signers.list.count);
	}
}

static void fill(const char *name, const struct v2v_driver_target *target,
	struct v2v_drivers *drivers)
{
	CLEANUP_FREE char *place = virtio_win(name);
	struct v2v_error err = { 0 };

	if (v2v_drivers_read(place, target, drivers, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
}

/* The directory, the package and the image have the same drivers; a directory
 * with the image alone is that image. */
static void test_layouts(void)
{
	static const char *const names[] = { "rpm", "rpm/drivers", "image.iso",
		"iso-alone" };
	static const struct v2v_driver_target win10 = WIN10;
	CLEANUP_FREE char *image = virtio_win("image.iso");
	CLEANUP_FREE char *folder = virtio_win("iso-alone");
	CLEANUP_FREE char *link = virtio_win("iso-alone/virtio-win-1.iso");
	struct v2v_drivers first CLEANUP_DRIVERS = { 0 };

	assert(mkdir(folder, 0755) == 0 && symlink(image, link) == 0);
	fill("iso", &win10, &first);
	assert(first.list.count == 11);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct v2v_drivers other CLEANUP_DRIVERS = { 0 };

		fill(names[i], &win10, &other);
		assert(other.list.count == first.list.count);
		for (size_t j = 0; j < first.list.count; j++) {
			const struct v2v_driver *a =
				v2v_items(struct v2v_driver, &first.list) + j;
			const struct v2v_driver *b =
				v2v_items(struct v2v_driver, &other.list) + j;

			same(names[i], b->inf_digest, a->inf_digest);
			assert(a->files.count == b->files.count);
			assert(b->has_catalog && b->has_inf && b->has_program);
		}
	}
}

static void add_file(const char *name)
{
	CLEANUP_FREE char *path = virtio_win(name);

	make_file(path, "x", 1);
}

/* The folder for Windows' setup has the drivers of disks alone; of others that
 * are not known nothing goes with them. */
static void test_setup_folder(void)
{
	static const struct v2v_driver_target win10 = WIN10;
	CLEANUP_FREE char *own = virtio_win("iso/viostor");
	CLEANUP_FREE char *away = virtio_win("iso/viostor.off");
	struct v2v_drivers drivers CLEANUP_DRIVERS = { 0 };
	const struct v2v_driver *driver;

	add_file("iso/amd64/w10/viomem.inf");
	add_file("iso/amd64/w10/viomem.sys");
	add_file("iso/amd64/w10/viomem.cat");
	assert(rename(own, away) == 0);
	fill("iso", &win10, &drivers);
	assert(rename(away, own) == 0);
	driver = v2v_driver_find(&drivers, "viostor");
	assert(driver);
	same("folder", driver->folder, "amd64/w10");
	assert(driver->files.count == 3);
	assert(!v2v_driver_file_find(driver, "vioscsi.sys"));
	assert(!v2v_driver_file_find(driver, "viomem.sys"));
}

static void test_bad_places(void)
{
	static const struct v2v_driver_target win10 = WIN10;
	static const char *const names[] = { "nowhere", "empty", "fifo",
		"iso/viostor/w10/amd64/viostor.sys" };
	CLEANUP_FREE char *empty = virtio_win("empty");
	CLEANUP_FREE char *fifo = virtio_win("fifo");

	assert(mkdir(empty, 0755) == 0 && mkfifo(fifo, 0644) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct v2v_drivers drivers CLEANUP_DRIVERS = { 0 };
		CLEANUP_FREE char *place = virtio_win(names[i]);
		struct v2v_error err = { 0 };

		assert(v2v_drivers_read(place, &win10, &drivers, &err) < 0);
		same(names[i], err.code, "virtio-win");
		assert(strstr(err.text, place));
	}
}

/* An image cut off or with bits turned over is an error, or has other files. */
static void test_damaged_image(void)
{
	static const struct v2v_driver_target win10 = WIN10;
	size_t size, failed = 0;
	CLEANUP_FREE char *image = virtio_win("image.iso");
	CLEANUP_FREE char *damaged = virtio_win("damaged.iso");
	CLEANUP_FREE char *whole = read_whole_size(image, &size);
	unsigned random = 1;

	for (size_t i = 0; i < 60; i++) {
		struct v2v_drivers drivers CLEANUP_DRIVERS = { 0 };
		struct v2v_error err = { 0 };
		size_t left = i % 3 ? size : size / 61 * i;

		for (size_t j = 0; j < 200 && i % 3; j++) {
			random = random * 1103515245 + 12345;
			whole[0x8000 + (random >> 3) % (size - 0x8000) %
					       (i % 3 == 1 ? 0x40000 : size)] =
				(char)random;
		}
		make_file(damaged, whole, left);
		if (v2v_drivers_read(damaged, &win10, &drivers, &err) < 0) {
			same("code", err.code, "virtio-win");
			failed++;
		}
	}
	assert(failed > 5);
}

int main(void)
{
	make_virtio_win();
	test_signers();
	test_catalog();
	test_damaged_program();
	test_layouts();
	test_setup_folder();
	test_bad_places();
	test_damaged_image();
	drop_virtio_win();
	return 0;
}
