/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file or link is put back: beside, then renamed. */
#include "core/file.h"
#include "guest/backup-private.h"
#include "guest/files.h"
#include "guest/private.h"
#include "guest/tar-private.h"

/* The member that is put back. */
struct member {
	struct archive_entry *entry;	  /* borrowed */
	struct v2v_attributes attributes; /* but flags */
	int fd;				  /* its data */
	char *name, *parent;		  /* in the guest; "" is the root */
	char *parent_flags;		  /* taken away for a while */
};

static void member_clear(struct member *m)
{
	v2v_attributes_clear(&m->attributes);
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
	v2v_tar_read(r->entry, &m->attributes.stat, &m->attributes.xattrs);
	m->fd = v2v_guest_scratch(guest, err);
	if (m->fd < 0)
		return -1;
	if (archive_read_data_into_fd(r->tar, m->fd) != ARCHIVE_OK)
		return v2v_backup_broken(r, err);
	return 0;
}

/* Made in @directory, a new one beside the file, then renamed. */
static int swap(struct v2v_guest *guest, const struct member *m,
	const char *directory, struct v2v_error *err)
{
	CLEANUP_FREE char *temp = v2v_format("%s/f", directory);
	const struct v2v_appliance_node node = {
		.stat = &m->attributes.stat,
		.xattrs = &m->attributes.xattrs,
		.link = archive_entry_symlink(m->entry),
		.fd = m->fd,
	};
	int status = v2v_call(guest, writing, make_node, temp, &node);

	if (status == 0 && !node.link)
		v2v_call(guest, attributes, set_times, temp, &node.stat->times);
	if (status == 0) {
		v2v_call(guest, life, sync);
		status = v2v_call(guest, writing, rename, temp, m->name);
	}
	if (status < 0) {
		cannot_put_back(guest, m, err);
		v2v_call(guest, writing, remove, temp);
	}
	return status;
}

static char *make_directory_beside(
	struct v2v_guest *guest, struct member *m, struct v2v_error *err)
{
	CLEANUP_FREE char *template = v2v_format("%s/.v2v-XXXXXX", m->parent);
	const char *parent = *m->parent ? m->parent : "/";
	char *made = v2v_call(guest, writing, make_temporary_dir, template);
	struct v2v_error first = { 0 };

	if (made)
		return made;
	v2v_guest_fail(guest, &first, "guest-write",
		"cannot write in the guest's '%s'", parent);
	m->parent_flags = v2v_attributes_open_directory(guest, parent);
	if (m->parent_flags)
		made = v2v_call(guest, writing, make_temporary_dir, template);
	if (!made)
		v2v_fail(err, first.code, "%s", first.text);
	return made;
}

static int put_beside(
	struct v2v_guest *guest, struct member *m, struct v2v_error *err)
{
	CLEANUP_FREE char *beside = make_directory_beside(guest, m, err);
	int status = beside ? swap(guest, m, beside, err) : -1;

	if (beside)
		v2v_call(guest, writing, remove_dir, beside);
	return status;
}

/* Into the file that is there: what else it has the conversion left. */
static int overwrite(
	struct v2v_guest *guest, const struct member *m, struct v2v_error *err)
{
	const struct v2v_appliance_stat *st = &m->attributes.stat;

	if (v2v_guest_check_name(m->name, err) < 0)
		return -1;
	if (v2v_call(guest, writing, put, m->fd, m->name) < 0 ||
		v2v_call(guest, attributes, set_owner, m->name, st->uid,
			st->gid) < 0 ||
		v2v_call(guest, attributes, set_mode, m->name,
			st->mode & 07777) < 0 ||
		v2v_call(guest, attributes, set_times, m->name, &st->times) < 0)
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

/* All names of a file with several get its content back, and what has more than
 * content keeps that.  Where there is no
 * room for another (an initramfs on a small /boot) the old one's is used. */
static int put_back(struct v2v_guest *guest, struct member *m,
	const struct v2v_attributes *now, struct v2v_error *err)
{
	bool can_overwrite = now->is_there && S_ISREG(now->stat.mode) &&
			     archive_entry_filetype(m->entry) == AE_IFREG;
	struct v2v_error first = { 0 };

	if (can_overwrite &&
		(now->stat.links > 1 || v2v_guest_has_more(guest, m->name)))
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
