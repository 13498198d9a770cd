/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib/core: numbers, names, text, fields, documents, output files. */
#include "cases.h"

#include "core/doc.h"
#include "core/fields.h"
#include "core/file.h"
#include "core/open.h"
#include "core/run.h"
#include "core/workdir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void test_numbers(void)
{
	uint64_t u = 7;
	int64_t i = 7;

	assert(v2v_parse_u64("18446744073709551615", &u) && u == UINT64_MAX);
	assert(!v2v_parse_u64("18446744073709551616", &u));
	assert(!v2v_parse_u64("", &u) && !v2v_parse_u64(" 1", &u));
	assert(!v2v_parse_u64("1x", &u) && !v2v_parse_u64("-1", &u));
	assert(u == UINT64_MAX);
	assert(v2v_parse_i64("-9223372036854775807", &i) && i == -INT64_MAX);
	assert(!v2v_parse_i64("9223372036854775808", &i));
}

static void test_strings(void)
{
	static const char *const words[] = { "vmxnet3", "e1000", "" };
	static const char *const starts[] = { "eth", "en" };
	char *set = NULL;
	struct v2v_text text CLEANUP_TEXT = { 0 };

	assert(v2v_is_one_of("e1000", words) && v2v_is_one_of("", words));
	assert(!v2v_is_one_of("e1000e", words) && !v2v_is_one_of(NULL, words));
	assert(v2v_starts_with_any("ens3", starts));
	assert(!v2v_starts_with_any("wlan-eth", starts));
	assert(v2v_ends_with_any("wlan-eth", starts));
	assert(v2v_contains_any("my-ens3", starts));
	assert(!v2v_contains_any("e", starts));
	assert(!v2v_contains_any(NULL, starts));
	assert(v2v_ends_with_nocase("A.OVF", ".ovf"));
	assert(!v2v_ends_with_nocase("ovf", ".ovf"));
	same("base", v2v_base_name("/boot/vmlinuz"), "vmlinuz");
	same("base", v2v_base_name("vmlinuz"), "vmlinuz");
	v2v_string_set(&set, "/dev/sda");
	v2v_string_set(&set, set + strlen("/dev/"));
	same("set", set, "sda");
	v2v_string_set(&set, NULL);
	assert(!set);
	v2v_text_join(&text, ", ", "%s", "one");
	v2v_text_join(&text, ", ", "%d", 2);
	same("join", text.data, "one, 2");
}

static void test_safe_names(void)
{
	static const struct {
		const char *name, *safe;
	} cases[] = {
		{ "web", "web" },
		{ "../../etc/passwd", "_._.._etc_passwd" },
		{ "-o", "_o" },
		{ "", "unnamed" },
		{ "a\nb\x7f", "a_b_" },
		{ "\xc2\x9b"
		  "31m",
			"__31m" },
		{ "Größe 1", "Größe 1" },
	};
	CLEANUP_FREE char *longest = v2v_alloc(1, 500), *cut = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *safe = v2v_safe_name(cases[i].name);

		same(cases[i].name, safe, cases[i].safe);
	}
	memset(longest, 'x', 499);
	cut = v2v_safe_name(longest);
	assert(strlen(cut) == 200);
}

struct inner {
	char *name;
	int64_t size;
};

struct outer {
	char *title;
	bool on;
	struct inner *one;
	struct v2v_list many, words;
};

static const struct v2v_field inner_fields[] = {
	V2V_FIELD(struct inner, name, V2V_STRING),
	V2V_FIELD_OR_NULL(struct inner, size, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_field outer_fields[] = {
	V2V_FIELD(struct outer, title, V2V_STRING),
	V2V_FIELD(struct outer, on, V2V_BOOL),
	V2V_FIELD_OBJECT(struct outer, one, inner_fields, struct inner),
	V2V_FIELD_LIST(struct outer, many, inner_fields, struct inner),
	V2V_FIELD_OR_NULL(struct outer, words, V2V_STRINGS),
	V2V_FIELD_END,
};

static void test_fields(void)
{
	static const char text[] =
		"{\"title\":\"t\",\"on\":true,\"one\":null,\"many\":"
		"[{\"name\":\"a\",\"size\":5},{\"name\":\"b\",\"size\":null}],"
		"\"words\":[\"x\",\"y\"]}";
	json_auto_t *json = json_loads(text, 0, NULL);
	json_auto_t *again = NULL;
	struct outer outer = { 0 };

	assert(v2v_fields_load(outer_fields, json, "o", &outer, NULL) == 0);
	assert(outer.many.count == 2 && outer.words.count == 2);
	assert(v2v_items(struct inner, &outer.many)[1].size == -1);
	again = v2v_fields_store(outer_fields, &outer);
	assert(json_equal(json, again));
	v2v_fields_clear(outer_fields, sizeof outer, &outer);
	assert(!outer.title && !outer.many.items);
}

static void test_wrong_shapes(void)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "[]", "o: expected an object" },
		{ "{}", "o.title: expected a string" },
		{ "{\"title\":\"t\",\"on\":1}",
			"o.on: expected true or false" },
		{ "{\"title\":\"a\\u0000b\"}", "o.title: expected a string" },
		{ "{\"title\":\"t\",\"on\":true,\"many\":[{\"name\":\"a\"},"
		  "{\"name\":\"b\",\"size\":-1}]}",
			"o.many[1].size: expected an integer of 0 or more" },
		{ "{\"title\":\"t\",\"on\":true,\"words\":[1]}",
			"o.words[0]: expected a string" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		json_auto_t *json =
			json_loads(cases[i].text, JSON_ALLOW_NUL, NULL);
		struct outer outer = { 0 };
		struct v2v_error err = { 0 };

		assert(v2v_fields_load(outer_fields, json, "o", &outer, &err) <
			0);
		same(cases[i].text, err.text, cases[i].error);
	}
}

static void test_text_to_json(void)
{
	json_auto_t *clean = v2v_json_text("a\xff\xc3(\xe2\x82\xac");

	same("UTF-8", json_string_value(clean),
		"a\xef\xbf\xbd\xef\xbf\xbd(\xe2\x82\xac");
	assert(json_is_null(v2v_json_text(NULL)));
}

static void test_documents(void)
{
	char text[] = " {\"v2v\":1,\"a\":1}\n\t{\"v2v\":1}\n{\"v2v\":3}";
	FILE *in = fmemopen(text, strlen(text), "r");
	struct v2v_error err = { 0 };
	json_t *doc = NULL;

	assert(v2v_doc_read(in, &doc, &err) == 1);
	assert(json_integer_value(json_object_get(doc, "a")) == 1);
	json_decref(doc);
	assert(v2v_doc_read(in, &doc, &err) == 1);
	json_decref(doc);
	assert(v2v_doc_read(in, &doc, &err) == -1);
	same("version", err.code, "document-version");
	fclose(in);
}

static void test_errors(void)
{
	struct v2v_error err = { 0 };

	assert(v2v_fail(&err, "a", "first %d", 1) == -1);
	v2v_fail(&err, "b", "second");
	v2v_fail_prefix(&err, "disk %d", 0);
	same("error", err.text, "disk 0: first 1");
	same("code", err.code, "a");
	assert(v2v_fail(NULL, "a", "nobody listens") == -1);
}

static void test_output(void)
{
	char dir[] = "/tmp/test-core-XXXXXX";
	CLEANUP_FREE char *path = NULL;
	struct v2v_out out = { 0 };
	struct v2v_error err = { 0 };

	assert(mkdtemp(dir));
	path = v2v_format("%s/file", dir);
	assert(v2v_out_open(&out, path, false, &err) == 0);
	assert(access(path, F_OK) < 0);
	assert(v2v_write_all(out.fd, path, "x", 1, &err) == 0);
	assert(v2v_out_publish(&out, &err) == 0 && access(path, F_OK) == 0);
	v2v_out_clear(&out);
	assert(v2v_out_open(&out, path, false, &err) < 0);
	same("exists", err.code, "file-exists");
	v2v_out_clear(&out);
	assert(v2v_out_open(&out, path, true, NULL) == 0);
	v2v_out_clear(&out);
	assert(unlink(path) == 0 && rmdir(dir) == 0);
}

/* With 0 to 2 closed none of our files gets such a number. */
static void open_high(void)
{
	struct v2v_out out CLEANUP_OUT = { .fd = -1 };
	struct v2v_error err = { 0 };
	CLEANUP_CLOSEDIR DIR *dir = v2v_opendir("/tmp");
	CLEANUP_FCLOSE FILE *file = v2v_fopen("/dev/null");
	CLEANUP_FREE char *name =
		v2v_format("/tmp/test-core-%d", (int)getpid());
	int ends[2];

	assert(dir && dirfd(dir) > 2 && file && fileno(file) > 2);
	assert(v2v_out_open(&out, name, false, &err) == 0 && out.fd > 2);
	assert(v2v_pipe(ends) == 0 && ends[0] > 2 && ends[1] > 2);
	assert(fcntl(ends[1], F_GETFD) == FD_CLOEXEC);
	close(ends[0]);
	close(ends[1]);
	assert(v2v_open("/no/such/file", O_RDONLY, 0) < 0 && errno == ENOENT);
	for (int fd = 0; fd < 3; fd++)
		assert(fcntl(fd, F_GETFD) < 0);
	v2v_occupy_standard();
	assert(write(2, "x", 1) == 1 && write(1, "x", 1) < 0);
}

static void test_closed(void)
{
	int saved[3];

	for (int fd = 0; fd < 3; fd++) {
		saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		close(fd);
	}
	open_high();
	for (int fd = 0; fd < 3; fd++) {
		dup2(saved[fd], fd);
		close(saved[fd]);
	}
}

static void count_line(const char *line, void *opaque)
{
	*(int *)opaque += strcmp(line, "two") == 0;
}

static void test_run(void)
{
	const char *fine[] = { "printf", "one\ntwo\rtwo\n", NULL };
	const char *bad[] = { "ls", "/no/such/file", NULL };
	const char *none[] = { "/no/such/program", NULL };
	const char *slow[] = { "sleep", "100", NULL };
	CLEANUP_FREE char *output = NULL;
	int twos = 0;
	struct v2v *v = v2v_new();
	struct v2v_run run = { fine, count_line, &twos, &output };
	struct v2v_error err = { 0 };

	assert(v2v_run(v, &run, &err) == 0 && twos == 2);
	same("output", output, "one\ntwo\rtwo\n");
	run = (struct v2v_run){ .argv = bad };
	assert(v2v_run(v, &run, &err) < 0 && strstr(err.text, "/no/such/file"));
	run.argv = none;
	assert(v2v_run(v, &run, NULL) < 0);
	v2v_cancel(v);
	run.argv = slow;
	err = (struct v2v_error){ 0 };
	assert(v2v_run(v, &run, &err) < 0);
	same("cancelled", err.code, "cancelled");
	v2v_resume(v);
	run.argv = fine;
	err = (struct v2v_error){ 0 };
	assert(v2v_run(v, &run, &err) == 0 && !v2v_is_cancelled(v));
	v2v_cancel(v);
	assert(v2v_check_cancel(v, NULL) < 0);
	v2v_free(v);
}

static void note_machine(const struct v2v_message *message, void *opaque)
{
	v2v_string_set(opaque, message->machine);
}

static void note_progress(const struct v2v_progress *progress, void *opaque)
{
	v2v_string_set(opaque, progress->machine);
}

static void test_machine_is_named(void)
{
	json_auto_t *doc = json_pack("{s:{s:s}}", "source", "name", "mail");
	CLEANUP_FREE char *said = NULL, *shown = NULL;
	struct v2v *v = v2v_new();

	v2v_on_message(v, note_machine, &said);
	v2v_on_progress(v, note_progress, &shown);
	v2v_step_begin(v, "copy", doc);
	v2v_info(v, "x", "a text");
	v2v_progress(v, 0, 1, 2, "bytes");
	same("said", said, "mail");
	same("shown", shown, "mail");
	v2v_step_begin(v, "unpack", NULL);
	v2v_info(v, "x", "a text");
	assert(!said);
	v2v_free(v);
}

/* A handle that has made a work directory; is it there when the handle is
 * gone? */
static bool is_left(bool discards, bool in_child)
{
	struct v2v_workdir workdir CLEANUP_WORKDIR = { NULL, NULL, false };
	struct v2v *v = v2v_new();
	bool left;

	v2v_set_tmpdir(v, getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	v2v_discard_at_end(v, discards);
	assert(v2v_workdir_get(v, NULL, NULL, &workdir, NULL) == 0);
	if (in_child) {
		const pid_t child = fork();

		if (child == 0) {
			v2v_free(v);
			_exit(0);
		}
		assert(waitpid(child, NULL, 0) == child);
	} else {
		v2v_free(v);
	}
	left = access(workdir.dir, F_OK) == 0;
	if (in_child)
		v2v_free(v);
	v2v_workdir_remove(workdir.dir, workdir.id);
	assert(access(workdir.dir, F_OK) < 0);
	return left;
}

static void test_discard_at_end(void)
{
	assert(is_left(false, false));
	assert(!is_left(true, false));
	assert(is_left(true, true));
}

int main(void)
{
	test_machine_is_named();
	test_discard_at_end();
	test_numbers();
	test_strings();
	test_safe_names();
	test_fields();
	test_wrong_shapes();
	test_text_to_json();
	test_documents();
	test_errors();
	test_output();
	test_closed();
	test_run();
	return 0;
}
