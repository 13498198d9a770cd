/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a backup holds: members, and whose it is. */
#include "guest/backup-private.h"
#include "guest/backup.h"

void v2v_backup_owner_clear(struct v2v_backup_owner *owner)
{
	free(owner->machine);
	free(owner->root_uuid);
	*owner = (struct v2v_backup_owner){ 0 };
}

/* A plain relative name: no empty, "." or ".." part. */
static bool is_plain_name(const char *name)
{
	if (!name || !*name || strlen(name) > 4000)
		return false;
	while (true) {
		size_t n = strcspn(name, "/");

		if (n == 0 || (n == 1 && name[0] == '.') ||
			(n == 2 && name[0] == '.' && name[1] == '.'))
			return false;
		if (!name[n])
			return true;
		name += n + 1;
		/* libarchive ends a directory's name with one. */
		if (!*name)
			return true;
	}
}

static bool is_root(struct archive_entry *entry)
{
	return v2v_streq(archive_entry_pathname(entry), V2V_BACKUP_ROOT) &&
	       archive_entry_filetype(entry) == AE_IFDIR;
}

bool v2v_backup_is_member(struct archive_entry *entry)
{
	mode_t type = archive_entry_filetype(entry);

	return (is_plain_name(archive_entry_pathname(entry)) ||
		       is_root(entry)) &&
	       (type == AE_IFREG || type == AE_IFDIR || type == AE_IFLNK) &&
	       !archive_entry_hardlink(entry) &&
	       archive_entry_sparse_count(entry) == 0 &&
	       archive_entry_size(entry) >= 0;
}
