/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A folder of a filesystem as a mountpoint.  libguestfs has no call for that;
 * the appliance's own mount(8) does it.  Names are the guest's: links are
 * resolved inside of it before, and they are quoted.
 */
#include "guest/libguestfs/private.h"

/* As one word for sh(1): 'it'\''s'. */
static void add_quoted(struct v2v_text *command, const char *word)
{
	v2v_text_addf(command, "'");
	for (const char *s = word; *s; s++)
		if (*s == '\'')
			v2v_text_addf(command, "'\\''");
		else
			v2v_text_add(command, s, 1);
	v2v_text_addf(command, "'");
}

/* "/sysroot" and what the guest calls @path; false where nothing is there. */
static bool add_place(
	struct v2v_appliance *a, struct v2v_text *command, const char *path)
{
	CLEANUP_FREE char *real = guestfs_realpath(v2v_guestfs(a), path);
	CLEANUP_FREE char *place =
		real ? v2v_format("/sysroot%s", strcmp(real, "/") ? real : "")
		     : NULL;

	if (place)
		add_quoted(command, place);
	return place != NULL;
}

static int run(struct v2v_appliance *a, const char *command)
{
	CLEANUP_FREE char *out = v2v_libguestfs_shell(a, command);

	return out ? 0 : -1;
}

/* The filesystem goes aside, its folder takes its place. */
int v2v_libguestfs_bind_root(struct v2v_appliance *a, const char *directory)
{
	struct v2v_text command CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *real = guestfs_realpath(v2v_guestfs(a), directory);
	CLEANUP_FREE char *aside =
		real ? v2v_format("/run/v2v-root%s", real) : NULL;

	if (!real)
		return -1;
	v2v_text_addf(&command,
		"mkdir -p /run/v2v-root && "
		"mount --bind /sysroot /run/v2v-root && umount /sysroot && "
		"mount --bind ");
	add_quoted(&command, aside);
	v2v_text_addf(&command,
		" /sysroot; status=$?; umount /run/v2v-root; exit $status");
	return run(a, command.data);
}

int v2v_libguestfs_bind(
	struct v2v_appliance *a, const char *from, const char *path)
{
	struct v2v_text command CLEANUP_TEXT = { 0 };

	v2v_text_addf(&command, "mount --bind ");
	if (!add_place(a, &command, from))
		return -1;
	v2v_text_addf(&command, " ");
	if (!add_place(a, &command, path))
		return -1;
	return run(a, command.data);
}
