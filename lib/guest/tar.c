/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members of tars. */
#include "core/file.h"
#include "guest/tar-private.h"

struct archive *v2v_tar_new(int fd)
{
	struct archive *tar = archive_write_new();

	if (!tar)
		abort();
	archive_write_set_format_pax(tar);
	archive_write_add_filter_none(tar);
	archive_write_set_format_option(tar, "pax", "xattrheader", "SCHILY");
	/* Nothing is held back. */
	archive_write_set_bytes_per_block(tar, 0);
	return archive_write_open_fd(tar, fd) == ARCHIVE_OK
		       ? tar
		       : (archive_write_free(tar), NULL);
}

int v2v_tar_put_data(struct archive *tar, int fd, uint64_t size)
{
	char buffer[65536];

	for (uint64_t at = 0; at < size;) {
		uint64_t left = size - at;
		size_t want =
			left < sizeof buffer ? (size_t)left : sizeof buffer;

		if (v2v_pread_all(fd, "tar", buffer, want, at, NULL) < 0 ||
			archive_write_data(tar, buffer, want) !=
				(la_ssize_t)want)
			return -1;
		at += want;
	}
	return 0;
}

void v2v_tar_fill(struct archive_entry *entry,
	const struct v2v_appliance_stat *st, const struct v2v_list *xattrs)
{
	const struct v2v_appliance_times *t = &st->times;

	archive_entry_set_mode(entry, (mode_t)st->mode);
	archive_entry_set_uid(entry, st->uid);
	archive_entry_set_gid(entry, st->gid);
	archive_entry_set_mtime(entry, t->mtime, t->mtime_ns);
	archive_entry_set_atime(entry, t->atime, t->atime_ns);
	v2v_list_foreach (const struct v2v_appliance_xattr, xattr, xattrs)
		archive_entry_xattr_add_entry(
			entry, xattr->name, xattr->value, xattr->size);
}

void v2v_tar_read(struct archive_entry *entry, struct v2v_appliance_stat *st,
	struct v2v_list *xattrs)
{
	const char *name;
	const void *value;
	size_t size;

	*st = (struct v2v_appliance_stat){
		.mode = (uint32_t)archive_entry_mode(entry),
		.uid = (uint32_t)archive_entry_uid(entry),
		.gid = (uint32_t)archive_entry_gid(entry),
		.size = archive_entry_size(entry),
		.times = { archive_entry_atime(entry),
			archive_entry_atime_nsec(entry),
			archive_entry_mtime(entry),
			archive_entry_mtime_nsec(entry) },
	};
	archive_entry_xattr_reset(entry);
	while (archive_entry_xattr_next(entry, &name, &value, &size) ==
		ARCHIVE_OK)
		v2v_appliance_xattr_add(xattrs, name, value, size);
}
