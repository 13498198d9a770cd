/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file or link that is made with all that it has: as a tar of one member,
 * which the appliance's tar(1) unpacks.  That sets extended attributes with any
 * bytes, as no call of libguestfs does. */
#include "core/file.h"
#include "guest/libguestfs/private.h"
#include "guest/tar-private.h"

/* The member's name, below the directory where it is unpacked. */
static bool write_tar(
	int fd, const char *name, const struct v2v_appliance_node *node)
{
	struct archive *tar = v2v_tar_new(fd);
	struct archive_entry *entry = archive_entry_new();
	bool done;

	archive_entry_set_pathname(entry, name);
	v2v_tar_fill(entry, node->stat, node->xattrs);
	if (node->link)
		archive_entry_set_symlink(entry, node->link);
	else
		archive_entry_set_size(entry, node->stat->size);
	done = tar && archive_write_header(tar, entry) >= ARCHIVE_WARN &&
	       (node->link || v2v_tar_put_data(tar, node->fd,
				      (uint64_t)node->stat->size) == 0) &&
	       archive_write_close(tar) == ARCHIVE_OK;
	archive_entry_free(entry);
	archive_write_free(tar);
	return done;
}

int v2v_libguestfs_make_node(struct v2v_appliance *a, const char *path,
	const struct v2v_appliance_node *node)
{
	const struct v2v_libguestfs *l = v2v_libguestfs_of(a);
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *directory =
		slash == path ? v2v_strdup("/")
			      : v2v_strndup(path, (size_t)(slash - path));
	CLEANUP_CLOSE int fd = v2v_scratch_file(l->config.dir, NULL);
	CLEANUP_FREE char *from = v2v_format("/proc/self/fd/%d", fd);

	if (fd < 0 || !write_tar(fd, slash + 1, node))
		return -1;
	return guestfs_tar_in_opts(
		l->g, from, directory, GUESTFS_TAR_IN_OPTS_XATTRS, 1, -1);
}
