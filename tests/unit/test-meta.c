/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every type of metadata: tests/data/meta/TYPE/NAME.json is a document, and
 * NAME with the suffix of the type's files (.xml) the expected result, or
 * NAME.error a part of the error.  With an argument, a directory, what is made
 * is left there instead of compared.
 */
#include "cases.h"

#include "core/file.h"
#include "meta/libvirt.h"

static char *read_text(const char *file)
{
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(file, &size, NULL);
	char *text;

	if (fd < 0)
		return NULL;
	text = v2v_alloc(size + 1, 1);
	assert(v2v_pread_all(fd, file, text, size, 0, NULL) == 0);
	return text;
}

static char *sibling(const char *file, const char *suffix)
{
	return v2v_format(
		"%.*s%s", (int)(strlen(file) - strlen(".json")), file, suffix);
}

static void compare(const char *file, const json_t *doc)
{
	const json_t *metadata = json_object_get(doc, "metadata");
	const char *made = json_string_value(json_object_get(metadata, "file"));
	CLEANUP_FREE char *expected_file = sibling(file, strrchr(made, '.'));
	CLEANUP_FREE char *text = read_text(made);
	CLEANUP_FREE char *expected = read_text(expected_file);

	assert(text);
	if (!v2v_streq(text, expected))
		fprintf(stderr, "%s differs from %s\n", made, expected_file);
	assert(v2v_streq(text, expected));
	unlink(made);
}

/* "libvirt" of tests/data/meta/libvirt/NAME.json; the caller's. */
static char *folder_of(const char *file)
{
	CLEANUP_FREE char *folder = v2v_strdup(file);

	*strrchr(folder, '/') = '\0';
	return v2v_strdup(strrchr(folder, '/') + 1);
}

/* Where the XML goes: a folder that is named is kept. */
static const char *dir;
static bool is_kept;

static void test_case(const char *file)
{
	json_auto_t *doc = json_load_file(file, 0, NULL);
	json_auto_t *before = json_deep_copy(doc);
	CLEANUP_FREE char *error_file = sibling(file, ".error");
	CLEANUP_FREE char *error = read_text(error_file);
	CLEANUP_FREE char *type = folder_of(file);
	struct v2v_meta_options opt = V2V_OPTIONS(
		meta, .out_dir = dir, .type = type, .force = is_kept);
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();
	int r;

	fprintf(stderr, "%s\n", file);
	assert(doc);
	r = v2v_meta(v, doc, &opt, &err);
	if (r < 0)
		fprintf(stderr, "  %s: %s\n", err.code, err.text);
	assert((r < 0) == (error != NULL));
	if (error) {
		error[strcspn(error, "\n")] = '\0';
		assert(strstr(err.text, error));
		assert(json_equal(doc, before));
	} else if (!is_kept)
		compare(file, doc);
	v2v_free(v);
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

int main(int argc, char **argv)
{
	CLEANUP_FREE char *own = v2v_make_dir("/tmp", "test-meta-", NULL);

	test_os_ids();
	test_xml();
	is_kept = argc > 1;
	dir = is_kept ? argv[1] : own;
	each_case("tests/data/meta/*/*.json", 20, test_case);
	v2v_remove_tree(own);
	return 0;
}
