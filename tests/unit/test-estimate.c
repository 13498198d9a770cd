/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The estimate: its formula, the room in the guest, whole documents. */
#include "cases.h"

#include "estimate/formula.h"
#include "model/space.h"

#include "core/handle.h"

static void test_known_case(void)
{
	struct v2v_fs_sums sums = { 19302187008, 18063679488 };
	uint64_t saving = v2v_formula_saving(&sums, 21474836480);

	assert(saving == 16236143164);
	assert(v2v_formula_estimate(21474836480, saving, 21474836480) ==
		5238693316);
}

static void test_limits(void)
{
	struct v2v_fs_sums huge = { INT64_MAX, INT64_MAX };
	struct v2v_fs_sums none = { 0, 0 };

	assert(v2v_formula_saving(&huge, INT64_MAX) == INT64_MAX);
	assert(v2v_formula_saving(&huge, 512) == 512);
	assert(v2v_formula_saving(&none, 512) == 0);
	assert(v2v_formula_saving(&huge, 0) == 0);
	assert(v2v_formula_estimate(0, 0, 0) == 0);
	assert(v2v_formula_estimate(512, 512, 512) == 0);
	assert(v2v_formula_estimate(INT64_MAX, INT64_MAX, INT64_MAX) == 0);
}

/* The members of @expected must be @got's; arrays element by element. */
static bool contains(const json_t *got, const json_t *expected)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_object(expected)) {
		json_object_foreach ((json_t *)expected, key, value)
			if (!contains(json_object_get(got, key), value))
				return false;
		return true;
	}
	if (!json_is_array(expected))
		return json_equal(got, expected);
	json_array_foreach (expected, i, value)
		if (!contains(json_array_get(got, i), value))
			return false;
	return json_array_size(got) == json_array_size(expected);
}

/* A case: a document, and `expect` (members of it afterwards) or `error`. */
static void test_case(const char *file)
{
	json_auto_t *test = json_load_file(file, 0, NULL);
	json_t *doc = json_object_get(test, "document");
	const json_t *error = json_object_get(test, "error");
	json_auto_t *before = json_deep_copy(doc);
	/* Whether there is room for 40 GB is not what the others ask. */
	struct v2v_estimate_options opt =
		V2V_OPTIONS(estimate, .out_dir = error ? "/tmp" : NULL);
	struct v2v_error err = { 0 };
	struct v2v *v = v2v_new();
	int r;

	fprintf(stderr, "%s\n", file);
	assert(test && doc);
	r = v2v_estimate(v, doc, &opt, &err);
	if (r < 0)
		fprintf(stderr, "  %s: %s\n", err.code, err.text);
	if (error) {
		assert(r < 0);
		assert(strstr(err.text, json_string_value(error)));
		assert(json_equal(doc, before));
	} else {
		assert(r == 0);
		assert(contains(doc, json_object_get(test, "expect")));
	}
	v2v_free(v);
}

int main(void)
{
	test_known_case();
	test_limits();
	each_case("tests/data/estimate/*.json", 16, test_case);
	return 0;
}
