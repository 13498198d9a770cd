/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is read of whole guests: tests/data/windows/NAME.tree (dir-tree.h), and
 * NAME.json, what inspection says of it: members that are null, false or empty
 * are left out.  What is to be changed is test-windows-plan.c's.  With --print
 * FILE.tree it is printed.
 */
#include "cases.h"

#include "inspect/findings/find-private.h"
#include "windows-scene.h"

static bool is_nothing(const json_t *value)
{
	return json_is_null(value) || json_is_false(value) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0);
}

static void drop_nothing(json_t *value)
{
	const char *key;
	json_t *item;
	void *next;
	size_t i;

	json_object_foreach_safe(value, next, key, item)
	{
		drop_nothing(item);
		if (is_nothing(item))
			json_object_del(value, key);
	}
	json_array_foreach (value, i, item) {
		drop_nothing(item);
	}
}

static const char *path_of_case;
static bool is_printed;

static void compare(const struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *name = beside(path_of_case, ".json");
	json_auto_t *want = json_load_file(name, 0, NULL);
	json_auto_t *got = v2v_inspect_store(inspect);

	drop_nothing(got);
	json_object_del(got, "mountpoints");
	json_object_del(got, "root");
	json_object_del(got, "type");
	json_object_del(got, "distro");
	if (is_printed) {
		json_dumpf(got, stdout, JSON_INDENT(1));
		puts("");
		return;
	}
	same_json(path_of_case, got, want);
}

static void inspect_tree(const struct v2v_tree *tree)
{
	struct windows_scene scene;

	scene_begin(&scene, tree);
	v2v_find_windows(&scene.plan, &scene.inspect);
	compare(&scene.inspect);
	scene_end(&scene);
}

static void test_case(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);

	path_of_case = path;
	in_tree(text, inspect_tree);
}

int main(int argc, char **argv)
{
	is_printed = argc == 3 && strcmp(argv[1], "--print") == 0;
	if (is_printed) {
		test_case(argv[2]);
		return 0;
	}
	each_case("tests/data/windows/*.tree", 6, test_case);
	return 0;
}
