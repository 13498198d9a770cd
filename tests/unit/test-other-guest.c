/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document whose inspection is of another machine is not converted; one that
 * says less, or says it otherwise, is. */
#include "family.h"
#include "tree-diff.h"

#include "v2v.h"

#define GUEST  "tests/data/families/debian-12.guest"
#define ROOT   "6f3a2c1e-0b7d-4f7e-9a55-1d2c3b4a5e60"
#define OTHER  "6f3a2c1e-0b7d-4f7e-9a55-1d2c3b4a5e61"
#define SHOUTS "6F3A2C1E-0B7D-4F7E-9A55-1D2C3B4A5E60"

/* As a program calls it, with a document from elsewhere. */
static void call(struct family *f, json_t *doc, bool inspects,
	const struct v2v_convert_options *options, struct v2v_error *err)
{
	struct v2v *v = v2v_new();

	fake_machine = &f->machine;
	v2v_set_tmpdir(v, work);
	v2v_set_backend(v, "libguestfs", NULL);
	if (inspects)
		assert(v2v_inspect(v, doc, NULL, err) == 0);
	else
		v2v_convert(v, doc, options, err);
	v2v_free(v);
}

/* What is to be converted has the document changed in one filesystem: @index,
 * or one more, which is like the first. */
static json_t *changed(
	const json_t *doc, int index, const char *key, const char *value)
{
	json_t *copy = json_deep_copy(doc);
	json_t *list = json_object_get(
		json_object_get(copy, "inspect"), "filesystems");

	if ((size_t)index == json_array_size(list))
		json_array_append_new(
			list, json_deep_copy(json_array_get(list, 0)));
	json_object_set_new(json_array_get(list, (size_t)index), key,
		value ? json_string(value) : json_null());
	return copy;
}

static void check(const char *text, const json_t *doc, const char *code)
{
	const struct v2v_convert_options options =
		V2V_OPTIONS(convert, .dry_run = true);
	struct v2v_list touched CLEANUP_STRINGS = { 0 };
	struct v2v_text difference CLEANUP_TEXT = { 0 };
	json_auto_t *copy = json_deep_copy(doc);
	struct family before, after;
	struct v2v_error err = { 0 };

	family_open(&before, text, "before");
	family_open(&after, text, "after");
	call(&after, copy, false, &options, &err);
	compare_trees(
		before.machine.top, after.machine.top, &difference, &touched);
	same(err.code ? err.text : "converted", err.code, code);
	assert((touched.count == 0) == (code != NULL));
	if (code)
		same_json("document", copy, doc);
	family_close(&before);
	family_close(&after);
}

static void test_changes(const char *text, const json_t *doc)
{
	static const struct {
		int index;
		const char *key, *value, *code;
	} rows[] = {
		{ 0, "label", NULL, NULL },
		{ 0, "uuid", OTHER, "inspect-mismatch" },
		{ 1, "uuid", OTHER, "inspect-mismatch" },
		/* Less is said, or the same otherwise. */
		{ 0, "uuid", NULL, NULL },
		{ 0, "uuid", "", NULL },
		{ 0, "uuid", SHOUTS, NULL },
		/* One that no key opened here, and one of two of a name. */
		{ 1, "device", "/dev/mapper/luks-1", NULL },
		{ 2, "uuid", OTHER, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_auto_t *other =
			changed(doc, rows[i].index, rows[i].key, rows[i].value);

		check(text, other, rows[i].code);
	}
}

/* Not in this guest: a volume of the disks without a UUID. */
static void test_without(const json_t *doc)
{
	static const char swap[] = " swap 0c9d1f42-7a3e-4d08-8b6c-5e4f3a2b1c0d";
	CLEANUP_FREE char *text = read_whole(GUEST);
	char *at = strstr(text, swap);

	assert(at);
	memset(at + strlen(" swap "), ' ', strlen(swap) - strlen(" swap "));
	at[strlen(" swap ")] = '-';
	check(text, doc, NULL);
}

int main(void)
{
	char template[] = "/tmp/test-other-guest-XXXXXX";
	CLEANUP_FREE char *text = read_whole(GUEST);
	struct v2v_error err = { 0 };
	struct family f;
	json_t *doc;

	work = mkdtemp(template);
	assert(work && strstr(text, ROOT));
	family_open(&f, text, "inspected");
	doc = document_of(&f);
	call(&f, doc, true, NULL, &err);
	family_close(&f);
	test_changes(text, doc);
	test_without(doc);
	json_decref(doc);
	v2v_remove_tree(work);
	return 0;
}
