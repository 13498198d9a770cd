/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest whose hive SYSTEM is as after a crash: what the text beside it has,
 * SYSTEM.later-hvle or SYSTEM.later-dirt (make-hive.h), is in a transaction log
 * alone, in the form of Windows 8.1 and later, or in the older one.
 */
#ifndef V2V_TEST_CRASHED_HIVE_H
#define V2V_TEST_CRASHED_HIVE_H

#include "make-logs.h"

#define CRASH_HIVE     "/Windows/System32/config/SYSTEM"
#define CRASH_SEQUENCE 100
#define CRASH_STAMP    UINT64_C(0x1d5a0b1c2d3e4f5)

static inline void add_to_hive(const char *path, const char *text)
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

static inline struct bytes read_bytes(const char *path)
{
	struct bytes file = { 0 };

	file.data = (unsigned char *)read_whole_size(path, &file.size);
	return file;
}

/* Pages of the old form, entries of the new one. */
static inline struct bytes crash_log(
	const struct bytes *before, const struct bytes *after, bool is_old)
{
	struct bytes log;

	if (is_old)
		return make_page_log(
			before, after, CRASH_SEQUENCE, CRASH_STAMP);
	log = make_log(after, 6, CRASH_SEQUENCE, CRASH_STAMP);
	add_entry(&log, CRASH_SEQUENCE, before, after, 4096);
	return log;
}

static inline void crash_one(const char *top, const char *form, bool is_old)
{
	CLEANUP_FREE char *path = v2v_format("%s" CRASH_HIVE, top);
	CLEANUP_FREE char *later = v2v_format("%s.later-%s", path, form);
	CLEANUP_FREE char *log_path =
		v2v_format("%s.%s", path, is_old ? "LOG" : "LOG1");
	struct bytes before, after, log;

	if (access(later, F_OK) < 0)
		return;
	before = read_bytes(path);
	{
		CLEANUP_FREE char *text = read_whole(later);

		add_to_hive(path, text);
	}
	after = read_bytes(path);
	set_head(before.data, CRASH_SEQUENCE + 1, CRASH_SEQUENCE, 0,
		CRASH_STAMP);
	log = crash_log(&before, &after, is_old);
	assert(remove(later) == 0);
	make_file(path, before.data, before.size);
	make_file(log_path, log.data, log.size);
	free(before.data);
	free(after.data);
	free(log.data);
}

/* The guest below the folder @top. */
static inline void crash_hive(const char *top)
{
	crash_one(top, "hvle", false);
	crash_one(top, "dirt", true);
}
#endif
