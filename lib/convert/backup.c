/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The backup of a conversion: where it lies, whose it is, when it is kept. */
#include "guest/backup.h"

#include "convert/conversion.h"

int v2v_conversion_open_backup(struct v2v_conversion *c, struct v2v_error *err)
{
	CLEANUP_FREE char *name = NULL, *path = NULL;

	if (!c->opt->backup_dir)
		return 0;
	name = v2v_safe_name(c->source.name ? c->source.name : "");
	path = v2v_format("%s/%s-backup.tar", c->opt->backup_dir, name);
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

void v2v_conversion_keep_backup(struct v2v_conversion *c)
{
	struct v2v_error why = { 0 };

	if (!c->backup_begun)
		return;
	if (!c->opt->in_place) {
		/* Published already, but the overlays were not. */
		if (!c->backup.temp)
			unlink(c->backup.path);
		return;
	}
	if (c->backup.temp && v2v_conversion_end_backup(c, &why) < 0)
		v2v_warn(c->v, "backup", "the backup is not complete: %s",
			why.text);
	else
		v2v_warn(c->v, "backup-kept",
			"v2v-convert --undo '%s' puts back what was changed",
			c->backup.path);
}
