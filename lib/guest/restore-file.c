/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file or link is put back: beside, then renamed. */
#include "core/file.h"
#include "guest/backup-private.h"
#include "guest/files.h"
#include "guest/private.h"

/* The member that is put back. */
struct member {
	struct archive_entry *entry; /* borrowed */
	int fd;			     /* its data */
	char *name, *parent;	     /* in the guest; "" is the root */
	char *parent_flags;	     /* taken away for a while */
};

static void member_clear(struct member *m)
{
	v2v_cleanup_close(&m->fd);
	free(m->name);
	free(m->parent);
	free(m->parent_flags);
}
#define CLEANUP_MEMBER __attribute__((cleanup(member_clear)))

static int cannot_put_back(
	struct v2v_guest *guest, const struct member *m, struct v2v_error *err)
{
	return v2v_guest_fail(guest, err, "guest-write",
		"cannot put back the guest's '%s'", m->name);
}

static int read_data(struct v2v_guest *guest, struct v2v_backup_reader *r,
	struct member *m, struct v2v_error *err)
{
	m->entry = r->entry;
	m->fd = v2v_guest_scratch(guest, err);
	if (m->fd < 0)
		return -1;
	if (archive_read_data_into_fd(r->tar, m->fd) != ARCHIVE_OK)
		return v2v_backup_broken(r, err);
	return 0;
}

/* The member alone, called "f", in a tar that the appliance's own unpacks: that
 * sets extended attributes with any bytes, as no call of libguestfs does. */
static int make_small_tar(
	struct v2v_guest *guest, const struct member *m, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_scratch(guest, err);
	struct archive *tar = fd < 0 ? NULL : v2v_backup_new_tar(fd);
	struct archive_entry *entry = archive_entry_clone(m->entry);
	bool done;

	archive_entry_set_pathname(entry, "f");
	archive_entry_set_fflags(entry, 0, 0);
	done = tar && archive_write_header(tar, entry) >= ARCHIVE_WARN &&
	       v2v_backup_put_data(
		       tar, m->fd, (uint64_t)archive_entry_size(entry)) == 0 &&
	       archive_write_close(tar) == ARCHIVE_OK;
	archive_entry_free(entry);
	archive_write_free(tar);
	if (!done) {
		v2v_fail(err, "backup", "cannot unpack the member for '%s'",
			m->name);
		return -1;
	}
	return v2v_take_fd(&fd);
}

static int set_times(
	struct v2v_guest *guest, struct archive_entry *entry, const char *name)
{
	return guestfs_utimens(guest->g, name, archive_entry_atime(entry),
		archive_entry_atime_nsec(entry), archive_entry_mtime(entry),
		archive_entry_mtime_nsec(entry));
}

/* Unpacked in @directory, a new one beside the file, then renamed. */
static int swap(struct v2v_guest *guest, const struct member *m,
	const char *directory, struct v2v_error *err)
{
	CLEANUP_FREE char *temp = v2v_format("%s/f", directory);
	CLEANUP_CLOSE int fd = make_small_tar(guest, m, err);
	CLEANUP_FREE char *from = v2v_format("/proc/self/fd/%d", fd);
	int status;

	if (fd < 0)
		return -1;
	status = guestfs_tar_in_opts(
		guest->g, from, directory, GUESTFS_TAR_IN_OPTS_XATTRS, 1, -1);
	if (status == 0 && archive_entry_filetype(m->entry) == AE_IFREG)
		set_times(guest, m->entry, temp);
	if (status == 0) {
		guestfs_sync(guest->g);
		status = guestfs_rename(guest->g, temp, m->name);
	}
	if (status < 0) {
		cannot_put_back(guest, m, err);
		guestfs_rm_f(guest->g, temp);
	}
	return status;
}

static char *make_directory_beside(
	struct v2v_guest *guest, struct member *m, struct v2v_error *err)
{
	CLEANUP_FREE char *template = v2v_format("%s/.v2v-XXXXXX", m->parent);
	const char *parent = *m->parent ? m->parent : "/";
	char *made = guestfs_mkdtemp(guest->g, template);

	if (!made)
		m->parent_flags = v2v_attributes_open_directory(guest, parent);
	if (m->parent_flags)
		made = guestfs_mkdtemp(guest->g, template);
	if (!made)
		v2v_guest_fail(guest, err, "guest-write",
			"cannot write in the guest's '%s'", parent);
	return made;
}

static int put_beside(
	struct v2v_guest *guest, struct member *m, struct v2v_error *err)
{
	CLEANUP_FREE char *beside = make_directory_beside(guest, m, err);
	int status = beside ? swap(guest, m, beside, err) : -1;

	if (beside)
		guestfs_rmdir(guest->g, beside);
	return status;
}

/* Into the file that is there: what else it has the conversion left. */
static int overwrite(
	struct v2v_guest *guest, const struct member *m, struct v2v_error *err)
{
	CLEANUP_FREE char *from = v2v_format("/proc/self/fd/%d", m->fd);
	struct archive_entry *entry = m->entry;

	if (v2v_guest_check_name(m->name, err) < 0)
		return -1;
	if (guestfs_upload(guest->g, from, m->name) < 0 ||
		guestfs_chown(guest->g, (int)archive_entry_uid(entry),
			(int)archive_entry_gid(entry), m->name) < 0 ||
		guestfs_chmod(guest->g,
			(int)(archive_entry_mode(entry) & 07777),
			m->name) < 0 ||
		set_times(guest, entry, m->name) < 0)
		return cannot_put_back(guest, m, err);
	return 0;
}

char *v2v_backup_name(
	struct v2v_guest *guest, const char *member, char **ret_directory)
{
	CLEANUP_FREE char *path = v2v_format("/%s", member);
	char *slash = strrchr(path, '/');
	CLEANUP_FREE char *real = NULL;

	*slash = '\0';
	real = v2v_guest_resolve(guest, *path ? path : "/");
	if (!real)
		return NULL;
	*ret_directory = strcmp(real, "/") ? v2v_take(real) : v2v_strdup("");
	return v2v_format("%s/%s", *ret_directory, slash + 1);
}

/* All names of a file with several get its content back.  Where there is no
 * room for another (an initramfs on a small /boot) the old one's is used. */
static int put_back(struct v2v_guest *guest, struct member *m,
	const struct v2v_attributes *now, struct v2v_error *err)
{
	bool can_overwrite = now->stat && S_ISREG(now->stat->st_mode) &&
			     archive_entry_filetype(m->entry) == AE_IFREG;
	struct v2v_error first = { 0 };

	if (can_overwrite && now->stat->st_nlink > 1)
		return overwrite(guest, m, err);
	if (put_beside(guest, m, &first) == 0)
		return 0;
	if (!can_overwrite || v2v_is_cancelled(guest->v))
		return v2v_fail(err, first.code, "%s", first.text);
	return overwrite(guest, m, err);
}

int v2v_backup_restore_file(struct v2v_guest *guest,
	struct v2v_backup_reader *r, struct v2v_error *err)
{
	const char *path = archive_entry_pathname(r->entry);
	struct member m CLEANUP_MEMBER = { .fd = -1 };
	struct v2v_attributes now CLEANUP_ATTRIBUTES = { 0 };
	struct v2v_attributes then CLEANUP_ATTRIBUTES = { 0 };
	unsigned long set = 0, clear = 0;
	int status;

	if (read_data(guest, r, &m, err) < 0)
		return -1;
	m.name = v2v_backup_name(guest, path, &m.parent);
	if (!m.name)
		return v2v_guest_fail(guest, err, "guest-write",
			"cannot put back the guest's '/%s'", path);
	if (v2v_attributes_get(guest, m.name, &now, NULL) == 0)
		v2v_attributes_unprotect(guest, m.name, &now);
	archive_entry_fflags(m.entry, &set, &clear);
	then.flags = v2v_backup_letters(set);
	status = put_back(guest, &m, &now, err);
	v2v_attributes_protect(guest, m.name, &then);
	v2v_attributes_close_directory(
		guest, *m.parent ? m.parent : "/", m.parent_flags);
	return status < 0 ? -1 : v2v_check_cancel(guest->v, err);
}
