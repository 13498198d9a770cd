/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a filesystem did not mount: damaged, or unknown to the appliance. */
#include "guest/mounts.h"
#include "guest/private.h"

void v2v_mount_failures_clear(struct v2v_list *failures)
{
	v2v_list_foreach (struct v2v_mount_failure, failure, failures) {
		free(failure->device);
		free(failure->path);
		free(failure->reason);
	}
	free(failures->items);
	*failures = (struct v2v_list){ 0 };
}

static bool has_any(const char *s, size_t length, const char *const *words)
{
	for (; *words; words++)
		if (memmem(s, length, *words, strlen(*words)))
			return true;
	return false;
}

/* The last of the kernel's messages in which a filesystem speaks. */
static char *last_words(struct v2v_guest *guest, bool *ret_unsupported)
{
	static const char *const speakers[] = { "EXT4-fs (", "EXT3-fs (",
		"EXT2-fs (", "XFS (", "BTRFS", "F2FS-fs (", "FAT-fs (",
		"JFS: ", "REISERFS ", "ntfs", "SQUASHFS", "erofs", NULL };
	static const char *const newer[] = { "unsupported optional feature",
		"unknown incompatible", "unknown read-only compatible",
		"unknown required", "unsupported incompat", "not supported",
		"newer than", NULL };
	CLEANUP_FREE char *all = guestfs_dmesg(guest->g);
	size_t length = 0, seen = all ? strlen(all) : 0;
	const char *line = all ? all : "", *end, *best = NULL;

	/* What was said of an earlier one is not about this. */
	if (guest->log_seen <= seen)
		line += guest->log_seen;
	guest->log_seen = seen;
	for (; *line; line = *end ? end + 1 : end) {
		size_t n = strcspn(line, "\n");

		end = line + n;
		if (!has_any(line, n, speakers))
			continue;
		/* What says more stays, though others follow. */
		*ret_unsupported = has_any(line, n, newer);
		best = *line == '[' ? line + strcspn(line, "]\n") + 1 : line;
		length = (size_t)(end - best);
		if (*ret_unsupported)
			break;
	}
	while (best && *best == ' ') {
		best++;
		length--;
	}
	return best ? v2v_strndup(best, length) : NULL;
}

/* mount(8) says "wrong fs type, bad option, bad superblock …" whatever it
 * is; the kernel's log says what. */
void v2v_guest_mount_failed(struct v2v_guest *guest, const char *device,
	const char *path, struct v2v_list *failures)
{
	static const char *const types[] = { "unknown filesystem type", NULL };
	CLEANUP_FREE char *why = v2v_strdup(guestfs_last_error(guest->g));
	struct v2v_mount_failure *failure =
		v2v_list_add(failures, sizeof *failure);

	failure->device = v2v_strdup(device);
	failure->path = v2v_strdup(path);
	failure->no_place =
		strcmp(path, "/") != 0 && guestfs_is_dir(guest->g, path) != 1;
	if (!why)
		why = v2v_strdup("unknown");
	failure->unsupported = has_any(why, strlen(why), types);
	if (!failure->unsupported)
		failure->reason = last_words(guest, &failure->unsupported);
	if (!failure->reason)
		failure->reason = v2v_strndup(why, strcspn(why, "\n"));
}
