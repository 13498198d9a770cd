/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting back what a backup holds. */
#include "core/file.h"
#include "guest/backup-private.h"
#include "guest/backup.h"
#include "guest/files.h"
#include "guest/private.h"

/* What is put back last, because it says how it was before all. */
struct later {
	struct v2v_list made;	     /* of char *: files and directories */
	struct v2v_list directories; /* of struct times */
};

struct times {
	char *name;
	struct v2v_appliance_times times;
};

static void later_clear(struct later *later)
{
	v2v_strings_clear(&later->made);
	v2v_list_foreach (struct times, t, &later->directories)
		free(t->name);
	free(later->directories.items);
}
#define CLEANUP_LATER __attribute__((cleanup(later_clear)))

static struct times times_of(struct archive_entry *entry)
{
	return (struct times){
		.times = { archive_entry_atime(entry),
			archive_entry_atime_nsec(entry),
			archive_entry_mtime(entry),
			archive_entry_mtime_nsec(entry) },
	};
}

/* "etc/.wh.NAME" is "/etc/NAME"; NULL: it is not one. */
static char *name_of_whiteout(const char *member)
{
	const char *slash = strrchr(member, '/');
	const char *base = slash ? slash + 1 : member;

	if (!v2v_starts_with(base, V2V_WHITEOUT))
		return NULL;
	return v2v_format("%.*s%s", (int)(base - member), member,
		base + strlen(V2V_WHITEOUT));
}

/* Names that only we make: see v2v_guest_write(), v2v_guest_is_writable() and
 * restore-file.c. */
static bool is_leftover(const char *name)
{
	static const char ours[] = ".v2v-";
	size_t n = strlen(ours);

	return v2v_starts_with(name, ours) &&
	       (strlen(name + n) == 6 || strcmp(name + n, "writable") == 0);
}

/* What was under way when a conversion, or an undoing, was ended. */
static void remove_leftovers(struct v2v_guest *guest, const char *directory)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	v2v_guest_list(guest, directory, &names);
	v2v_list_foreach (char *, name, &names) {
		CLEANUP_FREE char *path = v2v_format("%s/%s", directory, *name);
		CLEANUP_FREE char *inside = v2v_format("%s/f", path);

		if (!is_leftover(*name) ||
			v2v_call(guest, writing, remove, path) == 0)
			continue;
		v2v_call(guest, writing, remove, inside);
		v2v_call(guest, writing, remove_dir, path);
	}
}

static int restore_member(struct v2v_guest *guest, struct v2v_backup_reader *r,
	struct later *later, struct v2v_error *err)
{
	const char *member = archive_entry_pathname(r->entry);
	CLEANUP_FREE char *made = name_of_whiteout(member);
	struct times t;

	if (made) {
		v2v_list_add_string(&later->made, made);
		return 0;
	}
	if (archive_entry_filetype(r->entry) != AE_IFDIR)
		return v2v_backup_restore_file(guest, r, err);
	t = times_of(r->entry);
	t.name = strcmp(member, V2V_BACKUP_ROOT) == 0
			 ? v2v_strdup("/")
			 : v2v_format("/%s", member);
	*(struct times *)v2v_list_add(&later->directories, sizeof t) = t;
	remove_leftovers(guest, t.name);
	return 0;
}

static int remove_one(
	struct v2v_guest *guest, const char *name, struct v2v_error *err)
{
	if (!v2v_guest_has_place(guest, name))
		return v2v_guest_remove(guest, name, err);
	remove_leftovers(guest, name);
	if (v2v_call(guest, writing, remove_dir, name) == 0)
		return 0;
	return v2v_guest_fail(guest, err, "guest-write",
		"cannot remove the guest's '%s'", name);
}

/* Files before the directories that they are in. */
static void remove_made(struct v2v_guest *guest, const struct v2v_list *made)
{
	for (size_t i = made->count; i-- > 0;) {
		const char *member = v2v_items(char *, made)[i];
		CLEANUP_FREE char *parent = NULL;
		CLEANUP_FREE char *name =
			v2v_backup_name(guest, member, &parent);
		struct v2v_appliance_stat st;
		struct v2v_error why = { 0 };

		if (!name || v2v_call(guest, files, lstat, name, &st) < 0)
			continue;
		if (remove_one(guest, name, &why) < 0)
			v2v_warn(guest->v, "undo-left",
				"the guest's '%s' was made by the conversion "
				"and is not removed: %s",
				name, why.text);
	}
}

static int restore_all(struct v2v_guest *guest, struct v2v_backup_reader *r,
	struct later *later, size_t *ret_count, struct v2v_error *err)
{
	size_t count = 0;
	int status = v2v_backup_reader_next(r, err);

	/* The first is the owner. */
	while (status > 0 && (status = v2v_backup_reader_next(r, err)) > 0) {
		if (v2v_backup_check_member(r, err) < 0 ||
			restore_member(guest, r, later, err) < 0)
			return -1;
		count++;
	}
	*ret_count = count - later->directories.count;
	return status;
}

/* They may be immutable. */
static void set_directory_times(struct v2v_guest *guest, const struct times *t)
{
	CLEANUP_FREE char *flags = NULL;

	if (v2v_call(guest, attributes, set_times, t->name, &t->times) == 0)
		return;
	flags = v2v_attributes_open_directory(guest, t->name);
	v2v_call(guest, attributes, set_times, t->name, &t->times);
	v2v_attributes_close_directory(guest, t->name, flags);
}

int v2v_backup_restore(struct v2v_guest *guest, const char *file,
	size_t *ret_count, struct v2v_error *err)
{
	struct v2v_backup_reader r CLEANUP_BACKUP_READER = { .fd = -1 };
	struct later later CLEANUP_LATER = { 0 };

	v2v_guest_forget(guest);
	if (v2v_backup_reader_open(&r, file, err) < 0)
		return -1;
	if (r.cut)
		v2v_warn(guest->v, "backup-cut",
			"'%s' ends early, as that of a conversion that was "
			"killed does: what is whole in it is put back",
			file);
	if (restore_all(guest, &r, &later, ret_count, err) < 0)
		return -1;
	remove_made(guest, &later.made);
	v2v_list_foreach (const struct times, t, &later.directories)
		set_directory_times(guest, t);
	return v2v_check_cancel(guest->v, err);
}
