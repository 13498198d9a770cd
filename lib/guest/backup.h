/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was changed in a guest, as it was before, in a tar: each file with its
 * owner, mode, times, extended attributes and flags; the directories that hold
 * them, for their times; and for each file or directory that was made an empty
 * file ".wh.NAME", as in the layers of containers.  The first member says whose
 * it is.  tar(1) unpacks it.  A member is on the disk before its file is
 * changed, so a backup that was not finished is good as far as it goes.
 */
#ifndef V2V_GUEST_BACKUP_H
#define V2V_GUEST_BACKUP_H

#include "guest/guest.h"

/* Whose backup it is: the guest is known by its root filesystem. */
struct v2v_backup_owner {
	char *machine;	 /* the source's name */
	char *root_uuid; /* never NULL */
};
void v2v_backup_owner_clear(struct v2v_backup_owner *owner);
#define CLEANUP_OWNER __attribute__((cleanup(v2v_backup_owner_clear)))

/* Keep from now on what is changed in @guest, in the empty file @fd, which
 * stays the caller's. */
int v2v_backup_begin(struct v2v_guest *guest, int fd,
	const struct v2v_backup_owner *owner, struct v2v_error *err);

/* Complete the tar. */
int v2v_backup_end(struct v2v_guest *guest, struct v2v_error *err);

/* Look through all of a tar, which may be untrusted: -1 where it is not a
 * backup of ours or damaged.  *@ret_owner (zeroed) is the caller's. */
int v2v_backup_check(const char *file, struct v2v_backup_owner *ret_owner,
	struct v2v_error *err);

/* Put everything in it back into the guest, which is mounted for writing.
 * *@ret_count: files and directories put back or removed. */
int v2v_backup_restore(struct v2v_guest *guest, const char *file,
	size_t *ret_count, struct v2v_error *err);
#endif
