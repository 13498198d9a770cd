/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* grub.cfg: its kernels, and its default (tests/data/grub2: NAME.cfg,
 * NAME.grubenv where there is one, NAME.expect: the default's kernel, then all
 * kernels with place and initrd). */
#include "cases.h"

#include "linux/boot/grub2.h"

static void test_config(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *env_name = beside(path, ".grubenv");
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *env =
		access(env_name, F_OK) == 0 ? read_whole(env_name) : NULL;
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_list variables CLEANUP_GRUB_VARIABLES = { 0 };
	struct v2v_list entries CLEANUP_BOOT_ENTRIES = { 0 };
	struct v2v_grub2 config CLEANUP_GRUB2 = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };
	const struct v2v_boot_entry *chosen;

	v2v_grubenv_read(env, &variables);
	v2v_grub2_read(text, &variables, &config, &entries);
	v2v_grub2_choose(&config, &variables, &entries);
	chosen = v2v_boot_entries_default(&entries);
	v2v_text_addf(&got, "default %s\n", chosen ? chosen->kernel : "none");
	v2v_list_foreach (const struct v2v_boot_entry, entry, &entries)
		v2v_text_addf(&got, "%s %s %s\n", entry->place, entry->kernel,
			entry->initrd ? entry->initrd : "-");
	same(path, got.data, want);
}

int main(void)
{
	each_case("tests/data/grub2/*.cfg", 5, test_config);
	return 0;
}
