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
	int64_t atime, atime_ns, mtime, mtime_ns;
};

static void later_clear(struct later *later)
{
	v2v_guest_names_clear(&later->made);
	v2v_list_foreach (struct times, t, &later->directories)
		free(t->name);
	free(later->directories.items);
}
#define CLEANUP_LATER __attribute__((cleanup(later_clear)))

static struct times times_of(struct archive_entry *entry)
{
	return (struct times){
		.atime = archive_entry_atime(entry),
		.atime_ns = archive_entry_atime_nsec(entry),
		.mtime = archive_entry_mtime(entry),
		.mtime_ns = archive_entry_mtime_nsec(entry),
	};
}

/* The member alone, called "f", in a tar that the appliance's own unpacks: that
 * sets extended attributes with any bytes, as no call of libguestfs does. */
static int make_small_tar(struct v2v_guest *guest, struct v2v_backup_reader *r,
	int *ret_fd, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_scratch(guest, err);
	struct archive *tar = fd < 0 ? NULL : v2v_backup_new_tar(fd);
	struct archive_entry *entry = archive_entry_clone(r->entry);
	char buffer[65536];
	la_ssize_t n = 0;
	int status;

	archive_entry_set_pathname(entry, "f");
	archive_entry_set_fflags(entry, 0, 0);
	status = tar ? archive_write_header(tar, entry) : ARCHIVE_FATAL;
	while (status >= ARCHIVE_WARN &&
		(n = archive_read_data(r->tar, buffer, sizeof buffer)) > 0)
		if (archive_write_data(tar, buffer, (size_t)n) != n)
			status = ARCHIVE_FATAL;
	archive_entry_free(entry);
	if (tar && archive_write_close(tar) != ARCHIVE_OK)
		status = ARCHIVE_FATAL;
	archive_write_free(tar);
	if (status < ARCHIVE_WARN || n < 0)
		return v2v_fail(err, "backup", "'%s' cannot be read", r->file);
	*ret_fd = v2v_take_fd(&fd);
	return 0;
}

/* Unpacked in @directory, a new one beside the file, then renamed. */
static int swap(struct v2v_guest *guest, struct v2v_backup_reader *r,
	const char *directory, const char *name, struct v2v_error *err)
{
	CLEANUP_FREE char *temp = v2v_format("%s/f", directory);
	CLEANUP_CLOSE int fd = -1;
	CLEANUP_FREE char *from = NULL;
	struct times t = times_of(r->entry);

	if (make_small_tar(guest, r, &fd, err) < 0)
		return -1;
	from = v2v_format("/proc/self/fd/%d", fd);
	if (guestfs_tar_in_opts(guest->g, from, directory,
		    GUESTFS_TAR_IN_OPTS_XATTRS, 1, -1) < 0)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot put back the guest's '%s'", name);
	if (archive_entry_filetype(r->entry) == AE_IFREG)
		guestfs_utimens(guest->g, temp, t.atime, t.atime_ns, t.mtime,
			t.mtime_ns);
	guestfs_sync(guest->g);
	if (guestfs_rename(guest->g, temp, name) < 0) {
		v2v_guest_fail(guest, err, "guest-write",
			"cannot put back the guest's '%s'", name);
		guestfs_rm(guest->g, temp);
		return -1;
	}
	return 0;
}

static char *make_directory_beside(struct v2v_guest *guest, const char *parent,
	char **ret_flags, struct v2v_error *err)
{
	CLEANUP_FREE char *template = v2v_format("%s/.v2v-XXXXXX", parent);
	char *made = guestfs_mkdtemp(guest->g, template);

	if (!made)
		*ret_flags = v2v_attributes_open_directory(
			guest, *parent ? parent : "/");
	if (*ret_flags)
		made = guestfs_mkdtemp(guest->g, template);
	if (!made)
		v2v_guest_fail(guest, err, "guest-write",
			"cannot write in the guest's '%s'", parent);
	return made;
}

/* A file with other names: they get the content back with it. */
static int overwrite(struct v2v_guest *guest, struct v2v_backup_reader *r,
	const char *name, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_scratch(guest, err);
	CLEANUP_FREE char *from = v2v_format("/proc/self/fd/%d", fd);
	struct times t = times_of(r->entry);

	if (fd < 0 || v2v_guest_check_name(name, err) < 0)
		return -1;
	if (archive_read_data_into_fd(r->tar, fd) != ARCHIVE_OK)
		return v2v_backup_broken(r, err);
	if (guestfs_upload(guest->g, from, name) < 0 ||
		guestfs_chown(guest->g, (int)archive_entry_uid(r->entry),
			(int)archive_entry_gid(r->entry), name) < 0 ||
		guestfs_chmod(guest->g,
			(int)(archive_entry_mode(r->entry) & 07777),
			name) < 0 ||
		guestfs_utimens(guest->g, name, t.atime, t.atime_ns, t.mtime,
			t.mtime_ns) < 0)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot put back the guest's '%s'", name);
	return 0;
}

/* The name in the guest: its directory's links resolved there. */
static char *name_in_guest(
	struct v2v_guest *guest, const char *member, char **ret_directory)
{
	CLEANUP_FREE char *path = v2v_format("/%s", member);
	char *slash = strrchr(path, '/');
	CLEANUP_FREE char *real = NULL;

	*slash = '\0';
	real = v2v_guest_resolve(guest, *path ? path : "/");
	*ret_directory =
		real && strcmp(real, "/") ? v2v_take(real) : v2v_strdup("");
	return v2v_format("%s/%s", *ret_directory, slash + 1);
}

static int restore_file(struct v2v_guest *guest, struct v2v_backup_reader *r,
	struct v2v_error *err)
{
	CLEANUP_FREE char *parent = NULL, *beside = NULL, *flags = NULL;
	CLEANUP_FREE char *name =
		name_in_guest(guest, archive_entry_pathname(r->entry), &parent);
	struct v2v_attributes now CLEANUP_ATTRIBUTES = { 0 };
	struct v2v_attributes then CLEANUP_ATTRIBUTES = { 0 };
	unsigned long set = 0, clear = 0;
	int status;

	if (v2v_attributes_get(guest, name, &now, NULL) == 0)
		v2v_attributes_unprotect(guest, name, &now);
	archive_entry_fflags(r->entry, &set, &clear);
	then.flags = v2v_backup_letters(set);
	if (now.stat && S_ISREG(now.stat->st_mode) && now.stat->st_nlink > 1 &&
		archive_entry_filetype(r->entry) == AE_IFREG) {
		status = overwrite(guest, r, name, err);
	} else {
		beside = make_directory_beside(guest, parent, &flags, err);
		status = beside ? swap(guest, r, beside, name, err) : -1;
		if (beside)
			guestfs_rmdir(guest->g, beside);
	}
	v2v_attributes_protect(guest, name, &then);
	v2v_attributes_close_directory(guest, *parent ? parent : "/", flags);
	return status < 0 ? -1 : v2v_check_cancel(guest->v, err);
}

/* "etc/.wh.NAME" is "/etc/NAME"; NULL: it is none. */
static char *name_of_whiteout(const char *member)
{
	const char *slash = strrchr(member, '/');
	const char *base = slash ? slash + 1 : member;

	if (!v2v_starts_with(base, V2V_WHITEOUT))
		return NULL;
	return v2v_format("%.*s%s", (int)(base - member), member,
		base + strlen(V2V_WHITEOUT));
}

static int restore_member(struct v2v_guest *guest, struct v2v_backup_reader *r,
	struct later *later, struct v2v_error *err)
{
	const char *member = archive_entry_pathname(r->entry);
	CLEANUP_FREE char *made = name_of_whiteout(member);
	struct times *t;

	if (made) {
		v2v_list_add_string(&later->made, made);
		return 0;
	}
	if (archive_entry_filetype(r->entry) != AE_IFDIR)
		return restore_file(guest, r, err);
	t = v2v_list_add(&later->directories, sizeof *t);
	*t = times_of(r->entry);
	t->name = strcmp(member, V2V_BACKUP_ROOT) == 0
			  ? v2v_strdup("/")
			  : v2v_format("/%s", member);
	return 0;
}

/* Files before the directories that they are in. */
static void remove_made(struct v2v_guest *guest, const struct v2v_list *made)
{
	for (size_t i = made->count; i-- > 0;) {
		const char *member = v2v_items(char *, made)[i];
		CLEANUP_FREE char *parent = NULL;
		CLEANUP_FREE char *name = name_in_guest(guest, member, &parent);

		if (guestfs_exists(guest->g, name) != 1 &&
			guestfs_is_symlink(guest->g, name) != 1)
			continue;
		if (v2v_guest_is_dir(guest, name)
				? guestfs_rmdir(guest->g, name) < 0
				: v2v_guest_remove(guest, name, NULL) < 0)
			v2v_warn(guest->v, "undo-left",
				"the guest's '%s' was made by the conversion "
				"and is not removed: %s",
				name, guestfs_last_error(guest->g));
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

	if (guestfs_utimens(guest->g, t->name, t->atime, t->atime_ns, t->mtime,
		    t->mtime_ns) == 0)
		return;
	flags = v2v_attributes_open_directory(guest, t->name);
	guestfs_utimens(guest->g, t->name, t->atime, t->atime_ns, t->mtime,
		t->mtime_ns);
	v2v_attributes_close_directory(guest, t->name, flags);
}

int v2v_backup_restore(struct v2v_guest *guest, const char *file,
	size_t *ret_count, struct v2v_error *err)
{
	struct v2v_backup_reader r CLEANUP_BACKUP_READER = { .fd = -1 };
	struct later later CLEANUP_LATER = { 0 };

	json_object_clear(guest->texts);
	if (v2v_backup_reader_open(&r, file, err) < 0 ||
		restore_all(guest, &r, &later, ret_count, err) < 0)
		return -1;
	remove_made(guest, &later.made);
	v2v_list_foreach (const struct times, t, &later.directories)
		set_directory_times(guest, t);
	return v2v_check_cancel(guest->v, err);
}
