/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report: tests/data/meta/report/NAME.json is a document, NAME.html beside
 * it its page, several.html that of all of them.
 */
#include "cases.h"

#include "core/doc.h"
#include "core/file.h"
#include "meta/report/diff.h"
#include "meta/report/report.h"

static const char *dir; /* where the pages go */

static void test_html(void)
{
	static const struct {
		int64_t bytes;
		const char *text;
	} sizes[] = {
		{ -1, NULL },
		{ 0, "0 bytes" },
		{ 1536, "1.5 KiB" },
		{ 21474836480, "20.0 GiB" },
		{ 107374182400, "100 GiB" },
		{ INT64_MAX, "8192 PiB" },
	};
	struct v2v_text t CLEANUP_TEXT = { 0 };

	v2v_html(&t, "<a b=\"%s\">%zu %lld %d%% %s</a>", "\"'<&>", (size_t)1,
		-2LL, 3, json_string_value(NULL));
	assert(v2v_streq(t.data, "<a b=\"&quot;&#39;&lt;&amp;&gt;\">1 -2 3% "
				 "\xe2\x80\x93</a>"));
	v2v_text_clear(&t);
	v2v_html(&t, "%s",
		"a\x01\t\n\x7f\xc2\x85\xe2\x80\xae\xe2\x81\xa6"
		"\xef\xbb\xbf\xff\xc3\xa9");
	assert(v2v_streq(t.data, "a\xef\xbf\xbd\t\xef\xbf\xbd\xef\xbf\xbd"
				 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
				 "\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9"));
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CLEANUP_FREE char *size = v2v_html_size(sizes[i].bytes);

		assert(v2v_streq(size, sizes[i].text));
	}
}

/* A line of the guest's that looks like a header is not one. */
static void test_diff(void)
{
	static const char first[] = "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n"
				    "--- a/etc/shadow\n-y\n+++ b/etc/shadow\n"
				    "\\ No newline at end of file\n";
	static const char second[] =
		"--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+z";
	CLEANUP_FREE char *both = v2v_format("%s%s", first, second);
	struct v2v_diff diff;
	const char *at = both;

	assert(v2v_diff_next(&at, &diff));
	assert(diff.length == strlen(first) && v2v_diff_is_of(&diff, "/x"));
	assert(!v2v_diff_is_of(&diff, "/etc/shadow"));
	assert(v2v_diff_next(&at, &diff));
	assert(diff.length == strlen(second) && v2v_diff_is_of(&diff, "/y"));
	assert(!v2v_diff_is_of(&diff, "/"));
	assert(!v2v_diff_next(&at, &diff));
}

/* A PNG of @width, with @behind after its end; its path, the caller's. */
static char *make_picture(unsigned char width, const char *behind)
{
	const unsigned char png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a,
		'\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', width, 0, 0, 1, 0, 0, 0,
		2, 8, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 1,
		2, 3, 4 };
	char *path = v2v_format("%s/screen.png", dir);
	FILE *f = fopen(path, "w");

	assert(f && fwrite(png, sizeof png, 1, f) == 1);
	fputs(behind, f);
	fclose(f);
	return path;
}

/* What is not a PNG, or has more behind it, is not shown. */
static void test_picture(void)
{
	static const struct {
		unsigned char width;
		const char *behind, *error;
	} pictures[] = {
		{ 0, "", NULL },
		{ 0, "x", "is not a PNG" },
		{ 1, "", "has not the size of a screen" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pictures); i++) {
		struct v2v_text t CLEANUP_TEXT = { 0 };
		CLEANUP_FREE char *path =
			make_picture(pictures[i].width, pictures[i].behind);
		struct v2v_error err = { 0 };
		int64_t width = 0, height = 0;
		int r = v2v_report_picture(path, &t, &width, &height, &err);

		assert((r < 0) == (pictures[i].error != NULL));
		if (r < 0)
			assert(strstr(err.text, pictures[i].error));
		else
			assert(width == 1 && height == 2 &&
				v2v_streq(t.data,
					"iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAAAAA"
					"ABAgMEAAAAAElFTkQBAgME"));
		unlink(path);
	}
}

static json_t *all_reported; /* array: documents for a page of several */

static void compare_page(const char *expected, const json_t *doc)
{
	const char *made =
		v2v_doc_string(json_object_get(doc, "metadata"), "file");
	CLEANUP_FREE char *text = read_whole(made);
	CLEANUP_FREE char *want = read_whole(expected);

	same(expected, text, want);
	unlink(made);
}

static void test_report(const char *file)
{
	json_auto_t *doc = json_load_file(file, 0, NULL);
	json_auto_t *before = json_deep_copy(doc);
	CLEANUP_FREE char *expected = beside(file, ".html");
	CLEANUP_FREE char *name = v2v_strndup(v2v_base_name(file),
		strlen(v2v_base_name(file)) - strlen(".json"));
	struct v2v_meta_options opt = V2V_OPTIONS(
		meta, .out_dir = dir, .type = "report", .name = name);
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();

	fprintf(stderr, "report: %s\n", file);
	assert(doc && v2v_report_check(doc, &err) == 0);
	json_array_append_new(all_reported, json_deep_copy(doc));
	if (v2v_meta(v, doc, &opt, &err) < 0)
		fprintf(stderr, "  %s: %s\n", err.code, err.text);
	assert(!err.code);
	compare_page(expected, doc);
	/* Nothing else of the document is changed, warnings neither. */
	json_object_del(before, "metadata");
	json_object_del(doc, "metadata");
	assert(json_equal(doc, before));
	v2v_free(v);
}

static void test_report_of_all(void)
{
	struct v2v_meta_options opt = V2V_OPTIONS(meta, .out_dir = dir);
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();
	json_t *doc;
	size_t i;

	assert(v2v_report(v, all_reported, &opt, &err) == 0);
	json_array_foreach (all_reported, i, doc)
		assert(v2v_ends_with(
			v2v_doc_string(
				json_object_get(doc, "metadata"), "file"),
			"/report.html"));
	compare_page("tests/data/meta/report/several.html",
		json_array_get(all_reported, 0));
	json_object_del(json_array_get(all_reported, 1), "source");
	opt.force = true;
	assert(v2v_report(v, all_reported, &opt, &err) < 0);
	assert(v2v_streq(err.code, "section-missing"));
	assert(strstr(err.text, "machine 2: "));
	v2v_free(v);
}

/* A page that is expected is of a document that there is. */
static void test_page(const char *file)
{
	CLEANUP_FREE char *document = beside(file, ".json");

	assert(access(document, F_OK) == 0 ||
		v2v_ends_with(file, "/several.html"));
}

int main(void)
{
	CLEANUP_FREE char *own = v2v_make_dir("/tmp", "test-report-", NULL);

	dir = own;
	test_html();
	test_diff();
	test_picture();
	all_reported = json_array();
	each_case("tests/data/meta/report/*.json", 6, test_report);
	test_report_of_all();
	json_decref(all_reported);
	each_case("tests/data/meta/report/*.html", 7, test_page);
	v2v_remove_tree(own);
	return 0;
}
