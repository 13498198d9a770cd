/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a record says, and what of it differs. */
#include "copy/record.h"

#include "core/digest.h"
#include "disk/layout.h"

#define MARK	"v2v-copy-record"
#define VERSION 1
#define SUM	"sha256"

static json_t *store_ranges(const struct v2v_ranges *done)
{
	json_t *all = json_array();

	for (size_t i = 0; i < done->count && i < V2V_RECORD_RANGES; i++)
		json_array_append_new(
			all, json_pack("[I, I]", (json_int_t)done->all[i].from,
				     (json_int_t)done->all[i].to));
	return all;
}

/* A digit that is another is a record of something else. */
static json_t *sum_of(const json_t *all)
{
	CLEANUP_FREE char *text =
		json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	struct v2v_digest *digest = v2v_digest_new("SHA256");
	CLEANUP_FREE char *hex = NULL;

	if (text)
		v2v_digest_add(digest, text, strlen(text));
	hex = v2v_digest_end(digest);
	return json_string(hex);
}

char *v2v_record_text(const json_t *identity, const struct v2v_ranges *done)
{
	json_auto_t *all = json_pack("{s:i, s:O, s:o}", MARK, VERSION,
		"identity", identity, "done", store_ranges(done));

	json_object_set_new(all, SUM, sum_of(all));
	return json_dumps(all, JSON_COMPACT);
}

/* *@ret_all is the caller's, without the sum. */
static int load(const char *text, size_t length, json_t **ret_all,
	struct v2v_error *err)
{
	json_auto_t *all =
		json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	json_auto_t *sum = NULL, *wanted = NULL;

	if (!json_is_object(all))
		return v2v_fail(err, "resume-restart", "it is damaged");
	if (json_integer_value(json_object_get(all, MARK)) != VERSION)
		return v2v_fail(err, "resume-restart",
			"it is not a record of this version");
	wanted = json_incref(json_object_get(all, SUM));
	json_object_del(all, SUM);
	sum = sum_of(all);
	if (!json_equal(sum, wanted))
		return v2v_fail(err, "resume-restart", "it is damaged");
	*ret_all = json_incref(all);
	return 0;
}

/* Where the first difference is, such as "files[0].mtime", is added to @where.
 */
static bool differs(const json_t *was, const json_t *is, struct v2v_text *where)
{
	const size_t length = where->length;
	const char *key;
	json_t *one;
	size_t i;

	if (json_is_object(was) && json_is_object(is)) {
		json_object_foreach ((json_t *)is, key, one) {
			v2v_text_addf(where, "%s%s", length ? "." : "", key);
			if (differs(json_object_get(was, key), one, where))
				return true;
			where->length = length;
		}
		return json_object_size(was) != json_object_size(is);
	}
	if (!json_is_array(was) || !json_is_array(is))
		return !json_equal(was, is);
	json_array_foreach (is, i, one) {
		v2v_text_addf(where, "[%zu]", i);
		if (differs(json_array_get(was, i), one, where))
			return true;
		where->length = length;
	}
	return json_array_size(was) != json_array_size(is);
}

/* The file that a difference is in, or NULL. */
static const char *file_of(const json_t *identity, const char *where)
{
	const json_t *files = json_object_get(identity, "files");
	unsigned i;

	if (sscanf(where, "files[%u].", &i) != 1)
		return NULL;
	return json_string_value(
		json_object_get(json_array_get(files, i), "file"));
}

static int compare(const json_t *was, const json_t *is, struct v2v_error *err)
{
	struct v2v_text where CLEANUP_TEXT = { 0 };
	const char *file, *member;

	if (!differs(was, is, &where))
		return 0;
	v2v_text_add(&where, "", 0);
	file = file_of(is, where.data);
	member = file ? strrchr(where.data, '.') : NULL;
	if (member)
		return v2v_fail(err, "resume-restart",
			"'%s' is not what it was (%s)", file, member + 1);
	return v2v_fail(err, "resume-restart", "'%s' is not what it was",
		file	       ? file
		: where.length ? where.data
			       : "identity");
}

/* Numbers of a record, in order; ends of batches. */
static bool add_range(
	const json_t *pair, uint64_t size, struct v2v_ranges *done)
{
	const json_t *first = json_array_get(pair, 0);
	const json_t *second = json_array_get(pair, 1);
	uint64_t from, to, last = 0;

	if (json_array_size(pair) != 2 || !json_is_integer(first) ||
		!json_is_integer(second) || json_integer_value(first) < 0 ||
		json_integer_value(second) < 0)
		return false;
	from = (uint64_t)json_integer_value(first);
	to = (uint64_t)json_integer_value(second);
	if (done->count)
		last = done->all[done->count - 1].to + 1;
	if (from < last || to <= from || to > size || from % V2V_CLUSTER ||
		(to % V2V_CLUSTER && to != size))
		return false;
	v2v_ranges_add(done, from, to);
	return true;
}

static int load_ranges(const json_t *all, uint64_t size,
	struct v2v_ranges *ret_done, struct v2v_error *err)
{
	struct v2v_ranges done CLEANUP_RANGES = { 0 };
	const json_t *pair;
	size_t i;

	if (!json_is_array(all) || json_array_size(all) > V2V_RECORD_RANGES)
		return v2v_fail(err, "resume-restart", "'done' is not a list");
	json_array_foreach (all, i, pair)
		if (!add_range(pair, size, &done))
			return v2v_fail(err, "resume-restart",
				"'done[%zu]' is not a range of the disk", i);
	*ret_done = done;
	done = (struct v2v_ranges){ NULL, 0, 0 };
	return 1;
}

int v2v_record_parse(const char *text, size_t length, const json_t *identity,
	uint64_t size, struct v2v_ranges *ret_done, struct v2v_error *err)
{
	json_auto_t *all = NULL;

	if (!length)
		return 0;
	if (load(text, length, &all, err) < 0)
		return -1;
	if (compare(json_object_get(all, "identity"), identity, err) < 0)
		return -1;
	return load_ranges(json_object_get(all, "done"), size, ret_done, err);
}
