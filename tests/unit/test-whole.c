/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Windows whose hive SYSTEM lies beside its transaction logs. */
#include "dir-tree.h"

#include "inspect/findings/find-private.h"
#include "make-logs.h"
#include "windows-scene.h"
#include "windows/registry.h"
#include "windows/whole.h"
#include "windows/windows.h"

#define CONFIG "/Windows/System32/config/"
#define GUEST                                                                  \
	"==== /Windows/System32/cmd.exe pe 8664 20b\n"                         \
	"==== " CONFIG "SOFTWARE hive\n"                                       \
	"[Microsoft\\Windows NT\\CurrentVersion]\nProductName=Windows 10\n"    \
	"==== " CONFIG "SYSTEM hive\n[Select]\nCurrent=dword:1\n"
#define FIRST 40

/* The file on the host, the caller's. */
static char *host_path(const struct v2v_tree *tree, const char *name)
{
	return v2v_format("/proc/self/fd/%d" CONFIG "%s",
		*(const int *)tree->opaque, name);
}

static struct bytes read_file(const struct v2v_tree *tree, const char *name)
{
	CLEANUP_FREE char *path = host_path(tree, name);
	struct bytes file = { 0 };

	file.data = (unsigned char *)read_whole_size(path, &file.size);
	return file;
}

/* SYSTEM is dirty; @log has what makes Current 2. */
static void make_dirty(const struct v2v_tree *tree, const char *log)
{
	CLEANUP_FREE char *primary = host_path(tree, "SYSTEM");
	CLEANUP_FREE char *log_path = host_path(tree, log);
	struct bytes before = read_file(tree, "SYSTEM"), after, entries;

	make_hive(primary, "[Select]\nCurrent=dword:2\n");
	after = read_file(tree, "SYSTEM");
	set_head(before.data, FIRST + 1, FIRST, 0, 1);
	make_file(primary, before.data, before.size);
	entries = make_log(&after, 6, FIRST, 1);
	add_entry(&entries, FIRST, &before, &after, 4096);
	make_file(log_path, entries.data, entries.size);
	free(before.data);
	free(after.data);
	free(entries.data);
}

/* The control set that is read, and the only finding about a hive. */
static void check(const struct v2v_tree *tree, const char *set,
	const char *level, const char *code, const char *part)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { .major_version = -1 };
	const struct v2v_finding *found;

	assert(v2v_windows_read(tree, &inspect));
	same("control set", inspect.windows->current_control_set, set);
	v2v_find_hives(tree, &inspect);
	assert(inspect.findings.count == (code ? 1 : 0));
	if (!code)
		return;
	found = inspect.findings.items;
	same("code", found->code, code);
	same("place", found->where, CONFIG "SYSTEM");
	same("level", found->level, level);
	assert(strstr(found->text, part));
}

static void test_clean(const struct v2v_tree *tree)
{
	check(tree, "ControlSet001", V2V_NOTE, NULL, NULL);
}

static void test_replayed(const struct v2v_tree *tree)
{
	static const char *const names[] = { "SYSTEM.LOG1", "system.Log2",
		"System.log" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *log = host_path(tree, names[i]);

		make_dirty(tree, names[i]);
		check(tree, "ControlSet002", V2V_NOTE, "registry-replayed",
			"1 write of its transaction logs is made up for");
		assert(unlink(log) == 0);
		check(tree, "ControlSet001", V2V_BLOCKER, "registry-dirty",
			"(it has no transaction logs)");
	}
}

/* What is not a file is not a log. */
static void test_odd_logs(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *real = host_path(tree, "real");
	CLEANUP_FREE char *log1 = host_path(tree, "SYSTEM.LOG1");
	CLEANUP_FREE char *log2 = host_path(tree, "SYSTEM.LOG2");

	make_dirty(tree, "real");
	assert(symlink("real", log1) == 0 && mkdir(log2, 0755) == 0);
	check(tree, "ControlSet001", V2V_BLOCKER, "registry-dirty",
		"(it has no transaction logs)");
	assert(unlink(log1) == 0 && rename(real, log1) == 0);
	check(tree, "ControlSet002", V2V_NOTE, "registry-replayed", "");
}

/* The copy is not the guest's file. */
static void test_copy(const struct v2v_tree *tree)
{
	struct v2v_hive_state state;
	struct v2v_error err = { 0 };
	struct bytes before, after;
	int fd;

	make_dirty(tree, "SYSTEM.LOG1");
	before = read_file(tree, "SYSTEM");
	fd = v2v_hive_fetch(tree, CONFIG "SYSTEM", &state, &err);
	assert(fd >= 0 && state.writes == 1 && !state.dirty.text[0]);
	assert(!v2v_hive_is_whole(tree, CONFIG "SYSTEM"));
	assert(v2v_hive_is_whole(tree, CONFIG "SOFTWARE"));
	close(fd);
	after = read_file(tree, "SYSTEM");
	assert(before.size == after.size &&
		memcmp(before.data, after.data, after.size) == 0);
	assert(v2v_hive_fetch(tree, CONFIG "SAM", &state, &err) < 0);
	free(before.data);
	free(after.data);
}

static bool has_change(const struct v2v_plan *plan, const char *where)
{
	v2v_list_foreach (const struct v2v_change, change, &plan->changes)
		if (strcmp(change->where, where) == 0)
			return true;
	return false;
}

/* What the log held is edited, and the log is emptied behind the hive. */
static void test_edited(const struct v2v_tree *tree)
{
	struct windows_scene s;
	const struct v2v_op *ops;
	struct v2v_registry *registry;
	v2v_registry_key key;

	make_dirty(tree, "SYSTEM.LOG1");
	scene_begin(&s, tree);
	scene_plan(&s);
	ops = s.plan.ops.items;
	assert(s.plan.ops.count == 2);
	same("hive", ops[0].name, CONFIG "SYSTEM");
	same("log", ops[1].name, CONFIG "SYSTEM.LOG1");
	assert(ops[1].type == V2V_OP_WRITE && ops[1].size == 0);
	assert(has_change(&s.plan,
		"SYSTEM\\ControlSet002\\Control\\CrashControl\\AutoReboot"));
	assert(has_change(&s.plan, CONFIG "SYSTEM.LOG1"));
	registry = v2v_registry_open(ops[0].fd, "hive", NULL);
	assert(registry);
	key = v2v_registry_find(
		registry, v2v_registry_root(registry), "Select");
	assert(v2v_registry_number(registry, key, "Current") == 2);
	v2v_registry_free(registry);
	scene_end(&s);
}

/* Nothing is written that would make its loss last. */
static void test_lost(const struct v2v_tree *tree)
{
	CLEANUP_FREE char *log = host_path(tree, "SYSTEM.LOG1");
	struct windows_scene s;
	bool is_blocked = false;

	make_dirty(tree, "SYSTEM.LOG1");
	assert(unlink(log) == 0);
	scene_begin(&s, tree);
	scene_plan(&s);
	assert(s.plan.ops.count == 0);
	v2v_list_foreach (const struct v2v_plan_note, blocker, &s.plan.blockers)
		is_blocked |= strcmp(blocker->code, "registry-dirty") == 0;
	assert(is_blocked);
	scene_end(&s);
}

int main(void)
{
	in_tree(GUEST, test_clean);
	in_tree(GUEST, test_replayed);
	in_tree(GUEST, test_odd_logs);
	in_tree(GUEST, test_copy);
	in_tree(GUEST, test_edited);
	in_tree(GUEST, test_lost);
	return 0;
}
