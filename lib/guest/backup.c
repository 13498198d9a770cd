/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a backup: a member before each change. */
#include "guest/backup.h"

#include "core/file.h"
#include "guest/backup-private.h"
#include "guest/files.h"
#include "guest/private.h"
#include "guest/tar-private.h"

struct v2v_backup {
	struct archive *tar;
	int fd;
	json_t *saved; /* set of names */
};

void v2v_backup_free(struct v2v_backup *backup)
{
	if (!backup)
		return;
	archive_write_free(backup->tar);
	json_decref(backup->saved);
	free(backup);
}

static int cannot_write(struct v2v_backup *backup, struct v2v_error *err)
{
	const char *why = archive_error_string(backup->tar);

	return v2v_fail(err, "backup", "cannot write the backup: %s",
		why ? why : "unknown");
}

static int cannot_hold(const char *name, struct v2v_error *err)
{
	return v2v_fail(
		err, "backup", "a backup cannot hold the guest's '%s'", name);
}

/* One member, and it is on the disk. */
static int put(struct v2v_backup *backup, struct archive_entry *entry, int fd,
	uint64_t size, struct v2v_error *err)
{
	if (archive_write_header(backup->tar, entry) < ARCHIVE_WARN ||
		v2v_tar_put_data(backup->tar, fd, size) < 0 ||
		archive_write_finish_entry(backup->tar) < ARCHIVE_WARN)
		return cannot_write(backup, err);
	if (fdatasync(backup->fd) < 0)
		return v2v_fail_errno(err, "cannot write the backup");
	return 0;
}

static int put_file(struct v2v_guest *guest, const char *name,
	struct archive_entry *entry, struct v2v_error *err)
{
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_guest_fetch(guest, name, &size, err);

	if (fd < 0)
		return -1;
	archive_entry_set_size(entry, (la_int64_t)size);
	return put(guest->backup, entry, fd, size, err);
}

static int put_existing(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *a, struct archive_entry *entry,
	struct v2v_error *err)
{
	CLEANUP_FREE char *to = NULL;

	archive_entry_set_pathname(entry, name + 1);
	v2v_tar_fill(entry, &a->stat, &a->xattrs);
	archive_entry_set_fflags(entry, v2v_backup_bits(a->flags), 0);
	/* One of these, and nothing could be put back. */
	if (!v2v_backup_is_member(entry))
		return cannot_hold(name, err);
	if (S_ISREG(a->stat.mode))
		return put_file(guest, name, entry, err);
	if (S_ISLNK(a->stat.mode)) {
		to = v2v_call(guest, files, read_link, name);
		if (!to)
			return v2v_guest_fail(guest, err, "guest-read",
				"cannot read the guest's '%s'", name);
		archive_entry_set_symlink(entry, to);
	}
	return put(guest->backup, entry, -1, 0, err);
}

/* When the appliance is gone, no file seems to exist: undoing would
 * remove it. */
static int check_absent(
	struct v2v_guest *guest, const char *name, struct v2v_error *err)
{
	struct v2v_appliance_stat st;

	if (v2v_call(guest, files, lstat, name, &st) == 0)
		return cannot_hold(name, err);
	if (guest->a->ops->life->error_number(guest->a) == ENOENT)
		return 0;
	return v2v_guest_fail(
		guest, err, "guest-read", "cannot read the guest's '%s'", name);
}

/* "etc/.wh.NAME": there is none. */
static int put_absent(struct v2v_guest *guest, const char *name,
	struct archive_entry *entry, struct v2v_error *err)
{
	const char *base = strrchr(name, '/') + 1;
	CLEANUP_FREE char *member = v2v_format("%.*s" V2V_WHITEOUT "%s",
		(int)(base - name - 1), name + 1, base);

	archive_entry_set_pathname(entry, member);
	archive_entry_set_mode(entry, S_IFREG | 0600);
	if (check_absent(guest, name, err) < 0)
		return -1;
	if (!v2v_backup_is_member(entry))
		return cannot_hold(name, err);
	return put(guest->backup, entry, -1, 0, err);
}

static int save(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *a, struct v2v_error *err)
{
	const char *base = strrchr(name, '/') + 1;
	struct archive_entry *entry;
	int status;

	/* Read back it would mean another file, that there is none. */
	if (v2v_starts_with(base, V2V_WHITEOUT))
		return cannot_hold(name, err);
	entry = archive_entry_new();
	/* A name may be in any encoding; one that is not remembered would be
	 * saved again, edited. */
	json_object_set_new_nocheck(guest->backup->saved, name, json_true());
	status = a ? put_existing(guest, name, a, entry, err)
		   : put_absent(guest, name, entry, err);
	archive_entry_free(entry);
	return status;
}

static int save_root(struct v2v_guest *guest, struct v2v_error *err)
{
	struct v2v_attributes a CLEANUP_ATTRIBUTES = { 0 };

	if (v2v_attributes_get(guest, "/", &a, err) < 0)
		return -1;
	return save(guest, "/" V2V_BACKUP_ROOT, &a, err);
}

static int save_directory(
	struct v2v_guest *guest, const char *name, struct v2v_error *err)
{
	const char *slash = strrchr(name, '/');
	CLEANUP_FREE char *directory =
		v2v_strndup(name, (size_t)(slash - name));
	struct v2v_attributes a CLEANUP_ATTRIBUTES = { 0 };

	if (!*directory || json_object_get(guest->backup->saved, directory))
		return 0;
	if (v2v_attributes_get(guest, directory, &a, err) < 0)
		return -1;
	return save(guest, directory, &a, err);
}

int v2v_backup_save(struct v2v_guest *guest, const char *name,
	const struct v2v_attributes *a, struct v2v_error *err)
{
	if (!guest->backup || json_object_get(guest->backup->saved, name))
		return 0;
	if (save_directory(guest, name, err) < 0)
		return -1;
	return save(guest, name, a, err);
}

static int put_owner(struct v2v_guest *guest,
	const struct v2v_backup_owner *owner, struct v2v_error *err)
{
	json_auto_t *json = json_pack("{s:i, s:o, s:s}", "v2v_backup", 1,
		"machine", v2v_json_text(owner->machine), "root_uuid",
		owner->root_uuid);
	CLEANUP_FREE char *text = json_dumps(json, JSON_INDENT(1));
	CLEANUP_CLOSE int fd = v2v_guest_scratch(guest, err);
	struct archive_entry *entry;
	int status;

	if (fd < 0 || !text ||
		v2v_write_all(fd, "backup", text, strlen(text), err) < 0)
		return v2v_fail(err, "backup", "cannot begin the backup");
	entry = archive_entry_new();
	archive_entry_set_pathname(entry, V2V_BACKUP_OWNER);
	archive_entry_set_mode(entry, S_IFREG | 0644);
	archive_entry_set_size(entry, (la_int64_t)strlen(text));
	status = put(guest->backup, entry, fd, strlen(text), err);
	archive_entry_free(entry);
	return status;
}

int v2v_backup_begin(struct v2v_guest *guest, int fd,
	const struct v2v_backup_owner *owner, struct v2v_error *err)
{
	guest->backup = v2v_alloc(1, sizeof *guest->backup);
	guest->backup->fd = fd;
	guest->backup->saved = json_object();
	guest->backup->tar = v2v_tar_new(fd);
	if (!guest->backup->tar)
		return v2v_fail(err, "backup", "cannot begin the backup");
	if (put_owner(guest, owner, err) < 0)
		return -1;
	return save_root(guest, err);
}

int v2v_backup_end(struct v2v_guest *guest, struct v2v_error *err)
{
	int status = 0;

	if (!guest->backup)
		return 0;
	if (archive_write_close(guest->backup->tar) != ARCHIVE_OK)
		status = cannot_write(guest->backup, err);
	v2v_backup_free(v2v_take(guest->backup));
	return status;
}
