/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is read of whole guests: tests/data/windows/NAME.tree (dir-tree.h), and
 * NAME.json, what inspection says of it: members that are null, false or empty
 * are left out, and so is windows-not-supported.  With --print FILE.tree it is
 * printed.
 */
#include "cases.h"

#include "dir-tree.h"
#include "inspect/findings/find-private.h"
#include "windows/windows.h"

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

/* All have it. */
static void drop_not_supported(json_t *findings)
{
	for (size_t i = json_array_size(findings); i-- > 0;)
		if (v2v_streq(json_string_value(json_object_get(
				      json_array_get(findings, i), "code")),
			    "windows-not-supported"))
			json_array_remove(findings, i);
}

static const char *path_of_case;
static bool is_printed;

static void compare(const struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *name = beside(path_of_case, ".json");
	json_auto_t *want = json_load_file(name, 0, NULL);
	json_auto_t *got = v2v_inspect_store(inspect);

	drop_not_supported(json_object_get(got, "findings"));
	drop_nothing(got);
	json_object_del(got, "type");
	json_object_del(got, "distro");
	if (is_printed) {
		json_dumpf(got, stdout, JSON_INDENT(1));
		puts("");
		return;
	}
	same_json(path_of_case, got, want);
}

/* "00:50:56:00:00:01" or "-", "160" or "-" */
static void add_nic(
	const char *mac, const char *slot, struct v2v_source *source)
{
	struct v2v_nic *nic = v2v_list_add(&source->nics, sizeof *nic);

	nic->id = (int64_t)source->nics.count - 1;
	nic->mac = strcmp(mac, "-") ? v2v_strdup(mac) : NULL;
	nic->pci_slot = -1;
	v2v_parse_i64(slot, &nic->pci_slot);
}

/* What is not in the files, in lines of /.source: a card as "MAC SLOT", "DISK",
 * "UEFI": the ESP is there, too. */
static void read_source(const struct v2v_tree *tree, struct v2v_source *source)
{
	CLEANUP_FREE char *text = v2v_tree_text(tree, "/.source");
	const char *rest = text;
	char *line;

	for (; rest && (line = v2v_line_next(&rest)); free(line)) {
		const char *slot = v2v_line_split(line);
		if (strcmp(line, "DISK") == 0)
			v2v_list_add(&source->disks, sizeof(struct v2v_disk));
		else if (strcmp(line, "UEFI") == 0)
			v2v_string_set(&source->firmware, "uefi");
		else
			add_nic(line, slot, source);
	}
}

static void inspect_tree(const struct v2v_tree *tree)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = {
		.major_version = -1, .minor_version = -1, .boot_device = -1
	};
	struct v2v_source source CLEANUP_SOURCE = { 0 };

	read_source(tree, &source);
	assert(v2v_windows_read(tree, &inspect));
	v2v_windows_match_nics(inspect.windows, &source);
	inspect.windows->hibernated = v2v_windows_is_hibernated(tree);
	inspect.firmware = v2v_strdup(source.firmware);
	v2v_windows_read_boot(tree, "", source.firmware != NULL, "/dev/sda1",
		inspect.windows);
	v2v_find_windows(tree, &source, &inspect);
	compare(&inspect);
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
