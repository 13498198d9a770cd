/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libarchive says of a member, judged. */
#include "unpack/ova-private.h"

#include <archive.h>
#include <archive_entry.h>

int v2v_ova_fail(const struct v2v_ova *ova, struct archive *archive,
	struct v2v_error *err)
{
	const char *why = archive_error_string(archive);

	return v2v_fail(err, "ova-broken", "'%s' is damaged or cut off: %s",
		ova->file, why ? why : "no archive");
}

/* pax has names in UTF-8, which the locale may not be able to say. */
static const char *name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	return name ? name : archive_entry_pathname_utf8(entry);
}

int v2v_ova_entry(const struct v2v_ova *ova, struct archive_entry *entry,
	char **ret_name, uint64_t *ret_size, struct v2v_error *err)
{
	const char *name = name_of(entry);
	CLEANUP_FREE char *folder = NULL;
	int64_t size = archive_entry_size(entry);

	if (!name)
		return v2v_fail(err, "ova-name",
			"'%s': a member without a name", ova->file);
	/* Folders, and what macOS puts beside each file, are ignored;
	 * "./" is the OVA's own. */
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return name[strspn(name, "./")]
			       ? v2v_ova_clean_name(ova, name, &folder, err)
			       : 0;
	if (v2v_ova_is_fork(name))
		return 0;
	if (archive_entry_filetype(entry) != AE_IFREG ||
		archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		return v2v_fail(err, "ova-member",
			"'%s': the member '%s' is not a regular file",
			ova->file, name);
	if (archive_entry_is_encrypted(entry))
		return v2v_fail(err, "ova-encrypted",
			"'%s': the member '%s' is encrypted", ova->file, name);
	if (size < 0)
		return v2v_fail(err, "ova-broken",
			"'%s': the member '%s' has a negative size", ova->file,
			name);
	*ret_size = (uint64_t)size;
	return v2v_ova_clean_name(ova, name, ret_name, err) < 0 ? -1 : 1;
}
