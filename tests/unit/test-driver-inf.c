/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lib/windows/virtio-win: which folder serves which Windows; INFs
 * (tests/data/inf/NAME.inf, and NAME.expect, what amd64 10.0 reads of it), and
 * what becomes of their versions.
 */
#include "cases.h"

#include "convert/windows/virtio.h"
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

/* What is not a GUID is the class that the drivers of disks have; the strings
 * end where their memory does. */
static void test_class(void)
{
	static const struct v2v_driver_target win10 = WIN10;
	static const char *const classes[] = { NULL, "", "A", "{ABC",
		"{4D36E97B-E325-11CE-BFC1-08002BE1031", "{4D36E97B-E325-11CE-",
		"{4D36E97B-E325-11CE-BFC1-08002BE1031X}",
		"{4D36E97B-E325-11CE-BFC1-0x002BE10318}",
		"{4D36E97B-E325-11CE-BFC1- +002BE10318}" };
	static const struct v2v_inf known = {
		.class_guid = "{4D36E97B-E325-11CE-BFC1-08002BE10318}",
	};
	static const struct v2v_inf other = {
		.class_guid = "{4d36e96a-e325-11ce-bfc1-08002be10318}",
	};
	unsigned char want[V2V_DRIVER_VERSION], got[V2V_DRIVER_VERSION];

	v2v_virtio_version(&known, &win10, want);
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		CLEANUP_FREE char *class = v2v_strdup(classes[i]);
		const struct v2v_inf inf = { .class_guid = class };

		v2v_virtio_version(&inf, &win10, got);
		assert(memcmp(got, want, sizeof want) == 0);
	}
	v2v_virtio_version(&other, &win10, got);
	assert(got[8] == 0x6a && memcmp(got + 9, want + 9, 15) == 0);
}

int main(void)
{
	test_folders();
	test_target();
	test_decorations();
	test_version();
	test_class();
	each_case("tests/data/inf/*.inf", 11, test_inf);
	return 0;
}
