/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virtio for whole guests: tests/data/windows-virtio/NAME.tree (dir-tree.h),
 * and NAME.edits, what a conversion would do to it with a stand-in for
 * virtio-win. Lines of /.virtio: "place iso|rpm|image.iso", "scsi", "without
 * PATH", a file that is missing in it.  With --write each NAME.edits is made
 * what comes out.
 */
#include "cases.h"

#include "convert/windows/windows.h"
#include "virtio-win.h"
#include "windows/windows.h"

#include <endian.h>

struct setting {
	char *place;
	bool is_scsi;
	char *without, *off;
};

static struct setting read_setting(const struct v2v_tree *tree)
{
	struct setting setting = { 0 };
	CLEANUP_FREE char *text = v2v_tree_text(tree, "/.virtio");
	const char *rest = text;
	char *line;

	for (; rest && (line = v2v_line_next(&rest)); free(line)) {
		char *word = v2v_line_split(line);

		if (strcmp(line, "place") == 0)
			setting.place = virtio_win(word);
		else if (strcmp(line, "scsi") == 0)
			setting.is_scsi = true;
		else if (strcmp(line, "without") == 0)
			setting.without = virtio_win(word);
	}
	if (!setting.place)
		setting.place = virtio_win("iso");
	if (setting.without) {
		setting.off = v2v_format("%s.off", setting.without);
		assert(rename(setting.without, setting.off) == 0);
	}
	return setting;
}

static void end_setting(struct setting *setting)
{
	if (setting->without)
		assert(rename(setting->off, setting->without) == 0);
	free(setting->place);
	free(setting->without);
	free(setting->off);
}

static void add_utf16(struct v2v_text *out, const struct v2v_edit *edit)
{
	for (size_t i = 0; i + 1 < edit->size; i += 2)
		if (edit->data[i])
			v2v_text_addf(out, "%c", edit->data[i]);
		else if (i + 2 < edit->size)
			v2v_text_addf(out, "|");
}

static void add_data(struct v2v_text *out, const struct v2v_edit *edit)
{
	uint32_t number;

	switch (edit->value_type) {
	case V2V_REG_DWORD:
		memcpy(&number, edit->data, 4);
		v2v_text_addf(out, "dword:%x", le32toh(number));
		return;
	case V2V_REG_BINARY:
		for (size_t i = 0; i < edit->size; i++)
			v2v_text_addf(
				out, "%s%02x", i ? " " : "hex:", edit->data[i]);
		return;
	default:
		v2v_text_addf(out, "%s:",
			edit->value_type == V2V_REG_SZ		? "sz"
			: edit->value_type == V2V_REG_EXPAND_SZ ? "expand"
								: "multi");
		add_utf16(out, edit);
	}
}

static void add_edits(
	struct v2v_text *out, const char *hive, const struct v2v_edits *edits)
{
	v2v_list_foreach (const struct v2v_edit, edit, &edits->list) {
		v2v_text_addf(out, "%s [%s]", hive, edit->key);
		if (edit->name)
			v2v_text_addf(out, " \"%s\"", edit->name);
		if (edit->type == V2V_EDIT_SET) {
			v2v_text_addf(out, " = ");
			add_data(out, edit);
		} else if (edit->type == V2V_EDIT_ADD_ITEM) {
			v2v_text_addf(out, " += %s", edit->item);
		} else if (edit->type == V2V_EDIT_DELETE_KEY) {
			v2v_text_addf(out, " is deleted");
		}
		v2v_text_addf(out, "\n");
	}
}

static void add_caps(struct v2v_text *out, const struct v2v_guestcaps *caps)
{
	v2v_text_addf(out, "caps: %s, %s, %s%s%s%s%s%s\n", caps->block_bus,
		caps->net_bus, caps->machine ? caps->machine : "any machine",
		caps->virtio_1_0 ? ", 1.0" : "",
		caps->virtio_rng ? ", rng" : "",
		caps->virtio_balloon ? ", balloon" : "",
		caps->virtio_socket ? ", socket" : "",
		caps->pvpanic ? ", pvpanic" : "");
}

/* Names below /tmp are of this run. */
static void add_words(struct v2v_text *out, const char *words)
{
	const char *at;

	while ((at = strstr(words, virtio_win_top))) {
		v2v_text_addf(out, "%.*sTOP", (int)(at - words), words);
		words = at + strlen(virtio_win_top);
	}
	v2v_text_addf(out, "%s\n", words);
}

static void add_error(struct v2v_text *out, const struct v2v_error *err)
{
	v2v_text_addf(out, "error %s: ", err->code);
	add_words(out, err->text);
}

static void add_plan(struct v2v_text *out, const struct v2v_plan *plan)
{
	v2v_list_foreach (const struct v2v_plan_note, note, &plan->notes) {
		v2v_text_addf(out, "note %s: ", note->code);
		add_words(out, note->text);
	}
	v2v_list_foreach (const struct v2v_op, op, &plan->ops)
		v2v_text_addf(out, "%s %s\n",
			op->type == V2V_OP_MAKE_DIR ? "folder" : "file",
			op->path);
	v2v_list_foreach (const struct v2v_change, change, &plan->changes) {
		v2v_text_addf(
			out, "change %s %s: ", change->code, change->path);
		add_words(out, change->what);
	}
}

/* A driver that is written is the one of virtio-win, byte for byte. */
static void check_bytes(const struct v2v_plan *plan)
{
	v2v_list_foreach (const struct v2v_op, op, &plan->ops) {
		CLEANUP_FREE char *found = NULL;
		char head[3] = "";

		if (op->type != V2V_OP_REPLACE)
			continue;
		assert(op->size > 0 &&
			lseek(op->fd, 0, SEEK_END) == (off_t)op->size);
		if (!v2v_ends_with(op->path, ".sys"))
			continue;
		assert(pread(op->fd, head, 2, 0) == 2);
		same(op->path, head, "MZ");
		found = v2v_alloc(1, 0x201);
		assert(pread(op->fd, found, 0x200, 0x200) == 0x200);
		assert(strncmp(v2v_base_name(op->path), found,
			       strcspn(found, " ")) == 0);
	}
}

static const char *path_of_case;
static bool is_written;

static void convert(const struct v2v_tree *tree)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = {
		.major_version = -1, .minor_version = -1, .boot_device = -1
	};
	struct v2v_guestcaps caps CLEANUP_GUESTCAPS = { 0 };
	struct v2v_plan plan CLEANUP_PLAN = { 0 };
	struct setting setting = read_setting(tree);
	const struct v2v_task task = { .virtio_win = setting.place,
		.block_driver = setting.is_scsi ? "virtio-scsi" : NULL };
	struct v2v_windows_work work = { .task = &task,
		.inspect = &inspect,
		.plan = &plan,
		.caps = &caps,
		.tree = &plan.tree };
	CLEANUP_FREE char *name = beside(path_of_case, ".edits"), *got = NULL;
	CLEANUP_FREE char *want = NULL;
	struct v2v_text out = { 0 };
	struct v2v_error err = { 0 };

	v2v_plan_init(&plan, tree);
	assert(v2v_windows_read(tree, &inspect));
	work.windows = inspect.windows;
	work.root = inspect.windows->systemroot;
	work.set = inspect.windows->current_control_set;
	caps.block_bus = v2v_strdup("sata");
	caps.net_bus = v2v_strdup("e1000e");
	if (v2v_windows_virtio(&work, &err) < 0)
		add_error(&out, &err);
	add_caps(&out, &caps);
	add_plan(&out, &plan);
	add_edits(&out, "SYSTEM", &work.in_system);
	add_edits(&out, "SOFTWARE", &work.in_software);
	check_bytes(&plan);
	v2v_edits_clear(&work.in_system);
	v2v_edits_clear(&work.in_software);
	end_setting(&setting);
	got = v2v_text_take(&out);
	if (is_written)
		make_file(name, got, strlen(got));
	want = read_whole(name);
	same(path_of_case, got, want);
}

static void test_case(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);

	path_of_case = path;
	in_tree(text, convert);
}

int main(int argc, char **argv)
{
	is_written = argc == 2 && strcmp(argv[1], "--write") == 0;
	make_virtio_win();
	each_case("tests/data/windows-virtio/*.tree", 20, test_case);
	drop_virtio_win();
	return 0;
}
