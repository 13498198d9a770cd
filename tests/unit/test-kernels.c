/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which kernels a guest has: tests/data/kernels, guests as text-tree.h has them
 * in NAME.tree (a kernel's text is "release VERSION", a link's "link TARGET");
 * NAME.expect: version, files, configuration, the default with a star. */
#include "cases.h"

#include "inspect/bootloader.h"
#include "inspect/find-private.h"
#include "inspect/initramfs.h"
#include "inspect/kernel-files.h"
#include "text-tree.h"

static char *word_behind(
	const struct v2v_kernel_search *s, const char *path, const char *word)
{
	const struct v2v_tree *tree = s->tree;
	CLEANUP_FREE char *text = tree->text(tree, path);

	if (!text || !v2v_starts_with(text, word))
		return NULL;
	return v2v_strndup(
		text + strlen(word), strcspn(text + strlen(word), "\n"));
}

static char *resolve(const struct v2v_kernel_search *s, const char *path)
{
	char *target = word_behind(s, path, "link ");

	if (target)
		return target;
	return s->tree->is_file(s->tree, path) ? v2v_strdup(path) : NULL;
}

static char *release(const struct v2v_kernel_search *s, const char *path)
{
	return word_behind(s, path, "release ");
}

static void test_tree(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_boot boot CLEANUP_BOOT = { 0 };
	struct v2v_list files CLEANUP_KERNEL_FILES = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };
	struct text_tree t;
	struct v2v_kernel_search search;

	text_tree_read(&t, text);
	v2v_bootloader_look(&t.tree, &t.inspect, &boot);
	search = (struct v2v_kernel_search){ &t.tree, &boot.entries, resolve,
		release, NULL };
	v2v_kernel_files_find(&search, &files);
	v2v_text_addf(&got, "%zu\n", files.count);
	v2v_list_foreach (const struct v2v_kernel_file, file, &files)
		v2v_text_addf(&got, "%s%s %s %s %s %s%s%s%s\n",
			file->is_default ? "*" : "", file->version,
			file->vmlinuz, file->initrd ? file->initrd : "-",
			file->config ? file->config : "-",
			file->modpath ? file->modpath : "-",
			file->pkgbase ? " of " : "",
			file->pkgbase ? file->pkgbase : "",
			file->is_offered ? "" : " unoffered");
	same(path, got.data, want);
	text_tree_clear(&t);
}

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
		{ "6.1.0", NULL, 0x20f, 0 },	  /* none told */
		{ "6.1.0", NULL, 0x20f, 0xff00 }, /* outside */
		{ "../../x", NULL, 0x20f, 0x1000 },
		{ "6/1", NULL, 0x20f, 0x1000 },
		{ "", NULL, 0x20f, 0x1000 },
		{ "generic", NULL, 0x20f, 0x1000 },
	};
	unsigned char image[0x4200];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
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
	/* Cut short, or no kernel at all. */
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

static struct v2v_kernel_virtio all = { .blk = true,
	.scsi = true,
	.net = true },
				scsi = { .scsi = true, .net = true },
				none = { 0 };

#define KERNEL(v, ...)                                                         \
	{                                                                      \
		.version = v, .vmlinuz = "/boot/vmlinuz-" v,                   \
		.initrd = "/boot/initrd-" v, __VA_ARGS__                       \
	}

/* Kernels, the default first, and what is found: "level code where". */
static void test_findings(void)
{
	static const struct {
		struct v2v_kernel kernels[2];
		const char *want;
	} cases[] = {
		{ { { 0 } }, "blocker no-kernel /boot\n" },
		{ { KERNEL("6", .virtio = &all) }, "" },
		{ { KERNEL("6", .virtio = &all, .initrd_needs = 4096) },
			"change initrd-lacks-virtio /boot/initrd-6\n" },
		{ { KERNEL("6", .virtio = &all, .initrd_needs = -1) },
			"blocker initrd-unreadable /boot/initrd-6\n" },
		{ { KERNEL("6", .virtio = &scsi) },
			"note kernel-virtio-scsi /boot/vmlinuz-6\n" },
		{ { KERNEL("6", .virtio = &none, .ahci = true) },
			"note kernel-sata /boot/vmlinuz-6\n"
			"note kernel-no-virtio-net /boot/vmlinuz-6\n" },
		{ { KERNEL("2", .virtio = &none) },
			"blocker kernel-no-virtio /boot/vmlinuz-2\n"
			"note kernel-no-virtio-net /boot/vmlinuz-2\n" },
		{ { KERNEL("2xen", .virtio = &all, .xen_pv_only = true) },
			"blocker kernel-xen-only /boot/vmlinuz-2xen\n" },
		{ { { .version = "6",
			  .vmlinuz = "/boot/vmlinuz-6",
			  .virtio = &all,
			  .initrd_needs = -1 } },
			"blocker kernel-no-initrd /boot/vmlinuz-6\n" },
		{ { { .version = "6",
			  .vmlinuz = "/boot/vmlinuz-6",
			  .virtio = &all } },
			"" },
		{ { { .version = "6",
			  .vmlinuz = "/efi/EFI/Linux/a.efi",
			  .virtio = &all,
			  .initrd_needs = -1 } },
			"blocker initrd-signed /efi/EFI/Linux/a.efi\n" },
		{ { KERNEL("6", .virtio = &all),
			  KERNEL("2", .virtio = &none, .ahci = true,
				  .initrd_needs = 4096) },
			"note kernel-other-no-virtio /boot/vmlinuz-2\n" },
		{ { KERNEL("6", .virtio = &all),
			  KERNEL("5", .virtio = &all, .initrd_needs = -1) },
			"note initrd-other-unreadable /boot/initrd-5\n" },
		{ { KERNEL("2", .virtio = &none, .ahci = true),
			  KERNEL("6", .virtio = &all, .ahci = true,
				  .initrd_needs = 8) },
			"note kernel-sata /boot/vmlinuz-2\n"
			"note kernel-no-virtio-net /boot/vmlinuz-2\n"
			"change initrd-lacks-virtio /boot/initrd-6\n" },
		{ { KERNEL("6", .virtio = &all, .initrd_needs = 4),
			  KERNEL("5", .virtio = &all, .initrd_needs = 8) },
			"change initrd-lacks-virtio /boot/initrd-6\n"
			"change initrd-lacks-virtio /boot/initrd-5\n" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct v2v_kernel kernels[2] = { cases[i].kernels[0],
			cases[i].kernels[1] };
		struct v2v_inspect inspect = { .distro = "debian",
			.kernels = { kernels, 0 } };
		struct v2v_text got CLEANUP_TEXT = { 0 };
		CLEANUP_FREE char *name = v2v_format("case %zu", i);

		while (inspect.kernels.count < 2 &&
			kernels[inspect.kernels.count].version)
			inspect.kernels.count++;
		kernels[0].is_default = true;
		v2v_find_kernels(&inspect);
		v2v_text_addf(&got, "%s", "");
		v2v_list_foreach (
			const struct v2v_finding, f, &inspect.findings)
			v2v_text_addf(&got, "%s %s %s\n", f->level, f->code,
				f->where);
		same(name, got.data, cases[i].want);
		inspect.kernels = (struct v2v_list){ 0 };
		inspect.distro = NULL;
		v2v_inspect_clear(&inspect);
	}
}

/* A kernel that could be the default is named; an unknown system is a note. */
static void test_remedy(void)
{
	static const struct {
		struct v2v_kernel kernels[2];
		const char *want;
	} cases[] = {
		{ { KERNEL("2.6.18xen", .virtio = &all, .xen_pv_only = true),
			  KERNEL("2.6.32", .virtio = &all) },
			"2.6.18xen runs on Xen only; 2.6.32 runs on KVM: make "
			"it the default" },
		{ { KERNEL("2.6.9", .virtio = &none),
			  KERNEL("2.6.32", .virtio = &all) },
			"nor one for SATA; 2.6.32 has one: make it the "
			"default" },
		{ { KERNEL("6", .virtio = &all, .initrd_needs = -1),
			  KERNEL("5", .virtio = &all) },
			"has it made anew; 5 can be converted: make it the "
			"default" },
		{ { KERNEL("2.6.18xen", .virtio = &all, .xen_pv_only = true),
			  KERNEL("2.6.9", .virtio = &none) },
			"2.6.18xen runs on Xen only" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct v2v_kernel kernels[2] = { cases[i].kernels[0],
			cases[i].kernels[1] };
		struct v2v_inspect inspect = { .kernels = { kernels, 2 } };
		const struct v2v_finding *f;

		kernels[0].is_default = true;
		v2v_find_kernels(&inspect);
		f = inspect.findings.items;
		same("unknown", f[0].code, "distribution-unknown");
		same("level", f[0].level, "note");
		same("level", f[1].level, "blocker");
		assert(strstr(f[1].text, cases[i].want));
		assert(strstr(cases[i].want, "the default") ||
			v2v_ends_with(f[1].text, cases[i].want));
		inspect.kernels = (struct v2v_list){ 0 };
		v2v_inspect_clear(&inspect);
	}
}

/* What the kernel needs on the machine that the default kernel asks for. */
static void test_drivers(void)
{
	static const char both[] =
		"kernel/virtio_pci.ko:\nkernel/virtio_blk.ko:\n"
		"kernel/ahci.ko: kernel/libahci.ko\nkernel/libahci.ko:\n";
	static const struct {
		const char *dep, *bus, *first;
	} cases[] = {
		{ both, NULL, "virtio_pci" },
		{ both, "virtio-blk", "virtio_pci" },
		{ both, "virtio-scsi", "virtio_pci" },
		{ both, "sata", "ahci" },
		{ "kernel/ahci.ko:\n", NULL, "ahci" },
		{ "kernel/ahci.ko:\n", "sata", "ahci" },
		{ "kernel/virtio_pci.ko:\nkernel/virtio_blk.ko:\n", "sata",
			NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct v2v_modules *m =
			v2v_modules_new(cases[i].dep, NULL, NULL);
		const char *const *drivers =
			v2v_initramfs_drivers(m, cases[i].bus);

		assert(v2v_streq(drivers ? *drivers : NULL, cases[i].first));
		v2v_modules_free(m);
	}
}

int main(void)
{
	test_release();
	test_findings();
	test_remedy();
	test_drivers();
	each_case("tests/data/kernels/*.tree", 14, test_tree);
	return 0;
}
