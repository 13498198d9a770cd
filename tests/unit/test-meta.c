/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every type of metadata: tests/data/meta/documents/NAME.json is a document,
 * and tests/data/meta/TYPE/NAME with the suffix of each of the type's files the
 * expected result, or NAME.error, of one type or of the documents, a part of
 * the error.
 */
#include "cases.h"

#include "core/file.h"
#include "meta/libvirt.h"
#include "meta/names.h"
#include "meta/shell.h"
#include "meta/yaml.h"

#define DOCUMENTS "tests/data/meta/documents/"

static const char *dir; /* where the files go */

/* "NAME" of ".../NAME.json"; the caller's. */
static char *stem(const char *path)
{
	const char *base = v2v_base_name(path);

	return v2v_strndup(base, strcspn(base, "."));
}

/* The text of @made is that of the type's file of that suffix. */
static void compare(const char *type, const char *name, const char *made)
{
	CLEANUP_FREE char *expected = v2v_format(
		"tests/data/meta/%s/%s%s", type, name, strrchr(made, '.'));
	CLEANUP_FREE char *text = read_whole(made);
	CLEANUP_FREE char *want = read_whole(expected);
	bool is_script = v2v_ends_with(made, ".sh");

	same(expected, text, want);
	assert((access(made, X_OK) == 0) == is_script);
	unlink(made);
}

static void compare_all(const char *type, const char *name, const json_t *doc)
{
	const json_t *metadata = json_object_get(doc, "metadata");
	const json_t *files = json_object_get(metadata, "files");
	CLEANUP_FREE char *pattern =
		v2v_format("tests/data/meta/%s/%s.*", type, name);
	json_t *file;
	size_t i;
	glob_t found;

	assert(json_equal(
		json_object_get(metadata, "file"), json_array_get(files, 0)));
	json_array_foreach (files, i, file)
		compare(type, name, json_string_value(file));
	assert(glob(pattern, 0, NULL, &found) == 0);
	assert(found.gl_pathc == json_array_size(files));
	globfree(&found);
}

/* The part of the error that is expected, the caller's; NULL: none is. */
static char *expected_error(const char *type, const char *name)
{
	CLEANUP_FREE char *all = v2v_format(DOCUMENTS "%s.error", name);
	CLEANUP_FREE char *own =
		v2v_format("tests/data/meta/%s/%s.error", type, name);
	char *text;

	if (access(all, F_OK) == 0)
		text = read_whole(all);
	else if (access(own, F_OK) == 0)
		text = read_whole(own);
	else
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void test_type(const char *file, const char *type)
{
	json_auto_t *doc = json_load_file(file, 0, NULL);
	json_auto_t *before = json_deep_copy(doc);
	CLEANUP_FREE char *name = stem(file);
	CLEANUP_FREE char *error = expected_error(type, name);
	struct v2v_meta_options opt =
		V2V_OPTIONS(meta, .out_dir = dir, .type = type);
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();
	int r;

	fprintf(stderr, "%s: %s\n", type, file);
	assert(doc);
	r = v2v_meta(v, doc, &opt, &err);
	if (r < 0)
		fprintf(stderr, "  %s: %s\n", err.code, err.text);
	assert((r < 0) == (error != NULL));
	if (error) {
		assert(strstr(err.text, error));
		assert(json_equal(doc, before));
	} else
		compare_all(type, name, doc);
	v2v_free(v);
}

/* The report is of any document: test-report.c. */
static void test_document(const char *file)
{
	for (const char *const *type = v2v_meta_types(); *type; type++)
		if (!v2v_streq(*type, "report"))
			test_type(file, *type);
}

/* What is expected is of a document that there is. */
static void test_expected(const char *file)
{
	CLEANUP_FREE char *name = stem(file);
	CLEANUP_FREE char *document = v2v_format(DOCUMENTS "%s.json", name);

	assert(access(document, F_OK) == 0);
}

static void test_os_ids(void)
{
	static const char *const ids[][2] = {
		{ "debian12", "http://debian.org/debian/12" },
		{ "centos7.0", "http://centos.org/centos/7.0" },
		{ "sles12sp5", "http://suse.com/sles/12.5" },
		{ "sle15sp3", "http://suse.com/sle/15.3" },
		{ "almalinux9", "http://almalinux.org/almalinux/9" },
		{ "centos-stream9", "http://centos.org/centos-stream/9" },
		{ "ol8.5", "http://oracle.com/ol/8.5" },
		{ "alpinelinux3.17",
			"http://alpinelinux.org/alpinelinux/3.17" },
		{ "nixos-22.05", "http://nixos.org/nixos/22.05" },
		{ "popos20.10", "http://system76.com/popos/20.10" },
		{ "opensusetumbleweed",
			"http://opensuse.org/opensuse/tumbleweed" },
		{ "archlinux", "http://archlinux.org/archlinux/rolling" },
		{ "archlinux1", NULL },
		{ "win2k19", "http://microsoft.com/win/2k19" },
		{ "beos5", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		CLEANUP_FREE char *id = v2v_libvirt_os_id(ids[i][0]);

		assert(v2v_streq(id, ids[i][1]));
	}
}

static void test_xml(void)
{
	CLEANUP_XML struct v2v_xml *xml = v2v_xml_new();
	CLEANUP_FREE char *text = NULL;

	v2v_xml_comment(xml, "a -- b ---");
	v2v_xml_open(xml, "x", "a", "\"<&>'", "left-out", NULL);
	v2v_xml_text(xml, "y", "%s", "\x01<\xc3\xa9>\xef\xbf\xbf");
	text = v2v_xml_take(xml);
	assert(v2v_streq(text, "<!-- a - - b - - - -->\n"
			       "<x a=\"&quot;&lt;&amp;&gt;'\">\n"
			       "  <y>_&lt;\xc3\xa9&gt;_</y>\n"
			       "</x>\n"));
	assert(v2v_xml_holds("/caf\xc3\xa9/x"));
	assert(!v2v_xml_holds("/a\nb\x02"));
	assert(!v2v_xml_holds("\xff"));
}

static void test_shell(void)
{
	struct v2v_text t CLEANUP_TEXT = { 0 };

	v2v_shell_word(&t, "/plain,x=1");
	v2v_shell_add(&t, "%s", "");
	v2v_shell_add(&t, "a'%s\n", "$(b)");
	v2v_shell_add(&t, "~");
	assert(v2v_streq(t.data, "/plain,x=1 '' 'a'\\''$(b)\n' '~'"));
	v2v_text_clear(&t);
	v2v_shell_comment(&t, "%s", "a\nb\xc2\x85\xe2\x80\xa8\x7f\xc3\xa9");
	assert(v2v_streq(t.data, "# a_b___\xc3\xa9\n"));
	assert(v2v_shell_comment_holds("/caf\xc3\xa9"));
	assert(!v2v_shell_comment_holds("/a\xe2\x80\xa9"));
}

static void test_yaml(void)
{
	struct v2v_text t CLEANUP_TEXT = { 0 };
	json_auto_t *value = json_pack("{s:s, s:[s, i, b], s:{}, s:s}", "a",
		"no", "b", "plain", 7, 0, "c", "d: e", "\n\xe2\x80\xa8#'");

	v2v_yaml_add(&t, value);
	assert(v2v_streq(t.data,
		"---\na: \"no\"\nb:\n- plain\n- 7\n- false\nc: {}\n"
		"\"d: e\": \"\\n\\L#'\"\n"));
}

static void test_names(void)
{
	static const struct {
		const char *name, *label;
		size_t most;
	} names[] = {
		{ "My VM_1", "my-vm-1", 63 },
		{ "--a..b--", "a-b", 63 },
		{ "abcdef", "abc", 3 },
		{ "ab-cd", "ab", 3 },
		{ "\xc3\xa9", "machine", 63 },
		{ "", "machine", 63 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *label =
			v2v_names_label(names[i].name, names[i].most);

		assert(v2v_streq(label, names[i].label));
	}
}

int main(void)
{
	CLEANUP_FREE char *own = v2v_make_dir("/tmp", "test-meta-", NULL);

	test_os_ids();
	test_xml();
	test_shell();
	test_yaml();
	test_names();
	dir = own;
	each_case(DOCUMENTS "*.json", 26, test_document);
	each_case("tests/data/meta/[!dr]*/*.*", 150, test_expected);
	v2v_remove_tree(own);
	return 0;
}
