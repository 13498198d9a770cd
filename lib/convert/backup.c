/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The backup of a conversion: where it lies, whose it is, when it is kept. */
#include "guest/backup.h"

#include "convert/conversion.h"
#include "core/open.h"

#include <sys/stat.h>

/* ".NAME-backup.tar.XXXXXX" in @dir with something in it, or NULL: in place it
 * is the way back from a conversion that was killed. */
static char *find_unfinished(const char *dir, const char *base)
{
	CLEANUP_FREE char *prefix = v2v_format(".%s.", base);
	CLEANUP_CLOSEDIR DIR *stream = v2v_opendir(dir);
	struct dirent *entry;
	struct stat st;

	while (stream && (entry = readdir(stream)))
		if (v2v_starts_with(entry->d_name, prefix) &&
			strlen(entry->d_name) == strlen(prefix) + 6 &&
			fstatat(dirfd(stream), entry->d_name, &st, 0) == 0 &&
			st.st_size > 0)
			return v2v_format("%s/%s", dir, entry->d_name);
	return NULL;
}

int v2v_conversion_open_backup(struct v2v_conversion *c, struct v2v_error *err)
{
	CLEANUP_FREE char *name = NULL, *base = NULL, *path = NULL;
	CLEANUP_FREE char *unfinished = NULL;

	if (!c->opt->backup_dir)
		return 0;
	name = v2v_safe_name(c->source.name ? c->source.name : "");
	base = v2v_format("%s-backup.tar", name);
	path = v2v_format("%s/%s", c->opt->backup_dir, base);
	if (c->opt->in_place)
		unfinished = find_unfinished(c->opt->backup_dir, base);
	if (unfinished)
		return v2v_fail(err, "file-exists",
			"'%s' is the way back from a conversion that was "
			"killed: v2v-convert --undo it, or remove it",
			unfinished);
	if (access(path, F_OK) == 0)
		return v2v_fail(err, "file-exists",
			"'%s' exists; it is the way back, so it is not "
			"replaced",
			path);
	return v2v_out_open(&c->backup, path, false, err);
}

const char *v2v_conversion_root_uuid(const struct v2v_conversion *c)
{
	const struct v2v_filesystem *root =
		c->inspect.root
			? v2v_inspect_filesystem(&c->inspect, c->inspect.root)
			: NULL;

	return root ? root->uuid : NULL;
}

int v2v_conversion_begin_backup(struct v2v_conversion *c, struct v2v_error *err)
{
	const char *uuid = v2v_conversion_root_uuid(c);
	struct v2v_backup_owner owner CLEANUP_OWNER = {
		v2v_strdup(c->source.name ? c->source.name : ""),
		v2v_strdup(uuid),
	};

	if (!c->backup.path)
		return 0;
	if (!uuid)
		return v2v_fail(err, "backup",
			"the root filesystem has no UUID by which a backup "
			"would know it again");
	c->backup_begun = true;
	return v2v_backup_begin(c->guest, c->backup.fd, &owner, err);
}

int v2v_conversion_end_backup(struct v2v_conversion *c, struct v2v_error *err)
{
	if (!c->backup.path)
		return 0;
	if (v2v_backup_end(c->guest, err) < 0 ||
		v2v_out_publish(&c->backup, err) < 0)
		return -1;
	v2v_info(c->v, "backup", "what was changed, as it was: '%s'",
		c->backup.path);
	return 0;
}

/* Not under its own name, if that cannot be; but what it holds is needed. */
static void keep(struct v2v_conversion *c)
{
	CLEANUP_FREE char *temp = NULL;
	struct v2v_error why = { 0 };

	v2v_backup_end(c->guest, &why);
	if (c->backup.temp && v2v_out_publish(&c->backup, &why) < 0)
		temp = v2v_take(c->backup.temp);
	if (why.code)
		v2v_warn(c->v, "backup", "the backup is not complete: %s",
			why.text);
	v2v_warn(c->v, "backup-kept",
		"v2v-convert --undo '%s' puts back what was changed",
		temp ? temp : c->backup.path);
}

void v2v_conversion_keep_backup(struct v2v_conversion *c)
{
	if (!c->backup_begun)
		return;
	if (c->opt->in_place && v2v_guest_is_touched(c->guest))
		keep(c);
	else if (!c->backup.temp)
		/* Published already, but nothing else was. */
		unlink(c->backup.path);
}
