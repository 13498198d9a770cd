/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Families of guests, each converted over a folder by the two steps as a
 * program calls them (tests/data/families: NAME.guest as family.h has it,
 * NAME.expect the system, findings and edits).  With "--table" it prints the
 * table of v2v-convert(1); with a file's name, what becomes of that guest, with
 * all that is said of it; with "--expect" before the name, its .expect.
 */
#include "family.h"
#include "tree-diff.h"

#include "v2v.h"

#define DIR "tests/data/families/"

static bool wordy; /* texts for people, too */
static const char *string(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "-";
}

static void tell_product(const json_t *doc, struct v2v_text *out)
{
	const json_t *inspect = json_object_get(doc, "inspect");

	v2v_text_addf(out, "product %s\n", string(inspect, "product_name"));
	v2v_text_addf(out, "system %s\n", string(inspect, "distro"));
	if (json_is_string(json_object_get(inspect, "osinfo")))
		v2v_text_addf(out, "osinfo %s\n", string(inspect, "osinfo"));
}

static void tell_findings(const json_t *doc, struct v2v_text *out)
{
	const json_t *findings = json_object_get(
			     json_object_get(doc, "inspect"), "findings"),
		     *finding;
	size_t i;

	json_array_foreach (findings, i, finding)
		v2v_text_addf(out, "%s %s %s%s%s\n", string(finding, "level"),
			string(finding, "code"), string(finding, "where"),
			wordy ? ": " : "",
			wordy ? string(finding, "text") : "");
}

static void tell_machine(const json_t *doc, struct v2v_text *out)
{
	const json_t *caps = json_object_get(doc, "guestcaps"), *nic;
	size_t i;

	v2v_text_addf(out, "kernel %s, initrd %s\n", string(caps, "kernel"),
		string(caps, "initrd"));
	v2v_text_addf(out, "machine %s %s, disks %s, cards %s\n",
		string(caps, "arch"), string(caps, "machine"),
		string(caps, "block_bus"), string(caps, "net_bus"));
	json_array_foreach (json_object_get(caps, "nics"), i, nic)
		v2v_text_addf(out, "card %s %s\n", string(nic, "mac"),
			string(nic, "name"));
}

/* Where @path leads in the guest; one that is gone is itself.  The caller's. */
static char *resolved(const char *top, const char *path)
{
	struct guestfs_h g = { .root = top };
	CLEANUP_FREE char *real = fake_resolve(&g, path);
	CLEANUP_FREE char *name = fake_name(&g, path);
	struct stat st;

	if (lstat(name, &st) < 0 || !real)
		return v2v_strdup(path);
	return v2v_strdup(real + strlen(top));
}

/* Each file that was changed is in guestcaps.changes, and no other. */
static void check_changes(const char *path, const char *top, const json_t *doc,
	const struct v2v_list *changed)
{
	const json_t *changes = json_object_get(
			     json_object_get(doc, "guestcaps"), "changes"),
		     *change;
	struct v2v_text got CLEANUP_TEXT = { 0 };
	json_auto_t *names = json_object();
	const char *name;
	size_t i;

	json_array_foreach (changes, i, change) {
		CLEANUP_FREE char *real = resolved(top, string(change, "path"));

		json_object_set_new(names, real, json_true());
	}
	v2v_text_addf(&got, "%s", "");
	v2v_list_foreach (char *, file, changed)
		if (json_object_del(names, *file) < 0)
			v2v_text_addf(
				&got, "changed, not recorded: %s\n", *file);
	json_object_foreach (names, name, change)
		v2v_text_addf(&got, "recorded, not changed: %s\n", name);
	same(path, got.data, "");
}

/* "CODE WHERE TEXT", arrows in words, as findings have them. */
static json_t *sentence(const json_t *object, const char *text)
{
	static const char arrow[] = " → ";
	struct v2v_text all CLEANUP_TEXT = { 0 };
	const char *s = string(object, text), *next;

	v2v_text_addf(&all, "%s %s ", string(object, "code"),
		string(object, "where"));
	for (; (next = strstr(s, arrow)); s = next + strlen(arrow))
		v2v_text_addf(&all, "%.*s becomes ", (int)(next - s), s);
	v2v_text_addf(&all, "%s", s);
	return json_string(all.data);
}

/* What the inspection says will be changed is what was changed. */
static void check_plan(const char *path, const json_t *doc)
{
	const json_t *findings =
		json_object_get(json_object_get(doc, "inspect"), "findings");
	const json_t *changes =
		json_object_get(json_object_get(doc, "guestcaps"), "changes");
	json_auto_t *said = json_array(), *done = json_array();
	const json_t *item;
	size_t i;

	json_array_foreach (findings, i, item)
		if (strcmp(string(item, "level"), "change") == 0)
			json_array_append_new(said, sentence(item, "text"));
	json_array_foreach (changes, i, item)
		json_array_append_new(done, sentence(item, "what"));
	same_json(path, done, said);
}

/* Both steps, as v2v-inspect | v2v-convert; @err: why it was refused. */
static void convert(struct family *f, json_t *doc, struct v2v_error *err)
{
	struct v2v *v = v2v_new();
	const struct v2v_convert_options options =
		V2V_OPTIONS(convert, .dry_run = true);
	struct v2v_error failed = { 0 };

	fake_machine = &f->machine;
	v2v_set_tmpdir(v, work);
	v2v_set_backend(v, "libguestfs", NULL);
	if (v2v_inspect(v, doc, NULL, &failed) < 0) {
		fprintf(stderr, "inspect: %s\n", failed.text);
		abort();
	}
	v2v_convert(v, doc, &options, err);
	v2v_free(v);
}

/* What was converted needs nothing more. */
static void check_twice(const char *path, struct family *f)
{
	json_auto_t *doc = document_of(f), *none = json_array();
	struct v2v_error err = { 0 };

	convert(f, doc, &err);
	same(path, err.code ? err.text : NULL, NULL);
	same_json(path,
		json_object_get(json_object_get(doc, "guestcaps"), "changes"),
		none);
}

/* What becomes of the guest, for people; and its document. */
static json_t *look_at(const char *path, struct v2v_text *out)
{
	CLEANUP_FREE char *text = read_whole(path);
	struct v2v_list changed CLEANUP_STRINGS = { 0 };
	struct family before, after;
	struct v2v_error err = { 0 };
	json_t *doc;

	family_open(&before, text, "before");
	family_open(&after, text, "after");
	doc = document_of(&after);
	convert(&after, doc, &err);
	tell_product(doc, out);
	tell_findings(doc, out);
	if (err.code)
		v2v_text_addf(out, "refused %s%s%s\n", err.code,
			wordy ? ": " : "", wordy ? err.text : "");
	else
		tell_machine(doc, out);
	show_volumes(&before.machine);
	show_volumes(&after.machine);
	compare_trees(before.machine.top, after.machine.top, out, &changed);
	check_changes(path, after.machine.top, doc, &changed);
	if (!err.code) {
		hide_volumes(&after.machine);
		check_plan(path, doc);
		check_twice(path, &after);
	}
	json_object_set_new(doc, "family", json_string(after.name));
	family_close(&before);
	family_close(&after);
	return doc;
}

/* A list of one row, as mdoc(7) has it. */
static void tell_words(
	const char *title, const char *macro, const json_t *words)
{
	size_t i;
	const json_t *word;

	if (json_array_size(words))
		printf("%s:\n", title);
	json_array_foreach (words, i, word)
		printf(".%s %s %s\n", macro, json_string_value(word),
			i + 1 < json_array_size(words) ? "," : ".");
}

static bool is_initrd(const json_t *doc, const char *path)
{
	const json_t *kernels = json_object_get(
			     json_object_get(doc, "inspect"), "kernels"),
		     *kernel;
	size_t i;

	json_array_foreach (kernels, i, kernel)
		if (strcmp(string(kernel, "initrd"), path) == 0)
			return true;
	return false;
}

/* The files that are edited, each once, but for the initrds. */
static json_t *edited(const json_t *doc)
{
	const json_t *changes = json_object_get(
			     json_object_get(doc, "guestcaps"), "changes"),
		     *change;
	json_auto_t *seen = json_object();
	json_t *paths = json_array();
	size_t i;

	json_array_foreach (changes, i, change) {
		const char *path = string(change, "path");

		if (is_initrd(doc, path) || json_object_get(seen, path))
			continue;
		json_object_set_new(seen, path, json_true());
		json_array_append_new(paths, json_string(path));
	}
	return paths;
}

/* Codes of the notes and blockers, each once; nearly all guests have no
 * agent. */
static json_t *codes_of(const json_t *doc)
{
	const json_t *findings = json_object_get(
			     json_object_get(doc, "inspect"), "findings"),
		     *finding;
	json_auto_t *seen = json_object();
	json_t *codes = json_array();
	size_t i;

	json_array_foreach (findings, i, finding) {
		const char *code = string(finding, "code");

		if (strcmp(string(finding, "level"), "change") == 0 ||
			strcmp(code, "no-guest-agent") == 0 ||
			json_object_get(seen, code))
			continue;
		json_object_set_new(seen, code, json_true());
		json_array_append_new(codes, json_string(code));
	}
	return codes;
}

/* A row of the table in v2v-convert(1). */
static void tell_row(const char *path)
{
	struct v2v_text got CLEANUP_TEXT = { 0 };
	json_auto_t *doc = look_at(path, &got);
	const json_t *caps = json_object_get(doc, "guestcaps");
	json_auto_t *paths = edited(doc), *codes = codes_of(doc);

	printf(".It %s\n", string(doc, "family"));
	if (caps)
		printf("Disks on %s, cards %s, the initrd is %s.\n",
			string(caps, "block_bus"), string(caps, "net_bus"),
			json_is_string(json_object_get(caps, "initrd"))
				? string(caps, "initrd")
				: "none");
	else
		printf("Refused.\n");
	tell_words("Edited", "Pa", paths);
	tell_words("Findings", "Ql", codes);
}

static void test_family(const char *path)
{
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_text got CLEANUP_TEXT = { 0 };

	json_decref(look_at(path, &got));
	same(path, got.data, want);
}

static void print_one(const char *path)
{
	struct v2v_text got CLEANUP_TEXT = { 0 };

	json_decref(look_at(path, &got));
	printf("%s", got.data);
}

int main(int argc, char **argv)
{
	char template[] = "/tmp/test-families-XXXXXX";

	work = mkdtemp(template);
	assert(work);
	wordy = argc == 2;
	if (argc == 2 && strcmp(argv[1], "--table") == 0)
		each_file(DIR "*.guest", tell_row);
	else if (argc == 2 || argc == 3)
		print_one(argv[argc - 1]);
	else
		each_case(DIR "*.guest", 22, test_family);
	v2v_remove_tree(work);
	return 0;
}
