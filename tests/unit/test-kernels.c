/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which kernels a guest has: tests/data/kernels, guests as text-tree.h has them
 * in NAME.tree (a kernel's text is "release VERSION", a link's "link TARGET");
 * NAME.expect: version, files, configuration, the default with a star. */
#include "cases.h"

#include "inspect/findings/find-private.h"
#include "linux/boot/bootloader.h"
#include "linux/kernels/initramfs.h"
#include "linux/kernels/kernel-files.h"
#include "text-tree.h"

static char *word_behind(
	const struct v2v_kernel_search *s, const char *path, const char *word)
{
	const struct v2v_tree *tree = s->tree;
	CLEANUP_FREE char *text = v2v_tree_text(tree, path);

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
	return v2v_tree_is_file(s->tree, path) ? v2v_strdup(path) : NULL;
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
		release };
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

#define STORED(v, needs)                                                       \
	{                                                                      \
		.version = v, .vmlinuz = "/nix/store/" v "-linux/bzImage",     \
		.initrd = "/nix/store/" v "-initrd/initrd", .virtio = &all,    \
		.initrd_needs = needs                                          \
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
		{ { KERNEL("6", .virtio = &all, .initrd_needs = 4096) }, "" },
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
		{ { KERNEL("5", .virtio = NULL) },
			"note kernel-drivers-unknown /boot/vmlinuz-5\n" },
		{ { KERNEL("2", .virtio = &none, .ahci = true),
			  KERNEL("5", .virtio = NULL) },
			"note kernel-sata /boot/vmlinuz-2\n"
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
			"note kernel-no-virtio-net /boot/vmlinuz-2\n" },
		/* A store is never written to. */
		{ { STORED("6", 4096) },
			"blocker initrd-sealed /nix/store/6-initrd/initrd\n" },
		{ { STORED("6", 0), STORED("5", 4096) },
			"note initrd-other-unreadable "
			"/nix/store/5-initrd/initrd\n" },
		{ { KERNEL("6", .virtio = &all, .initrd_needs = 4),
			  KERNEL("5", .virtio = &all, .initrd_needs = 8) },
			"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
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
			"--initramfs=rebuild has the guest rebuild it; 5 can "
			"be converted: make it the default" },
		{ { KERNEL("2.6.18xen", .virtio = &all, .xen_pv_only = true),
			  KERNEL("2.6.9", .virtio = &none) },
			"2.6.18xen runs on Xen only" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
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

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct v2v_modules *m =
			v2v_modules_new(cases[i].dep, NULL, NULL);
		const char *const *drivers =
			v2v_initramfs_drivers(m, cases[i].bus);

		assert(v2v_streq(drivers ? *drivers : NULL, cases[i].first));
		v2v_modules_free(m);
	}
}

#define DISKS "virtio_pci", "virtio_blk", "sd_mod"

/* What an initrd gets for the network cards: for it brings up a network, or has
 * an old card's driver and so may. */
static const struct card_case {
	const char *have[7];
	bool sign, has_virtio_net;
	const char *bus, *card; /* NULL: none is to be there */
	bool is_needed, brings;
} card_cases[] = {
	{ { DISKS }, false, true, NULL, NULL, false, false },
	{ { DISKS }, true, true, NULL, "virtio_net", true, true },
	{ { DISKS, "vmxnet3" }, false, true, NULL, "virtio_net", true, true },
	{ { DISKS, "vmxnet3", "virtio_net" }, false, true, NULL, NULL, false,
		false },
	{ { DISKS, "vmxnet3", "virtio_net" }, true, true, NULL, "virtio_net",
		false, true },
	{ { "vmxnet3" }, false, false, NULL, "e1000", true, true },
	{ { "ahci", "sd_mod", "vmxnet3" }, false, true, "sata", "virtio_net",
		true, true },
	{ { "ahci", "sd_mod", "vmxnet3" }, false, false, "sata", "e1000", true,
		true },
	{ { "ahci", "sd_mod", "e1000" }, false, false, "sata", NULL, false,
		false },
};

static void test_card(const struct card_case *c)
{
	CLEANUP_FREE char *dep = v2v_format(
		"kernel/virtio_pci.ko:\nkernel/virtio_blk.ko:\n"
		"kernel/sd_mod.ko:\nkernel/ahci.ko:\nkernel/e1000.ko:\n%s",
		c->has_virtio_net ? "kernel/virtio_net.ko:\n" : "");
	struct v2v_initrd_module list[7] = { { 0 } };
	struct v2v_kernel kernel = { .version = (char *)"6.1",
		.initrd = (char *)"/boot/initrd" };
	struct v2v_initrd_file file = { .releases = 1 };
	struct v2v_initrd *scan = file.scans;
	struct v2v_initramfs plan = { 0 };
	struct v2v_modules *m = v2v_modules_new(dep, NULL, NULL);
	const char *last = NULL;

	*scan = (struct v2v_initrd){ .version = "6.1",
		.has_udev = true,
		.brings_network = c->sign,
		.modules = { list, 0 } };
	while (scan->modules.count < 7 && c->have[scan->modules.count]) {
		list[scan->modules.count].name =
			(char *)c->have[scan->modules.count];
		scan->modules.count++;
	}
	assert(v2v_initramfs_plan(&file, &kernel, m, c->bus, &plan, NULL) == 0);
	/* The card's driver is the last, behind the disks'. */
	for (const char *const *s = plan.drivers; *s; s++)
		last = strcmp(*s, "sd_mod") ? *s : NULL;
	same("card", last, c->card);
	assert(plan.is_needed == c->is_needed);
	assert(plan.brings_network == c->brings);
	v2v_modules_free(m);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(card_cases); i++)
		test_card(&card_cases[i]);
	test_findings();
	test_remedy();
	test_drivers();
	each_case("tests/data/kernels/*.tree", 14, test_tree);
	return 0;
}
