/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What becomes of whole Windows guests: tests/data/windows-plan/NAME.tree
 * (dir-tree.h, windows-scene.h), and NAME.expect: what of the machine is
 * chosen, blockers, notes, changes, the operations in their order, and the
 * diff.  The planned files are put into the tree and planned again: then
 * nothing is to be changed.
 *
 * With --print FILE.tree the .expect is printed; with --write DIR FILE.tree
 * each hive that is edited is put there as it was and as it is to be,
 * NAME.before and NAME.after, with NAME.changes: "KEY\VALUE" in lines.
 */
#include "cases.h"

#include "model/guestcaps.h"
#include "windows-scene.h"

#include "crashed-hive.h"

static const char *path_of_case, *directory;
static bool is_printed;

static void add_caps(const struct v2v_guestcaps *caps, struct v2v_text *out)
{
	v2v_text_addf(out, "caps: block_bus=%s net_bus=%s machine=%s arch=%s%s",
		caps->block_bus ? caps->block_bus : "-",
		caps->net_bus ? caps->net_bus : "-",
		caps->machine ? caps->machine : "-",
		caps->arch ? caps->arch : "-",
		caps->rtc_utc ? " rtc_utc\n" : "\n");
}

/* All have the one; the other is of the host, as long as no place of virtio-win
 * is named (test-windows-virtio has them). */
static bool is_of_all(const char *code)
{
	return strcmp(code, "windows-experimental") == 0 ||
	       strcmp(code, "driver-missing") == 0;
}

static void add_notes(
	const char *word, const struct v2v_list *notes, struct v2v_text *out)
{
	v2v_list_foreach (const struct v2v_plan_note, note, notes)
		if (!is_of_all(note->code))
			v2v_text_addf(out, "%s: [%s] %s\n", word, note->code,
				note->text);
}

static void add_changes(const struct v2v_plan *plan, struct v2v_text *out)
{
	v2v_list_foreach (const struct v2v_change, change, &plan->changes)
		v2v_text_addf(out, "change: [%s] %s: %s\n", change->code,
			change->where, change->what);
}

static void add_ops(const struct v2v_plan *plan, struct v2v_text *out)
{
	static const char *const words[] = { "write", "copy", "replace",
		"append", "make-dir", "remove" };

	v2v_list_foreach (const struct v2v_op, op, &plan->ops)
		v2v_text_addf(out, "op: %s %s\n", words[op->type], op->name);
}

static char *expect_of(const struct windows_scene *s)
{
	CLEANUP_FREE char *diff = v2v_plan_diff(&s->plan);
	struct v2v_text out = { 0 };

	add_caps(&s->caps, &out);
	add_notes("blocker", &s->plan.blockers, &out);
	add_notes("note", &s->plan.notes, &out);
	add_changes(&s->plan, &out);
	add_ops(&s->plan, &out);
	v2v_text_addf(&out, "%s%s", *diff ? "diff:\n" : "", diff);
	return v2v_text_take(&out);
}

static void copy_fd(int from, int to)
{
	char data[65536];
	off_t at = 0;
	ssize_t n;

	assert(ftruncate(to, 0) == 0);
	while ((n = pread(from, data, sizeof data, at)) > 0) {
		assert(pwrite(to, data, (size_t)n, at) == n);
		at += n;
	}
	assert(n == 0);
}

/* Where a file of the tree is on the host, the caller's. */
static char *host_name(const struct v2v_tree *tree, const char *path)
{
	return v2v_format(
		"/proc/self/fd/%d%s", *(const int *)tree->opaque, path);
}

/* Files that are replaced, written or copied; folders are made before. */
static void commit(const struct windows_scene *s)
{
	v2v_list_foreach (const struct v2v_op, op, &s->plan.ops) {
		CLEANUP_FREE char *name = host_name(s->tree, op->name);
		CLEANUP_FREE char *from = host_name(
			s->tree, op->type == V2V_OP_COPY ? op->from : op->name);
		CLEANUP_CLOSE int to = -1, source = -1;

		if (op->type == V2V_OP_MAKE_DIR) {
			CLEANUP_FREE char *inside = v2v_format("%s/", name);

			make_parents(inside);
			continue;
		}
		to = open(name, O_RDWR | O_CREAT, 0644);
		source = op->type == V2V_OP_COPY ? open(from, O_RDONLY) : -1;
		assert(to >= 0);
		if (op->type == V2V_OP_WRITE) {
			assert(ftruncate(to, 0) == 0);
			assert(write(to, op->text, strlen(op->text)) ==
				(ssize_t)strlen(op->text));
		} else {
			copy_fd(source >= 0 ? source : op->fd, to);
		}
	}
}

static void plan_again(const struct v2v_tree *tree)
{
	struct windows_scene s;

	scene_begin(&s, tree);
	scene_plan(&s);
	v2v_list_foreach (const struct v2v_change, change, &s.plan.changes) {
		fprintf(stderr, "%s: changed again: %s: %s\n", path_of_case,
			change->where, change->what);
		abort();
	}
	assert(s.plan.ops.count == 0);
	scene_end(&s);
}

static void write_changes(
	const struct windows_scene *s, const char *hive, const char *base)
{
	CLEANUP_FREE char *name = v2v_format("%s/%s.changes", directory, base);
	FILE *f = fopen(name, "w");

	assert(f);
	v2v_list_foreach (const struct v2v_change, change, &s->plan.changes)
		if (v2v_streq(change->path, hive))
			fprintf(f, "%s\n", change->where + strlen(base) + 1);
	assert(fclose(f) == 0);
}

static void write_hive(const struct windows_scene *s, const struct v2v_op *op)
{
	const char *base = v2v_base_name(op->name);
	CLEANUP_FREE char *before = v2v_format("%s/%s.before", directory, base);
	CLEANUP_FREE char *after = v2v_format("%s/%s.after", directory, base);
	CLEANUP_FREE char *name = host_name(s->tree, op->name);
	CLEANUP_CLOSE int from = open(name, O_RDONLY);
	CLEANUP_CLOSE int old = open(before, O_RDWR | O_CREAT, 0644);
	CLEANUP_CLOSE int new = open(after, O_RDWR | O_CREAT, 0644);

	assert(from >= 0 && old >= 0 && new >= 0);
	copy_fd(from, old);
	copy_fd(op->fd, new);
	write_changes(s, op->name, base);
}

/* So that what they have is not taken for a change. */
static void write_logs(const struct windows_scene *s)
{
	static const char *const names[] = { CRASH_HIVE ".LOG",
		CRASH_HIVE ".LOG1" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *name = host_name(s->tree, names[i]);
		CLEANUP_FREE char *copy =
			v2v_format("%s/%s", directory, v2v_base_name(names[i]));
		CLEANUP_CLOSE int from = open(name, O_RDONLY);
		CLEANUP_CLOSE int to =
			from < 0 ? -1 : open(copy, O_RDWR | O_CREAT, 0644);

		if (from >= 0)
			copy_fd(from, to);
	}
}

static void write_hives(const struct windows_scene *s)
{
	write_logs(s);
	v2v_list_foreach (const struct v2v_op, op, &s->plan.ops)
		if (op->type == V2V_OP_REPLACE && op->shown)
			write_hive(s, op);
}

static void plan_tree(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *name = beside(path_of_case, ".expect");
	CLEANUP_FREE char *got = NULL, *want = NULL;
	CLEANUP_FREE char *top = host_name(tree, "");
	struct windows_scene s;

	crash_hive(top);
	scene_begin(&s, tree);
	scene_plan(&s);
	got = expect_of(&s);
	if (directory)
		write_hives(&s);
	else if (is_printed)
		fputs(got, stdout);
	else
		want = read_whole(name);
	if (want)
		same(path_of_case, got, want);
	if (!directory && s.plan.blockers.count == 0) {
		commit(&s);
		plan_again(tree);
	}
	scene_end(&s);
}

static void test_case(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);

	path_of_case = path;
	in_tree(text, plan_tree);
}

int main(int argc, char **argv)
{
	is_printed = argc == 3 && strcmp(argv[1], "--print") == 0;
	if (argc == 4 && strcmp(argv[1], "--write") == 0)
		directory = argv[2];
	if (is_printed || directory) {
		test_case(argv[argc - 1]);
		return 0;
	}
	each_case("tests/data/windows-plan/*.tree", 60, test_case);
	return 0;
}
