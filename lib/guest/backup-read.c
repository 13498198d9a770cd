/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a backup, which may be anybody's. */
#include "core/file.h"
#include "guest/backup-private.h"
#include "guest/backup.h"

#define MAX_OWNER (64 << 10)

void v2v_backup_reader_clear(struct v2v_backup_reader *r)
{
	archive_read_free(r->tar);
	v2v_cleanup_close(&r->fd);
}

int v2v_backup_broken(const struct v2v_backup_reader *r, struct v2v_error *err)
{
	const char *why = archive_error_string(r->tar);

	return v2v_fail(err, "backup", "'%s': %s", r->file,
		why ? why : "not a backup of v2v-convert");
}

static la_ssize_t read_some(
	struct archive *tar, void *opaque, const void **ret_data)
{
	struct v2v_backup_reader *r = opaque;
	uint64_t left = r->whole - r->at;
	ssize_t n = pread(r->fd, r->buffer,
		left < sizeof r->buffer ? (size_t)left : sizeof r->buffer,
		(off_t)r->at);

	if (n < 0)
		archive_set_error(tar, errno, "%s", strerror(errno));
	else
		r->at += (uint64_t)n;
	*ret_data = r->buffer;
	return n;
}

int v2v_backup_reader_open(
	struct v2v_backup_reader *r, const char *file, struct v2v_error *err)
{
	uint64_t size;

	r->file = file;
	r->fd = v2v_open_regular(file, &size, err);
	if (r->fd < 0)
		return -1;
	r->cut = v2v_backup_is_cut(r->fd, size, &r->whole);
	if (r->whole == 0)
		return v2v_fail(err, "backup",
			"'%s' is not a backup of v2v-convert, or was not begun",
			file);
	r->tar = archive_read_new();
	archive_read_support_format_tar(r->tar);
	if (archive_read_open(r->tar, r, NULL, read_some, NULL) != ARCHIVE_OK)
		return v2v_backup_broken(r, err);
	return 0;
}

/* 1, or 0 at the end. */
int v2v_backup_reader_next(struct v2v_backup_reader *r, struct v2v_error *err)
{
	int status = archive_read_next_header(r->tar, &r->entry);

	if (status == ARCHIVE_EOF)
		return 0;
	return status < ARCHIVE_WARN ? v2v_backup_broken(r, err) : 1;
}

int v2v_backup_check_member(
	const struct v2v_backup_reader *r, struct v2v_error *err)
{
	if (!v2v_backup_is_member(r->entry))
		return v2v_fail(err, "backup",
			"'%s' has a member that no backup of v2v-convert has",
			r->file);
	return 0;
}

static int take_owner(struct v2v_backup_reader *r,
	struct v2v_backup_owner *owner, struct v2v_error *err)
{
	const char *name = archive_entry_pathname(r->entry);
	CLEANUP_FREE char *text = v2v_alloc(1, MAX_OWNER);
	json_auto_t *json = NULL;
	const char *machine = NULL, *uuid = NULL;
	la_ssize_t n;
	int version = 0;

	if (!name || strcmp(name, V2V_BACKUP_OWNER) != 0)
		return v2v_fail(err, "backup",
			"'%s' is not a backup of v2v-convert", r->file);
	n = archive_read_data(r->tar, text, MAX_OWNER - 1);
	json = n > 0 ? json_loadb(text, (size_t)n, 0, NULL) : NULL;
	if (!json ||
		json_unpack(json, "{s:i, s:s, s:s}", "v2v_backup", &version,
			"machine", &machine, "root_uuid", &uuid) < 0 ||
		version != 1)
		return v2v_fail(err, "backup",
			"unsupported version of the backup '%s'", r->file);
	owner->machine = v2v_strdup(machine);
	owner->root_uuid = v2v_strdup(uuid);
	return 0;
}

static int check_all(struct v2v_backup_reader *r,
	struct v2v_backup_owner *owner, struct v2v_error *err)
{
	int status = v2v_backup_reader_next(r, err);

	if (status == 0)
		return v2v_backup_broken(r, err);
	if (status < 0 || take_owner(r, owner, err) < 0)
		return -1;
	while ((status = v2v_backup_reader_next(r, err)) > 0)
		if (v2v_backup_check_member(r, err) < 0)
			return -1;
		else if (archive_read_data_skip(r->tar) != ARCHIVE_OK)
			return v2v_backup_broken(r, err);
	return status;
}

int v2v_backup_check(const char *file, struct v2v_backup_owner *ret_owner,
	struct v2v_error *err)
{
	struct v2v_backup_reader r CLEANUP_BACKUP_READER = { .fd = -1 };

	if (v2v_backup_reader_open(&r, file, err) < 0 ||
		check_all(&r, ret_owner, err) < 0) {
		v2v_backup_owner_clear(ret_owner);
		return -1;
	}
	return 0;
}
