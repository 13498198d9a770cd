/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors other than OVF: NAME.vmx, .xml, .vbox, .metadata as the source
 * section in NAME.json (with href and foreign of each disk, and the codes of
 * warnings), or refused with the words in NAME.error. */
#include "cases.h"

#include "unpack/libvirt.h"
#include "unpack/vagrant.h"
#include "unpack/vbox.h"
#include "unpack/vmx.h"

static struct v2v *v;
static const char *suffix;
static const struct v2v_descriptor_ops *kind;

/* The warnings that were given, so far. */
static json_t *codes_of(const struct v2v *handle)
{
	json_t *codes = json_array(), *warning;
	size_t i;

	json_array_foreach (handle->warnings, i, warning)
		json_array_append(codes, json_object_get(warning, "code"));
	return codes;
}

static json_t *as_json(const struct v2v_descriptor *descriptor)
{
	const struct v2v_descriptor_machine *m = descriptor->machines.items;
	json_t *source = v2v_source_store(&m->source), *disk;
	size_t i;

	assert(descriptor->machines.count == 1 && m->chosen);
	assert(descriptor->kind == kind);
	json_array_foreach (json_object_get(source, "disks"), i, disk) {
		const struct v2v_descriptor_disk *more =
			v2v_items(struct v2v_descriptor_disk, &m->disks) + i;

		json_object_set_new(disk, "href", v2v_json_text(more->href));
		json_object_set_new(
			disk, "stated", v2v_json_text(more->format));
		json_object_set_new(
			disk, "foreign", json_boolean(more->foreign));
	}
	json_object_set_new(source, "warnings", codes_of(v));
	return source;
}

static int read_case(
	const char *path, struct v2v_descriptor *ret, struct v2v_error *err)
{
	CLEANUP_FREE char *name = beside(path, suffix), *text = NULL;
	struct v2v_descriptor_choice choice = { NULL, NULL, name };
	size_t size;

	text = read_whole_size(name, &size);
	v2v_step_begin(v, "unpack", NULL);
	json_array_clear(v->warnings);
	if (!strcmp(suffix, ".metadata"))
		choice.file = "metadata.json";
	return v2v_descriptor_read(
		v, text, size, &choice, "fallback", ret, err);
}

static void test_good(const char *path)
{
	struct v2v_descriptor descriptor = { .kind = NULL };
	struct v2v_error err = { 0 };
	json_auto_t *want = json_load_file(path, 0, NULL);
	json_auto_t *got = NULL;

	read_case(path, &descriptor, &err);
	same(path, err.text, "");
	got = as_json(&descriptor);
	same_json(path, got, want);
	v2v_descriptor_clear(&descriptor);
}

static void test_bad(const char *path)
{
	struct v2v_descriptor descriptor = { .kind = NULL };
	struct v2v_error err = { 0 };
	CLEANUP_FREE char *words = read_whole(path);

	words[strcspn(words, "\n")] = '\0';
	if (read_case(path, &descriptor, &err) == 0)
		same(path, "(read)", words);
	if (!strstr(err.text, words))
		same(path, err.text, words);
}

/* A start of any length is told, and the whole text is of the same kind. */
static void test_kind(const char *path)
{
	CLEANUP_FREE char *text = NULL;
	size_t size;

	text = read_whole_size(path, &size);
	for (size_t n = 0; n < size && n < 600; n++)
		v2v_descriptor_kind((const unsigned char *)text, n);
	if (size > 512 &&
		v2v_descriptor_kind((const unsigned char *)text, 512) != kind)
		same(path, "another kind", kind->name);
}

static void test_all(const char *folder, const char *of,
	const struct v2v_descriptor_ops *ops, size_t good, size_t bad)
{
	CLEANUP_FREE char *json = v2v_format("tests/data/%s/*.json", folder);
	CLEANUP_FREE char *error = v2v_format("tests/data/%s/*.error", folder);
	CLEANUP_FREE char *inputs = v2v_format("tests/data/%s/*%s", folder, of);

	suffix = of;
	kind = ops;
	each_case(json, good, test_good);
	each_case(error, bad, test_bad);
	each_file(inputs, test_kind);
}

/* What is not a VMX, though it looks like one. */
static void test_others(void)
{
	static const char *const texts[] = {
		"",
		"\n\n# only comments\n",
		"# Disk DescriptorFile\nversion=1\ncreateType=\"vmfs\"\n",
		".encoding = \"UTF-8\"\nsnapshot.lastUID = \"2\"\n",
		"[section]\nmemsize = 1\n",
		"PATH=/bin\nHOME=/root\n",
		"<domain type='kvm'>",
		"memsize\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (v2v_vmx_is_one(
			    (const unsigned char *)texts[i], strlen(texts[i])))
			same(texts[i], "a VMX", "not one");
}

int main(void)
{
	v = v2v_new();
	test_all("vmx", ".vmx", &v2v_descriptor_vmx, 60, 15);
	test_all("libvirt-domain", ".xml", &v2v_descriptor_libvirt, 13, 10);
	test_all("vbox", ".vbox", &v2v_descriptor_vbox, 10, 10);
	test_all("vagrant", ".metadata", &v2v_descriptor_vagrant, 3, 5);
	test_others();
	v2v_free(v);
	return 0;
}
