/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs that were compiled with another version's v2v.h. */
#undef NDEBUG
#include "core/options.h"

#include <assert.h>

/* The struct as this library has it, as 0.1.0 had it, and as a later one will.
 */
struct now {
	size_t size;
	const char *dir;
	bool force;
	char reserved[7];
	const char *added;
};

struct older {
	size_t size;
	const char *dir;
	bool force;
	char reserved[7];
};

struct newer {
	struct now now;
	bool later;
	char reserved[7];
};

static int read_now(struct now *known, const void *given, struct v2v_error *err)
{
	memset(known, 0xff, sizeof *known);
	return v2v_options_copy("v2v_x", known, sizeof *known, given, err);
}

static void test_same(void)
{
	const struct now given = { sizeof given, "/vm", true, "", "more" };
	struct now known;

	assert(read_now(&known, &given, NULL) == 0);
	assert(known.size == sizeof known && known.force);
	assert(v2v_streq(known.dir, "/vm") && v2v_streq(known.added, "more"));
	assert(read_now(&known, NULL, NULL) == 0);
	assert(known.size == sizeof known && !known.force);
	assert(!known.dir && !known.added);
}

/* What lies behind the caller's struct is not its own. */
static void test_older(void)
{
	struct {
		struct older older;
		const char *behind;
	} given = { { sizeof given.older, "/vm", true, "" }, "not an option" };
	struct now known;

	assert(read_now(&known, &given.older, NULL) == 0);
	assert(known.size == sizeof known && known.force);
	assert(v2v_streq(known.dir, "/vm") && !known.added);
}

static void test_newer(void)
{
	struct newer given = { { sizeof given, "/vm", false, "", "more" },
		false, "" };
	struct v2v_error err = { 0 };
	struct now known;

	assert(read_now(&known, &given, &err) == 0);
	assert(v2v_streq(known.dir, "/vm") && v2v_streq(known.added, "more"));
	given.later = true;
	assert(read_now(&known, &given, &err) < 0);
	assert(v2v_streq(err.code, "bad-option"));
	assert(strstr(err.text, "v2v_x()") && strstr(err.text, V2V_VERSION));
}

static void test_no_size(void)
{
	static const size_t sizes[] = { 0, 1, sizeof(size_t) - 1, 4097,
		SIZE_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct now known, given = { sizes[i], NULL, false, "", NULL };
		struct v2v_error err = { 0 };

		assert(read_now(&known, &given, &err) < 0);
		assert(v2v_streq(err.code, "bad-option"));
		assert(strstr(err.text, "V2V_OPTIONS"));
	}
}

/* Every function of v2v.h looks at the size before all else. */
static void test_functions(void)
{
	const struct v2v_inspect_options inspect = { .root = "first" };
	const struct v2v_unpack_options unpack = { .name = "x" };
	const struct v2v_overlay_options overlay = { .workdir = "/" };
	const struct v2v_estimate_options estimate = { .format = "raw" };
	const struct v2v_convert_options convert = { .dry_run = true };
	const struct v2v_convert_options nested =
		V2V_OPTIONS(convert, .inspect = &inspect);
	const struct v2v_copy_options copy = { .out_dir = "/" };
	const struct v2v_meta_options meta = { .force = true };
	const char *const files[] = { "/", NULL };
	json_auto_t *doc = json_object(), *docs = NULL;
	struct v2v *v = v2v_new();
	struct v2v_error e[10] = { 0 };

	assert(v2v_unpack(v, files, &unpack, &docs, &e[0]) < 0 && !docs);
	assert(v2v_overlay(v, doc, &overlay, &e[1]) < 0);
	assert(v2v_inspect_check(&inspect, &e[2]) < 0);
	assert(v2v_inspect(v, doc, &inspect, &e[3]) < 0);
	assert(v2v_estimate(v, doc, &estimate, &e[4]) < 0);
	assert(v2v_convert(v, doc, &convert, &e[5]) < 0);
	assert(v2v_convert(v, doc, &nested, &e[6]) < 0);
	assert(v2v_undo(v, doc, "/", &convert, &e[7]) < 0);
	assert(v2v_copy(v, doc, &copy, &e[8]) < 0);
	assert(v2v_meta(v, doc, &meta, &e[9]) < 0);
	for (size_t i = 0; i < ARRAY_SIZE(e); i++) {
		assert(v2v_streq(e[i].code, "bad-option"));
		assert(strstr(e[i].text, "V2V_OPTIONS"));
	}
	assert(json_object_size(doc) == 0);
	v2v_free(v);
}

/* The structs of version 0.1.0, which end in no padding: it would not be zero.
 * An option that is added comes behind these, and a new row says where. */
#define LAYOUT(step, last, at)                                                 \
	{                                                                      \
		sizeof(struct v2v_##step##_options),                           \
			offsetof(struct v2v_##step##_options, last) +          \
				sizeof(V2V_OPTIONS(step).last),                \
			at                                                     \
	}

static void test_layout(void)
{
	static const struct {
		size_t now, end, at_0_1_0;
	} structs[] = {
		LAYOUT(unpack, snapshot, 88),
		LAYOUT(overlay, workdir, 16),
		LAYOUT(inspect, block_driver, 48),
		LAYOUT(estimate, reserved, 32),
		LAYOUT(convert, firstboot, 72),
		LAYOUT(copy, resume, 80),     /* bwlimit: 72 */
		LAYOUT(meta, name_space, 80), /* reserved: 48 */
		LAYOUT(confine, reserved, 48),
	};

	for (size_t i = 0; i < ARRAY_SIZE(structs); i++) {
		assert(structs[i].now == structs[i].end);
		assert(sizeof(void *) != 8 ||
			structs[i].now == structs[i].at_0_1_0);
	}
}

int main(void)
{
	test_same();
	test_older();
	test_newer();
	test_no_size();
	test_functions();
	test_layout();
	return 0;
}
