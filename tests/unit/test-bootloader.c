/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which bootloader starts a guest and what it offers: tests/data/bootloader,
 * guests as text-tree.h has them in NAME.tree; NAME.expect: type and
 * configuration, then each entry, the default with a star. */
#include "cases.h"

#include "inspect/findings/find-private.h"
#include "inspect/findings/findings.h"
#include "linux/boot/bls.h"
#include "linux/boot/bootloader.h"
#include "linux/boot/uefi.h"
#include "linux/device-files.h"
#include "plan/plan.h"
#include "text-tree.h"

static void test_tree(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_boot boot CLEANUP_BOOT = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };
	struct text_tree t;

	text_tree_read(&t, text);
	v2v_bootloader_look(&t.tree, &t.inspect, &boot);
	v2v_text_addf(&got, "%s %s\n", boot.type ? boot.type : "none",
		boot.config ? boot.config : "-");
	v2v_list_foreach (const struct v2v_boot_entry, entry, &boot.entries)
		v2v_text_addf(&got, "%s%s %s %s [%s] %s%s\n",
			entry->is_default ? "*" : "", entry->place,
			entry->kernel, entry->initrd ? entry->initrd : "-",
			entry->options, entry->file,
			entry->is_uki ? " uki" : "");
	same(path, got.data, want);
	text_tree_clear(&t);
}

/* In order, the older first. */
static void test_order(
	const char *const *order, int (*compare)(const char *a, const char *b))
{
	for (size_t i = 0; order[i]; i++)
		for (size_t j = 0; order[j]; j++) {
			int got = compare(order[i], order[j]);

			if ((got > 0) - (got < 0) != (i > j) - (i < j))
				fprintf(stderr, "%s, %s: %d\n", order[i],
					order[j], got);
			assert((got > 0) - (got < 0) == (i > j) - (i < j));
		}
}

static void test_versions(void)
{
	static const char *const rpm[] = { "1.0~rc1", "1.0", "1.0^git1",
		"1.0a1", "1.0.1", "1.1", "1.9", "1.10", "1.10.1", "2",
		"4.18.0-80.el8", "4.18.0-305.el8", "10", NULL };
	static const char *const uapi[] = { "", "a1b2-6.1.0-9.conf",
		"a1b2-6.1.0-18.conf", "arch-fallback.conf", "arch.conf",
		"122.1", "123~rc1-1", "123", "123-a", "123-a.1", "123-1",
		"123-1.1", "123^post1", "123.a-1", "123.1-1", "123a-1", "124-1",
		NULL };

	test_order(rpm, v2v_bls_compare_versions);
	test_order(uapi, v2v_bls_compare_systemd);
	assert(v2v_bls_compare_systemd("0123.1", "123..1") > 0);
	assert(v2v_bls_compare_systemd("0123+1", "123_1") == 0);
	assert(v2v_bls_compare_versions("1.01", "1.1") == 0);
	assert(v2v_bls_compare_versions("1-0", "1.0") == 0);
	assert(v2v_bls_compare_versions("1.a", "1.1") < 0);
}

/* systemd-boot's counters of attempts: what is left of the id, and whether
 * none of them is left. */
static void test_tries(void)
{
	static const struct {
		const char *id, *want;
		bool bad;
	} cases[] = {
		{ "0a1b-6.1+3", "0a1b-6.1", false },
		{ "0a1b-6.1+2-1", "0a1b-6.1", false },
		{ "0a1b-6.1+0-3", "0a1b-6.1", true },
		{ "0a1b-6.1+00", "0a1b-6.1", true },
		{ "0a1b-6.1+10", "0a1b-6.1", false },
		{ "6.9.0+", "6.9.0+", false },
		{ "6.9.0+rc1", "6.9.0+rc1", false },
		{ "a+1-", "a+1-", false },
		{ "a+1-2x", "a+1-2x", false },
		{ "plain", "plain", false },
		{ "", "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *id = v2v_strdup(cases[i].id);

		assert(v2v_bls_cut_tries(id) == cases[i].bad);
		same(cases[i].id, id, cases[i].want);
	}
}

/* tests/data/uefi: what is put into EFI/BOOT. */
static void test_uefi(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_uefi plan CLEANUP_UEFI = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };
	struct text_tree t;

	text_tree_read(&t, text);
	v2v_uefi_plan(&t.tree, &t.inspect, &plan);
	v2v_text_addf(&got, "%s%s\n", plan.directory ? plan.directory : "none",
		plan.is_there ? " has it" : "");
	v2v_list_foreach (const struct v2v_uefi_file, file, &plan.files)
		v2v_text_addf(&got, "%s:\n  %s\n", file->to,
			file->from ? file->from : file->text);
	same(path, got.data, want);
	text_tree_clear(&t);
}

/* tests/data/places: what is in the way of the file in the first line,
 * which is to be made. */
static void test_place(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	CLEANUP_FREE char *file = v2v_strndup(text, strcspn(text, "\n"));
	struct v2v_text got CLEANUP_TEXT = { 0 };
	struct text_tree t;

	text_tree_read(&t, text);
	v2v_find_place(&t.tree, file, &t.inspect);
	v2v_find_place(&t.tree, file, &t.inspect);
	v2v_list_foreach (
		const struct v2v_finding, finding, &t.inspect.findings)
		v2v_text_addf(&got, "%s %s %s: %s\n", finding->level,
			v2v_findings_code(finding), finding->where,
			finding->text);
	same(path, got.data ? got.data : "", want);
	text_tree_clear(&t);
}

/* Xen's consoles are searched for wherever kernel arguments are. */
static void test_consoles(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	struct v2v_list files CLEANUP_DEVICE_FILES = { 0 };
	struct v2v_boot boot CLEANUP_BOOT = { 0 };
	unsigned xvc = 0, hvc = 0;
	struct text_tree t;

	text_tree_read(&t, text);
	v2v_bootloader_look(&t.tree, &t.inspect, &boot);
	v2v_device_files(&t.tree, &boot, true, &files);
	v2v_list_foreach (const struct v2v_device_file, file, &files) {
		bool env = strcmp(file->path, "/boot/grub2/grubenv") == 0;

		xvc += env && file->edit == v2v_text_console_xvc;
		hvc += env && file->edit == v2v_text_console_hvc;
	}
	assert(xvc == 1 && hvc == 1);
	text_tree_clear(&t);
}

/* Arguments that are signed with the kernel: a blocker where they would have to
 * be edited. */
static void test_signed(void)
{
	static const struct {
		const char *arguments, *found;
	} cases[] = {
		{ "root=/dev/sda2 ro", "root=/dev/sda2" },
		{ "root=UUID=aaaa-2 resume=/dev/sda2", "resume=/dev/sda2" },
		{ "root=UUID=aaaa-2 ro", NULL },
		{ "root=/dev/mapper/vg-root ro", NULL },
		{ "", NULL },
	};
	struct v2v_disk disk = { .virtual_size = 1 << 30 };
	const struct v2v_source source = { .disks = { &disk, 1 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *text = v2v_format(
			"firmware uefi\nmount / /dev/sda2 ext4 aaaa-2\n"
			"mount /efi /dev/sda1 vfat ABCD-1234\n"
			"==== /efi/EFI/systemd/systemd-bootx64.efi\n"
			"==== /efi/EFI/Linux/a.efi\n.cmdline %s\n",
			cases[i].arguments);
		struct v2v_boot boot CLEANUP_BOOT = { 0 };
		struct v2v_plan plan CLEANUP_PLAN = { 0 };
		struct text_tree t;
		const char *found = NULL;

		text_tree_read(&t, text);
		v2v_bootloader_look(&t.tree, &t.inspect, &boot);
		v2v_plan_init(&plan, &t.tree);
		v2v_find_devices(&plan, &boot, &source, &t.inspect);
		v2v_list_foreach (
			const struct v2v_finding, f, &t.inspect.findings)
			if (strcmp(f->code, "cmdline-signed") == 0) {
				same("level", f->level, "blocker");
				same("where", f->where, "/efi/EFI/Linux/a.efi");
				found = f->text;
			}
		if (!found != !cases[i].found ||
			(found && !strstr(found, cases[i].found)))
			same(cases[i].arguments, found, cases[i].found);
		text_tree_clear(&t);
	}
}

int main(void)
{
	test_signed();
	test_versions();
	test_tries();
	each_case("tests/data/uefi/*.tree", 14, test_uefi);
	each_case("tests/data/bootloader/*.tree", 36, test_tree);
	each_case("tests/data/bootloader/rhel8-*.tree", 1, test_consoles);
	each_case("tests/data/places/*.tree", 8, test_place);
	return 0;
}
