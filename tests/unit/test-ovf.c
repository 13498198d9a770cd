/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OVF descriptors: NAME.ovf as the source section in NAME.json (with href and
 * capacity of each disk), or refused with the words in NAME.error. */
#include "cases.h"

#include "unpack/ovf.h"

static struct v2v *v;

static json_t *machine_as_json(const struct v2v_descriptor_machine *machine)
{
	json_t *source = v2v_source_store(&machine->source), *disk;
	size_t i;

	json_array_foreach (json_object_get(source, "disks"), i, disk) {
		const struct v2v_descriptor_disk *more =
			v2v_items(struct v2v_descriptor_disk, &machine->disks) +
			i;

		json_object_set_new(disk, "href", v2v_json_text(more->href));
		json_object_set_new(
			disk, "capacity", json_integer(more->capacity));
	}
	return source;
}

/* One machine as an object, several as an array. */
static json_t *as_json(const struct v2v_descriptor *ovf)
{
	json_t *all = json_array(), *one;

	v2v_list_foreach (
		const struct v2v_descriptor_machine, m, &ovf->machines)
		json_array_append_new(all, machine_as_json(m));
	if (json_array_size(all) != 1)
		return all;
	one = json_incref(json_array_get(all, 0));
	json_decref(all);
	return one;
}

/* "NAME@CONFIGURATION.json" is NAME.ovf with that configuration. */
static int read_ovf(
	const char *path, struct v2v_descriptor *ovf, struct v2v_error *err)
{
	CLEANUP_FREE char *base = beside(path, "");
	char *configuration = strchr(base, '@');
	CLEANUP_FREE char *name = NULL, *text = NULL;
	struct v2v_descriptor_choice choice = { NULL, NULL, NULL };
	size_t size;

	if (configuration)
		*configuration++ = '\0';
	name = v2v_format("%s.ovf", base);
	text = read_whole_size(name, &size);
	choice.configuration = configuration;
	return v2v_descriptor_read(
		v, text, size, &choice, "fallback", ovf, err);
}

static void test_good(const char *path)
{
	struct v2v_descriptor ovf CLEANUP_DESCRIPTOR = { 0 };
	struct v2v_error err = { 0 };
	json_auto_t *want = json_load_file(path, 0, NULL);
	json_auto_t *got = NULL;

	read_ovf(path, &ovf, &err);
	same(path, err.text, "");
	got = as_json(&ovf);
	if (!json_equal(got, want)) {
		CLEANUP_FREE char *a =
			json_dumps(got, JSON_INDENT(1) | JSON_SORT_KEYS);
		CLEANUP_FREE char *b =
			json_dumps(want, JSON_INDENT(1) | JSON_SORT_KEYS);

		same(path, a, b);
	}
}

static void test_bad(const char *path)
{
	struct v2v_descriptor ovf CLEANUP_DESCRIPTOR = { 0 };
	struct v2v_error err = { 0 };
	CLEANUP_FREE char *words = read_whole(path);

	words[strcspn(words, "\n")] = '\0';
	if (read_ovf(path, &ovf, &err) == 0)
		same(path, "(read)", words);
	if (!strstr(err.text, words))
		same(path, err.text, words);
}

static void test_units(void)
{
	static const struct {
		const char *text;
		uint64_t factor;
	} cases[] = {
		{ "byte", 1 },
		{ "byte * 2^20", 1 << 20 },
		{ "byte * 2 ^ 30", 1 << 30 },
		{ "byte*1024*1024", 1 << 20 },
		{ "MegaBytes", 1 << 20 },
		{ "GB", 1 << 30 },
		{ "GigaByte", 1 << 30 },
		{ "KiloBytes", 1 << 10 },
		{ "bytes * 10^3", 1000 },
		{ "furlongs", 0 },
		{ "", 0 },
		{ "byte * 2^99", 0 },
		{ "byte *", 0 },
		{ "byte + 1", 0 },
		{ "hertz * 10^6", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t factor = 0;

		assert(v2v_ovf_unit(cases[i].text, &factor) ==
			(cases[i].factor != 0));
		assert(factor == cases[i].factor);
	}
}

int main(void)
{
	v = v2v_new();
	test_units();
	each_case("tests/data/ovf/*.json", 8, test_good);
	each_case("tests/data/ovf/*.error", 14, test_bad);
	v2v_free(v);
	return 0;
}
