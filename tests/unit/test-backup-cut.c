/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Backups that are cut off or damaged: --undo puts back what is whole, or
 * nothing. */
#include "backup-guest.h"

/* Where each member of a tar ends, by its name; the end mark's is "". */
struct end {
	char *name;
	long at;
};

static void ends_clear(struct v2v_list *ends)
{
	v2v_list_foreach (struct end, end, ends)
		free(end->name);
	free(ends->items);
}

static void find_ends(const char *backup, struct v2v_list *ends)
{
	struct archive *tar = archive_read_new();
	struct archive_entry *entry;
	int status = ARCHIVE_OK;

	archive_read_support_format_tar(tar);
	assert(archive_read_open_filename(tar, backup, 512) == ARCHIVE_OK);
	while (status != ARCHIVE_EOF) {
		struct end *end;

		status = archive_read_next_header(tar, &entry);
		assert(status == ARCHIVE_OK || status == ARCHIVE_EOF);
		if (ends->count)
			v2v_items(struct end, ends)[ends->count - 1].at =
				(long)archive_read_header_position(tar);
		end = v2v_list_add(ends, sizeof *end);
		end->at = LONG_MAX;
		end->name = v2v_strdup(status == ARCHIVE_EOF
					       ? ""
					       : archive_entry_pathname(entry));
	}
	archive_read_free(tar);
	assert(ends->count > 15);
}

/* The line of a file in a list of the guest, the caller's. */
static char *line_of(const char *list, const char *name)
{
	CLEANUP_FREE char *key = v2v_format("\n/%s ", name);
	CLEANUP_FREE char *all = v2v_format("\n%s", list);
	const char *at = strstr(all, key);

	return at ? v2v_strndup(at + 1, strcspn(at + 1, "\n")) : NULL;
}

/* Of the files those are as they were that are whole in the tar, all others as
 * the conversion left them. */
static void check_files(const char *what, const struct v2v_list *ends,
	long length, const char *before, const char *after)
{
	CLEANUP_FREE char *now = list_guest();

	v2v_list_foreach (const struct end, end, ends) {
		bool is_file = *end->name && *end->name != '.' &&
			       !v2v_ends_with(end->name, "/") &&
			       !strstr(end->name, "/.wh.");
		CLEANUP_FREE char *want =
			line_of(end->at <= length ? before : after, end->name);
		CLEANUP_FREE char *got = line_of(now, end->name);

		if (is_file)
			same(what, got, want);
	}
}

static void check_cut(const char *backup, const struct v2v_list *ends,
	long length, const char *before, const char *after)
{
	CLEANUP_FREE char *what = v2v_format("cut at %ld", length);
	const struct end *all = ends->items;
	struct v2v_error err = { 0 };
	struct machine m;
	int status;

	assert(truncate(backup, length) == 0);
	machine_open(&m);
	status = undo(&m, backup, &err);
	/* Not even the owner is known. */
	assert((status < 0) == (length < all[0].at));
	assert(status == 0 || strstr(err.text, "not a backup"));
	/* All is there but, perhaps, a part of the end mark. */
	assert(m.told.cut ==
		(status == 0 && length < all[ends->count - 2].at + 512));
	machine_close(&m);
	check_files(what, ends, length, before, after);
}

/* A tar cut anywhere: what is whole is put back, and one line says so. */
static void test_cut(void)
{
	CLEANUP_FREE char *before = NULL;
	long size = LONG_MAX;

	make_guest();
	before = list_guest();
	for (long length = 0; length < size; length += 509) {
		CLEANUP_FREE char *backup = converted();
		CLEANUP_FREE char *after = list_guest();
		struct v2v_list ends = { 0 };
		struct stat st;

		assert(stat(backup, &st) == 0);
		size = st.st_size;
		find_ends(backup, &ends);
		check_cut(backup, &ends, length, before, after);
		ends_clear(&ends);
		drop_backup();
	}
}

/* A byte of a header is another: nothing is put back. */
static void test_damaged(void)
{
	CLEANUP_FREE char *backup = converted();
	CLEANUP_FREE char *after = list_guest(), *now = NULL;
	CLEANUP_CLOSE int fd = open(backup, O_RDWR | O_CLOEXEC);
	struct v2v_list ends = { 0 };
	struct v2v_error err = { 0 };
	struct machine m;
	long at;

	find_ends(backup, &ends);
	at = v2v_items(struct end, &ends)[5].at + 130;
	assert(pwrite(fd, "7", 1, at) == 1);
	machine_open(&m);
	assert(undo(&m, backup, &err) < 0 && v2v_streq(err.code, "backup"));
	assert(!m.told.cut);
	machine_close(&m);
	now = list_guest();
	same("damaged", now, after);
	ends_clear(&ends);
	drop_backup();
}

static void run_all(void)
{
	test_cut();
	test_damaged();
}

int main(void)
{
	in_work_folder(run_all);
	return 0;
}
