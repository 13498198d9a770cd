/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The first start of a converted Windows.
 *
 * tests/data/firstboot/steps/NAME.steps: a list of steps; NAME.expect: what the
 * program reads of it, or the number of the first line that is wrong.
 *
 * tests/data/firstboot/guests/NAME.tree: a guest (dir-tree.h) whose /.case has
 * a line for each fact: "arch", "san", "major", "disk", "nic MAC GUID METHOD
 * [ADDRESS]", "inf PATH", "agent", "run NAME", "leave-network", "remove-tools";
 * NAME.expect: what the conversion adds: files, the list of steps, edits of
 * SYSTEM. With --print FILE.tree that is printed.
 */
#include "cases.h"

#include "convert/windows/windows.h"
#include "core/handle.h"
#include "dir-tree.h"
#include "windows/firstboot/steps.h"

#include <fcntl.h>

static bool is_printed;
static const char *path_of_case;

static void expect(const char *path, const char *got)
{
	CLEANUP_FREE char *name = beside(path, ".expect");
	CLEANUP_FREE char *want = NULL;

	if (is_printed) {
		fputs(got, stdout);
		return;
	}
	want = read_whole(name);
	same(path, got, want);
}

static void add_step(
	struct v2v_text *out, const struct v2v_firstboot_step *step)
{
	v2v_text_addf(out, "%s for %u s", v2v_firstboot_word(step->kind),
		step->seconds);
	for (int i = 0; i < V2V_FIRSTBOOT_ARGUMENTS; i++)
		if (step->arguments[i])
			v2v_text_addf(out, " '%s'", step->arguments[i]);
	v2v_text_addf(out, "\n");
}

/* In memory of just that size: what is read beyond it is seen by ASan. */
static unsigned parse(const char *data, size_t size, struct v2v_text *out)
{
	static struct v2v_firstboot_step steps[V2V_FIRSTBOOT_MAX_STEPS];
	CLEANUP_FREE char *text = v2v_alloc(size + 1, 1);
	size_t count = 0;
	unsigned line;

	memcpy(text, data, size);
	text[size] = '\0';
	line = v2v_firstboot_parse(text, size, steps, &count);
	if (line)
		v2v_text_addf(out, "line %u is wrong\n", line);
	for (size_t i = 0; !line && i < count; i++) {
		assert(v2v_firstboot_is_valid(&steps[i]));
		add_step(out, &steps[i]);
	}
	return line;
}

/* What is read of any bytes is valid, or refused. */
static void mutate(char *text, size_t size)
{
	static uint32_t state = 1;

	for (int i = 0; size && i < 2000; i++) {
		struct v2v_text out CLEANUP_TEXT = { 0 };
		char *at;
		char was;

		state = state * 1664525 + 1013904223;
		at = &text[(state >> 8) % size];
		was = *at;
		*at = (char)(state >> 3);
		parse(text, state % 3 ? size : (state >> 8) % size, &out);
		*at = was;
	}
}

static void test_steps(const char *path)
{
	size_t size;
	CLEANUP_FREE char *text = read_whole_size(path, &size);
	struct v2v_text out CLEANUP_TEXT = { 0 };

	parse(text, size, &out);
	expect(path, out.data ? out.data : "");
	mutate(text, size);
}

static void test_bounds(void)
{
	struct v2v_text list CLEANUP_TEXT = { 0 };
	struct v2v_text out CLEANUP_TEXT = { 0 };

	v2v_text_addf(&list, V2V_FIRSTBOOT_HEAD "\n");
	for (int i = 0; i < V2V_FIRSTBOOT_MAX_STEPS; i++)
		v2v_text_addf(&list, "disks\t1\n");
	assert(parse(list.data, list.length, &out) == 0);
	v2v_text_addf(&list, "disks\t1\n");
	assert(parse(list.data, list.length, &out) ==
		V2V_FIRSTBOOT_MAX_STEPS + 2);
	while (list.length <= V2V_FIRSTBOOT_MAX_BYTES)
		v2v_text_addf(&list, "\n");
	assert(parse(list.data, list.length, &out) == 1);
}

/* A guest, and what is asked for. */
struct scene {
	struct v2v *v;
	struct v2v_source source;
	struct v2v_inspect inspect;
	struct v2v_guestcaps caps;
	struct v2v_plan plan;
	struct v2v_task task;
	struct v2v_windows_work work;
	struct v2v_list runs; /* of char *, NULL at the end */
	char dir[32];	      /* of the user's files */
};

static char *make_user_file(
	struct scene *s, const char *name, const char *content)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", s->dir, name);
	FILE *f = fopen(path, "w");

	assert(f && fputs(content, f) >= 0 && fclose(f) == 0);
	return v2v_take(path);
}

static void add_nic(struct scene *s, const char *mac, const char *guid,
	const char *method, const char *address)
{
	struct v2v_nic *nic = v2v_list_add(&s->source.nics, sizeof *nic);
	struct v2v_windows_nic *card =
		v2v_list_add(&s->inspect.windows->nics, sizeof *card);

	nic->id = (int64_t)s->source.nics.count - 1;
	nic->mac = strcmp(mac, "-") ? v2v_strdup(mac) : NULL;
	nic->pci_slot = -1;
	card->nic = nic->id;
	card->guid = v2v_strdup(guid);
	card->method = v2v_strdup(method);
	v2v_list_add_string(
		&card->addresses, *address ? address : "192.0.2.7/24");
}

static void add_inf(struct scene *s, const char *path)
{
	CLEANUP_FREE char *file = make_user_file(s, "x.inf", "[Version]\n");
	CLEANUP_CLOSE int fd = open(file, O_RDONLY | O_CLOEXEC);
	CLEANUP_FREE char *above =
		v2v_strndup(path, (size_t)(strrchr(path, '/') - path));
	struct v2v_error err = { 0 };

	assert(v2v_plan_make_dir(&s->plan, above, &err) == 0);
	assert(v2v_plan_replace(&s->plan, path, fd, &err) == 0);
}

static void take_line(struct scene *s, char *line)
{
	char word[64] = "", a[256] = "", b[256] = "", c[256] = "", d[64] = "";

	assert(sscanf(line, "%63s %255s %255s %255s %63s", word, a, b, c, d) >=
		1);
	if (strcmp(word, "arch") == 0)
		s->inspect.arch = v2v_strdup(a);
	else if (strcmp(word, "major") == 0)
		assert(v2v_parse_i64(a, &s->inspect.major_version));
	else if (strcmp(word, "san") == 0)
		assert(v2v_parse_i64(a, &s->inspect.windows->san_policy));
	else if (strcmp(word, "server") == 0)
		v2v_string_set(
			&s->inspect.windows->installation_type, "Server Core");
	else if (strcmp(word, "disk") == 0)
		v2v_list_add(&s->source.disks, sizeof(struct v2v_disk));
	else if (strcmp(word, "nic") == 0)
		add_nic(s, a, b, c, d);
	else if (strcmp(word, "inf") == 0)
		add_inf(s, a);
	else if (strcmp(word, "agent") == 0)
		s->task.guest_agent = make_user_file(s, "agent.msi",
			*a ? a : "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 msi");
	else if (strcmp(word, "run") == 0)
		*(char **)v2v_list_add(&s->runs, sizeof(char *)) =
			make_user_file(s, line + strlen("run "), "MZ");
	else if (strcmp(word, "leave-network") == 0)
		s->task.leave_network = true;
	else if (strcmp(word, "remove-tools") == 0)
		s->task.remove_tools = true;
	else
		abort();
}

static void scene_begin(struct scene *s, const struct v2v_tree *tree)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, "/.case");
	const char *rest = text;
	char *line;

	*s = (struct scene){ .v = v2v_new(), .dir = "/tmp/v2v-test-XXXXXX" };
	assert(mkdtemp(s->dir));
	v2v_plan_init(&s->plan, tree);
	s->inspect.windows = v2v_windows_new();
	s->inspect.major_version = 10;
	for (; rest && (line = v2v_line_next(&rest)); free(line))
		take_line(s, line);
	if (s->runs.count) {
		v2v_list_add(&s->runs, sizeof(char *));
		s->task.firstboot = s->runs.items;
	}
	s->task.v = s->v;
	s->task.source = &s->source;
	s->task.inspect = &s->inspect;
	s->task.plan = &s->plan;
	s->task.caps = &s->caps;
	s->work = (struct v2v_windows_work){ .task = &s->task,
		.inspect = &s->inspect,
		.windows = s->inspect.windows,
		.tree = &s->plan.tree,
		.plan = &s->plan,
		.caps = &s->caps,
		.root = "/Windows",
		.set = "ControlSet001" };
}

static void scene_clear(struct scene *s)
{
	CLEANUP_FREE char *inf = v2v_format("%s/x.inf", s->dir);

	v2v_edits_clear(&s->work.in_system);
	v2v_plan_clear(&s->plan);
	v2v_guestcaps_clear(&s->caps);
	v2v_inspect_clear(&s->inspect);
	v2v_source_clear(&s->source);
	v2v_list_foreach (char *, file, &s->runs) {
		if (*file)
			unlink(*file);
		free(*file);
	}
	free(s->runs.items);
	if (s->task.guest_agent)
		unlink(s->task.guest_agent);
	free((char *)s->task.guest_agent);
	unlink(inf);
	rmdir(s->dir);
	v2v_free(s->v);
}

static void add_edit(struct v2v_text *out, const struct v2v_edit *edit)
{
	assert(edit->type == V2V_EDIT_SET);
	v2v_text_addf(out, "set %s\\%s = ", edit->key, edit->name);
	if (edit->value_type == V2V_REG_DWORD)
		v2v_text_addf(out, "dword %u", edit->data[0]);
	else
		for (size_t i = 0; i + 2 < edit->size; i += 2)
			v2v_text_add(out, (const char *)&edit->data[i], 1);
	v2v_text_addf(out, "%s [%s]\n",
		edit->value_type == V2V_REG_EXPAND_SZ ? " (expanded)" : "",
		edit->code);
}

static void add_all(struct v2v_text *out, const struct scene *s)
{
	v2v_list_foreach (const struct v2v_op, op, &s->plan.ops)
		v2v_text_addf(out, "%s %s\n%s",
			op->type == V2V_OP_MAKE_DIR ? "folder"
			: op->type == V2V_OP_WRITE  ? "text"
						    : "file",
			op->path, op->text ? op->text : "");
	v2v_list_foreach (
		const struct v2v_edit, edit, &s->work.in_system.list) {
		add_edit(out, edit);
	}
	v2v_list_foreach (const struct v2v_plan_note, note, &s->plan.notes)
		v2v_text_addf(out, "note %s\n", note->code);
}

/* What is written is what the program reads. */
static void check_list(const struct scene *s)
{
	v2v_list_foreach (const struct v2v_op, op, &s->plan.ops) {
		struct v2v_text out CLEANUP_TEXT = { 0 };

		if (op->type == V2V_OP_WRITE)
			assert(parse(op->text, strlen(op->text), &out) == 0);
	}
}

static void test_tree(const struct v2v_tree *tree)
{
	struct v2v_text out CLEANUP_TEXT = { 0 };
	struct v2v_error err = { 0 };
	struct scene s;

	scene_begin(&s, tree);
	if (v2v_windows_firstboot(&s.work, &err) < 0)
		v2v_text_addf(&out, "error %s\n", err.code);
	else
		add_all(&out, &s);
	check_list(&s);
	if (s.caps.guest_agent)
		v2v_text_addf(&out, "guest agent\n");
	scene_clear(&s);
	expect(path_of_case, out.data ? out.data : "");
}

static void test_guest(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);

	path_of_case = path;
	in_tree(text, test_tree);
}

/* New files of an NTFS alone are protected, whatever part has written them. */
static void test_protect(void)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_op ops[] = {
		{ .name = (char *)"/Windows/x", .is_new = true },
		{ .name = (char *)"/boot/efi/EFI/x", .is_new = true },
		{ .name = (char *)"/Windows/System32/config/SYSTEM" },
	};
	struct v2v_plan plan = { .ops = { ops, ARRAY_SIZE(ops) } };
	struct v2v_windows_work work = { .plan = &plan, .inspect = &inspect };
	static const char *const mounts[][3] = { { "/", "/dev/sda2", "ntfs" },
		{ "/boot/efi", "/dev/sda1", "vfat" } };
	struct v2v_error err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		struct v2v_mountpoint *mount =
			v2v_list_add(&inspect.mountpoints, sizeof *mount);
		struct v2v_filesystem *fs =
			v2v_list_add(&inspect.filesystems, sizeof *fs);

		mount->path = v2v_strdup(mounts[i][0]);
		mount->device = v2v_strdup(mounts[i][1]);
		fs->device = v2v_strdup(mounts[i][1]);
		fs->type = v2v_strdup(mounts[i][2]);
	}
	assert(v2v_windows_protect(&work, &err) == 0);
	assert(ops[0].admin_only && !ops[1].admin_only && !ops[2].admin_only);
}

int main(int argc, char **argv)
{
	is_printed = argc == 3 && strcmp(argv[1], "--print") == 0;
	if (is_printed) {
		test_guest(argv[2]);
		return 0;
	}
	each_case("tests/data/firstboot/steps/*.steps", 6, test_steps);
	each_case("tests/data/firstboot/guests/*.tree", 6, test_guest);
	test_bounds();
	test_protect();
	return 0;
}
