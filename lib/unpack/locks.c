/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Locks beside the files of a machine. */
#include "unpack/locks.h"

#include "unpack/ova-private.h"
#include "unpack/place.h"

#include <fcntl.h>
#include <sys/stat.h>

static int fail_locked(
	const struct v2v_ova *ova, const char *lock, struct v2v_error *err)
{
	return v2v_fail(err, "machine-locked",
		"'%s': the machine may be running: '%s' is there; shut it "
		"down, or say --force-locked where that is a leftover",
		ova->file, lock);
}

/* In a folder an empty one counts, too; an archive has only what is in it.  An
 * absolute name (of --anywhere) counts from itself. */
static bool is_there(const struct v2v_ova *ova, const char *name)
{
	CLEANUP_FREE char *within = v2v_format("%s/", name);
	struct stat st;

	if (ova->folder_fd >= 0 &&
		fstatat(ova->folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	v2v_ova_foreach (member, ova)
		if (strcmp(member->name, name) == 0 ||
			v2v_starts_with(member->name, within))
			return true;
	return false;
}

static int check_lock(const struct v2v_ova *ova, const char *name,
	const char *lock, struct v2v_error *err)
{
	CLEANUP_FREE char *path = v2v_format("%s%s", name, lock);

	return is_there(ova, path) ? fail_locked(ova, path, err) : 0;
}

/* Only in the descriptor's own folder. */
static int check_hidden(const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, const char *lock,
	struct v2v_error *err)
{
	CLEANUP_FREE char *start = v2v_format("%s-", lock);
	CLEANUP_FREE char *hidden = v2v_ova_beside(descriptor, start);

	v2v_ova_foreach (member, ova)
		if (v2v_starts_with(member->name, hidden))
			return fail_locked(ova, member->name, err);
	return 0;
}

int v2v_unpack_check_locks(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_descriptor_machine *machine, const char *lock,
	struct v2v_error *err)
{
	if (check_lock(ova, descriptor->name, lock, err) < 0)
		return -1;
	v2v_list_foreach (
		const struct v2v_descriptor_disk, said, &machine->disks) {
		const struct v2v_ova_member *member =
			v2v_place_find(ova, descriptor, said);

		if (member && check_lock(ova, member->name, lock, err) < 0)
			return -1;
	}
	return check_hidden(ova, descriptor, lock, err);
}
