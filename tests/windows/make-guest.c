/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make-guest TREE FOLDER [hvle|dirt]: makes the guest of a text (dir-tree.h)
 * below FOLDER.  With a third word its hive SYSTEM is as after a crash: the
 * text beside it, SYSTEM.later, is in a transaction log alone, in the form of
 * Windows 8.1 and later, or in the older one.
 */
#include "../unit/dir-tree.h"
#include "../unit/make-logs.h"

#define SYSTEM	 "/Windows/System32/config/SYSTEM"
#define SEQUENCE 100
#define STAMP	 UINT64_C(0x1d5a0b1c2d3e4f5)

static void add_to_hive(const char *path, const char *text)
{
	hive_h *h = hivex_open(path, HIVEX_OPEN_WRITE);
	hive_node_h key = 0;

	assert(h);
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		if (*line == '[') {
			line[strcspn(line, "]")] = '\0';
			key = hive_key(h, line + 1);
		} else if (*line) {
			assert(key);
			set_hive_value(h, key, line);
		}
	}
	assert(hivex_commit(h, NULL, 0) == 0 && hivex_close(h) == 0);
}

static struct bytes read_bytes(const char *path)
{
	struct bytes file = { 0 };

	file.data = (unsigned char *)read_whole_size(path, &file.size);
	return file;
}

/* The hive @path is as it was before @text, which is in its log. */
static void crash(const char *path, const char *text, bool is_old)
{
	CLEANUP_FREE char *log_path =
		v2v_format("%s.%s", path, is_old ? "LOG" : "LOG1");
	struct bytes before = read_bytes(path), after, log;

	add_to_hive(path, text);
	after = read_bytes(path);
	set_head(before.data, SEQUENCE + 1, SEQUENCE, 0, STAMP);
	if (is_old) {
		log = make_page_log(&before, &after, SEQUENCE, STAMP);
	} else {
		log = make_log(&after, 6, SEQUENCE, STAMP);
		add_entry(&log, SEQUENCE, &before, &after, 4096);
	}
	make_file(path, before.data, before.size);
	make_file(log_path, log.data, log.size);
	free(before.data);
	free(after.data);
	free(log.data);
}

int main(int argc, char **argv)
{
	CLEANUP_FREE char *text = argc > 2 ? read_whole(argv[1]) : NULL;

	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: make-guest TREE FOLDER [hvle|dirt]\n");
		return 2;
	}
	make_tree(argv[2], text);
	if (argc == 4) {
		CLEANUP_FREE char *path = v2v_format("%s" SYSTEM, argv[2]);
		CLEANUP_FREE char *later = v2v_format("%s.later", path);
		CLEANUP_FREE char *more = read_whole(later);

		assert(remove(later) == 0);
		crash(path, more, strcmp(argv[3], "dirt") == 0);
	}
	return 0;
}
