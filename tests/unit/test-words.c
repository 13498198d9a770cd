/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of modules in configuration: pairs NAME.before and NAME.after below
 * tests/data/words (no .after: nothing is changed). */
#include "cases.h"

#include "initrd/words.h"

#define DIR "tests/data/words/"

static char *(*edit)(const char *text);
static char *names[] = { "virtio_pci", "virtio_blk" };
static const struct v2v_list list = { names, 2 };

static char *lines(const char *text)
{
	return v2v_words_add_lines(text, &list);
}

static char *mkinitcpio(const char *text)
{
	return v2v_words_add_to(text, "MODULES", true, &list);
}

static char *suse(const char *text)
{
	return v2v_words_add_to(text, "INITRD_MODULES", false, &list);
}

static char *mkinitfs(const char *text)
{
	char *feature = "virtio";
	const struct v2v_list features = { &feature, 1 };

	return v2v_words_add_to(text, "features", false, &features);
}

static char *booster(const char *text)
{
	return v2v_words_add_yaml(text, "modules", &list);
}

static void test_pair(const char *path)
{
	CLEANUP_FREE char *before = read_whole(path);
	CLEANUP_FREE char *after_name = beside(path, ".after");
	CLEANUP_FREE char *want =
		access(after_name, F_OK) == 0 ? read_whole(after_name) : NULL;
	CLEANUP_FREE char *got = edit(before), *twice = NULL;

	same(path, got, want);
	/* What was edited once stays as it is. */
	twice = got ? edit(got) : NULL;
	same(path, twice, NULL);
}

static void test_folder(
	const char *pattern, size_t least, char *(*function)(const char *text))
{
	edit = function;
	each_case(pattern, least, test_pair);
}

int main(void)
{
	test_folder(DIR "lines/*.before", 7, lines);
	test_folder(DIR "mkinitcpio/*.before", 13, mkinitcpio);
	test_folder(DIR "suse/*.before", 8, suse);
	test_folder(DIR "mkinitfs/*.before", 8, mkinitfs);
	test_folder(DIR "booster/*.before", 10, booster);
	return 0;
}
