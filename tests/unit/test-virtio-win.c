/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lib/windows/virtio-win: which folder serves which Windows; INFs
 * (tests/data/inf/NAME.inf, and NAME.expect, what amd64 10.0 reads of it);
 * who signed; sources, also damaged ones.
 */
#include "cases.h"

#include "convert/windows/virtio.h"
#include "virtio-win.h"
#include "windows/virtio-win/inf-private.h"

#define WIN10                                                                  \
	{                                                                      \
		10, 0, 19045, false, "amd64"                                   \
	}

static void test_folders(void)
{
	static const struct {
		struct v2v_driver_target target;
		const char *first, *last;
		size_t count;
	} cases[] = {
		{ { 5, 0, 2195, false, "x86" }, NULL, NULL, 0 },
		{ { 5, 1, 2600, false, "x86" }, "xp", "2k3", 2 },
		{ { 5, 2, 3790, true, "amd64" }, "2k3", "xp", 2 },
		{ { 5, 2, 3790, false, "amd64" }, "xp", "2k3", 2 },
		{ { 6, 0, 6002, false, "x86" }, "2k8", "2k8", 1 },
		{ { 6, 0, 6003, true, "amd64" }, "2k8", "2k8", 1 },
		{ { 6, 1, 7601, false, "x86" }, "w7", "2k8r2", 2 },
		{ { 6, 1, 7601, true, "amd64" }, "2k8r2", "w7", 2 },
		{ { 6, 2, 9200, false, "amd64" }, "w8", "2k12", 2 },
		{ { 6, 2, 9200, true, "amd64" }, "2k12", "w8", 2 },
		{ { 6, 3, 9600, false, "amd64" }, "w8.1", "2k12r2", 2 },
		{ { 6, 3, 9600, true, "amd64" }, "2k12r2", "w8.1", 2 },
		{ { 10, 0, 10240, false, "x86" }, "w10", "2k22", 4 },
		{ { 10, 0, 21999, false, "amd64" }, "w10", "2k22", 4 },
		{ { 10, 0, 22000, false, "amd64" }, "w11", "2k16", 6 },
		{ { 10, 0, 26100, false, "arm64" }, "w11", "2k16", 6 },
		{ { 10, 0, -1, false, "amd64" }, "w10", "2k22", 4 },
		{ { 10, 0, 14393, true, "amd64" }, "2k16", "2k22", 4 },
		{ { 10, 0, 17762, true, "amd64" }, "2k16", "2k22", 4 },
		{ { 10, 0, 17763, true, "amd64" }, "2k19", "2k22", 4 },
		{ { 10, 0, 20347, true, "amd64" }, "2k19", "2k22", 4 },
		{ { 10, 0, 20348, true, "amd64" }, "2k22", "2k16", 4 },
		{ { 10, 0, 26099, true, "amd64" }, "2k22", "2k16", 4 },
		{ { 10, 0, 26100, true, "amd64" }, "2k25", "2k16", 6 },
		{ { 11, 0, 30000, false, "amd64" }, NULL, NULL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const *names = v2v_driver_folders(&cases[i].target);
		size_t count = 0;

		while (names[count])
			count++;
		assert(count == cases[i].count);
		same("first folder", names[0], cases[i].first);
		same("last", count ? names[count - 1] : NULL, cases[i].last);
	}
}

/* Which Windows an inspection means. */
static void test_target(void)
{
	static const struct {
		const char *arch, *variant, *product, *arch_found;
		bool is_server;
	} cases[] = {
		{ "x86_64", "Client", "Windows 10 Pro", "amd64", false },
		{ "x86_64", "Server Core", "Windows Server 2022", "amd64",
			true },
		{ "i386", "unknown", "Microsoft Windows XP", "x86", false },
		{ "i386", NULL, "Microsoft Windows Server 2003", "x86", true },
		{ "aarch64", "Client", "Windows 11", "arm64", false },
		{ "ia64", "Server", "Windows Server 2008", NULL, true },
		{ NULL, NULL, NULL, NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct v2v_inspect inspect = {
			.arch = (char *)cases[i].arch,
			.product_variant = (char *)cases[i].variant,
			.product_name = (char *)cases[i].product,
		};
		struct v2v_driver_target target;

		assert(v2v_driver_target_of(&inspect, &target) ==
			(cases[i].arch_found != NULL));
		same("arch", target.arch, cases[i].arch_found);
		assert(target.is_server == cases[i].is_server);
	}
}

static void test_decorations(void)
{
	static const struct v2v_driver_target win10 = WIN10;
	static const struct v2v_driver_target xp = { 5, 1, 2600, false, "x86" };
	static const struct v2v_driver_target server = { 10, 0, 20348, true,
		"amd64" };
	static const struct {
		const char *decoration;
		const struct v2v_driver_target *target;
		bool suits;
	} cases[] = {
		{ "", &xp, true },
		{ "NT", &xp, true },
		{ "ntX86", &xp, true },
		{ "NTx86.5.1", &xp, true },
		{ "NTx86.6.0", &xp, false },
		{ "", &win10, false },
		{ "NT", &win10, false },
		{ "NTx86.10.0", &win10, false },
		{ "NTamd64", &win10, true },
		{ "NTamd64.6.1", &win10, true },
		{ "NTamd64.10.0", &win10, true },
		{ "NTamd64.10.0...16299", &win10, true },
		{ "NTamd64.10.0...22000", &win10, false },
		{ "NTamd64.10.1", &win10, false },
		{ "NTamd64.10.0.1", &win10, true },
		{ "NTamd64.10.0.3", &win10, false },
		{ "NTamd64.10.0.3", &server, true },
		{ "NTamd64.10.0.1", &server, false },
		{ "NTamd64.99999999999999999999", &win10, false },
		{ "NTarm64", &win10, false },
		{ "amd64", &win10, false },
		{ "NTamd64x", &win10, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if ((v2v_inf_suits(cases[i].decoration, cases[i].target) >=
			    0) != cases[i].suits) {
			fprintf(stderr, "decoration %zu: %s\n", i,
				cases[i].decoration);
			abort();
		}
	assert(v2v_inf_suits("NTamd64.10.0", &win10) >
		v2v_inf_suits("NTamd64.6.3", &win10));
	assert(v2v_inf_suits("NTamd64.10.0...17763", &win10) >
		v2v_inf_suits("NTamd64.10.0", &win10));
}

static void test_inf(const char *path)
{
	static const struct v2v_driver_target win10 = WIN10;
	size_t size;
	CLEANUP_FREE char *data = read_whole_size(path, &size);
	CLEANUP_FREE char *name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(name), *got = NULL;
	struct v2v_inf inf CLEANUP_INF = { 0 };
	struct v2v_text out = { 0 };

	v2v_inf_read(data, size, &win10, &inf);
	v2v_text_addf(&out,
		"class %s\ncatalog %s\nversion %u.%u.%u.%u of "
		"%04u-%02u-%02u\n",
		inf.class_guid ? inf.class_guid : "-",
		inf.catalog ? inf.catalog : "-", inf.version[0], inf.version[1],
		inf.version[2], inf.version[3], inf.year, inf.month, inf.day);
	v2v_list_foreach (const char *, id, &inf.ids)
		v2v_text_addf(&out, "id %s\n", *id);
	got = v2v_text_take(&out);
	same(path, got, want);
}

/* 48 bytes, as Windows' own packages have them. */
static void test_version(void)
{
	static const struct v2v_driver_target targets[] = { WIN10,
		{ 6, 3, 9600, false, "x86" },
		{ 10, 0, 22631, false, "arm64" } };
	static const unsigned char machines[] = { 0x09, 0x00, 0x0c };
	/* The class, the 12th of April 2019 as Python reckons it, 1.3.17.0 in
	 * the order that VMware's pvscsi package has. */
	static const unsigned char want[V2V_DRIVER_VERSION] = { 0x00, 0xff,
		0x09, 0x00, 0, 0, 0, 0, 0x7b, 0xe9, 0x36, 0x4d, 0x25, 0xe3,
		0xce, 0x11, 0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18,
		0x00, 0x00, 0xf7, 0xab, 0xc2, 0xf0, 0xd4, 0x01, 0, 0, 0x11, 0,
		3, 0, 1, 0 };
	static const struct v2v_inf inf = {
		.class_guid = "{4D36E97B-E325-11CE-BFC1-08002BE10318}",
		.year = 2019,
		.month = 4,
		.day = 12,
		.version = { 1, 3, 17, 0 },
	};
	unsigned char got[V2V_DRIVER_VERSION];

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		v2v_virtio_version(&inf, &targets[i], got);
		assert(got[2] == machines[i]);
		got[2] = want[2];
		assert(memcmp(got, want, sizeof want) == 0);
	}
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

/* The folder for Windows' setup has the drivers of disks alone. */
static void test_setup_folder(void)
{
	static const struct v2v_driver_target win10 = WIN10;
	CLEANUP_FREE char *place = virtio_win("iso");
	CLEANUP_FREE char *own = virtio_win("iso/viostor");
	CLEANUP_FREE char *away = virtio_win("iso/viostor.off");
	struct v2v_drivers drivers CLEANUP_DRIVERS = { 0 };
	const struct v2v_driver *driver;

	assert(rename(own, away) == 0);
	fill("iso", &win10, &drivers);
	assert(rename(away, own) == 0);
	driver = v2v_driver_find(&drivers, "viostor");
	assert(driver);
	same("folder", driver->folder, "amd64/w10");
	assert(driver->files.count == 3);
	assert(!v2v_driver_file_find(driver, "vioscsi.sys"));
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
	test_folders();
	test_target();
	test_decorations();
	test_version();
	each_case("tests/data/inf/*.inf", 8, test_inf);
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
