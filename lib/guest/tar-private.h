/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file of a guest as a member of a tar: pax(1), extended attributes as
 * SCHILY.xattr. */
#ifndef V2V_GUEST_TAR_PRIVATE_H
#define V2V_GUEST_TAR_PRIVATE_H

#include "guest/appliance.h"

#include <archive.h>
#include <archive_entry.h>

/* A tar written to @fd; NULL where that cannot be.  Free with
 * archive_write_free(). */
struct archive *v2v_tar_new(int fd);

/* The data of the member that was begun: all of @fd. */
int v2v_tar_put_data(struct archive *tar, int fd, uint64_t size);

/* Give @entry mode, owner, times and extended attributes, not the size. */
void v2v_tar_fill(struct archive_entry *entry,
	const struct v2v_appliance_stat *st, const struct v2v_list *xattrs);

/* The same of an entry that was read, with the size; @xattrs is added to. */
void v2v_tar_read(struct archive_entry *entry,
	struct v2v_appliance_stat *ret_stat, struct v2v_list *xattrs);
#endif
