/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Manifests: NAME.mf as "algorithm name digest" lines in NAME.expect. */
#include "cases.h"

#include "unpack/manifest.h"

static void test_file(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expected = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expected);
	struct v2v_list lines CLEANUP_MANIFEST = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };

	v2v_manifest_parse(text, &lines);
	v2v_list_foreach (const struct v2v_manifest_line, line, &lines)
		v2v_text_addf(&got, "%u %s %s %s\n", line->number,
			line->algorithm ? line->algorithm : "-",
			line->name ? line->name : "-",
			line->digest ? line->digest : "-");
	same(path, got.data ? got.data : "", want);
}

int main(void)
{
	each_case("tests/data/manifest/*.mf", 8, test_file);
	return 0;
}
