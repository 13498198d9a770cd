/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks and removables to buses and slots: the cases are data. */
#include "cases.h"

#include "core/doc.h"
#include "model/assign.h"
#include "model/letters.h"
#include "model/targets.h"

static void test_names(void)
{
	static const struct {
		size_t index;
		const char *name;
	} names[] = { { 0, "vda" }, { 25, "vdz" }, { 26, "vdaa" },
		{ 51, "vdaz" }, { 52, "vdba" }, { 701, "vdzz" },
		{ 702, "vdaaa" } };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *name = v2v_assign_name("vd", names[i].index);

		assert(v2v_streq(name, names[i].name));
	}
}

/* "0 virtio-blk 0 vda" for each disk, "cdrom ide 0" for each removable. */
static json_t *describe(
	const struct v2v_list *targets, const struct v2v_list *slots)
{
	json_t *lines = json_array();

	v2v_list_foreach (struct v2v_target, t, targets)
		json_array_append_new(lines,
			json_sprintf("%lld %s %lld %s", (long long)t->disk,
				t->bus, (long long)t->slot, t->dev));
	v2v_list_foreach (struct v2v_removable_slot, s, slots)
		json_array_append_new(
			lines, json_sprintf("%s %s %lld", s->type, s->bus,
				       (long long)s->slot));
	return lines;
}

static void test_case(const char *file)
{
	json_auto_t *doc = json_load_file(file, 0, NULL), *lines = NULL;
	const json_t *error = json_object_get(doc, "error");
	CLEANUP_SOURCE struct v2v_source source = { 0 };
	CLEANUP_GUESTCAPS struct v2v_guestcaps caps = { 0 };
	CLEANUP_INSPECT struct v2v_inspect inspect = { 0 };
	CLEANUP_TARGETS struct v2v_list targets = { 0 };
	CLEANUP_SLOTS struct v2v_list slots = { 0 };
	bool is_converted = v2v_doc_has(doc, "guestcaps");
	struct v2v_error err = { 0 };
	int r;

	fprintf(stderr, "%s\n", file);
	assert(v2v_source_load(doc, &source, &err) == 0);
	assert(!is_converted || v2v_guestcaps_load(doc, &caps, &err) == 0);
	assert(v2v_targets_load(doc, &source, &targets, &err) == 0);
	inspect.type =
		v2v_strdup(json_string_value(json_object_get(doc, "type")));
	if (json_is_true(json_object_get(doc, "names_disks")))
		v2v_finding_add(&inspect, "note", "bsd-disk-name",
			"/etc/fstab:1", "da0 is ada0");
	r = v2v_assign(&source, is_converted ? &caps : NULL, &inspect, &targets,
		&slots, &err);
	if (error) {
		assert(r < 0);
		assert(strstr(err.text, json_string_value(error)));
		return;
	}
	assert(r == 0);
	lines = describe(&targets, &slots);
	if (!json_equal(lines, json_object_get(doc, "expect")))
		json_dumpf(lines, stderr, JSON_INDENT(2));
	assert(json_equal(lines, json_object_get(doc, "expect")));
}

int main(void)
{
	test_names();
	each_case("tests/data/assign/*.json", 14, test_case);
	return 0;
}
