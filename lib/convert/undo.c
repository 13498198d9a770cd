/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-convert --undo: a backup is put back, on the source disks. */
#include "convert/conversion.h"
#include "guest/backup.h"
#include "guest/mounts.h"

static int check_owner(const struct v2v_conversion *c,
	const struct v2v_backup_owner *owner, const char *backup,
	struct v2v_error *err)
{
	const char *uuid = v2v_conversion_root_uuid(c);

	if (v2v_streq(uuid, owner->root_uuid))
		return 0;
	return v2v_fail(err, "backup",
		"'%s' is the backup of another machine ('%s', root filesystem "
		"%s), not of this one (%s)",
		backup, owner->machine, owner->root_uuid,
		uuid ? uuid : "without a UUID");
}

static int restore(
	struct v2v_conversion *c, const char *backup, struct v2v_error *err)
{
	struct v2v_list none = { 0 };
	size_t count = 0;

	if (v2v_guest_mount(c->guest, &c->inspect, NULL, err) < 0 ||
		v2v_backup_restore(c->guest, backup, &count, err) < 0)
		return -1;
	v2v_info(c->v, "undone", "%zu file(s) are as they were", count);
	v2v_guest_umount(c->guest);
	return v2v_guest_publish(c->v, NULL, &none, err);
}

/* Not a backup, but what a conversion in place left that was broken off: its
 * disks are given back by what opens them. */
static int recover(
	struct v2v_conversion *c, const char *log, struct v2v_error *err)
{
	const struct v2v_guest_request request = {
		.doc = c->doc, .source = &c->source, .in_place = true
	};

	if (v2v_conversion_load(c, err) < 0 ||
		v2v_guest_recover(c->v, &request, err) < 0 ||
		v2v_conversion_place(c, NULL, err) < 0)
		return -1;
	if (access(log, F_OK) == 0)
		return v2v_fail(err, "undo-mismatch",
			"'%s' is not the log of these disks", log);
	return 0;
}

static int run(
	struct v2v_conversion *c, const char *backup, struct v2v_error *err)
{
	struct v2v_backup_owner owner CLEANUP_OWNER = { 0 };

	if (v2v_guest_is_log(backup))
		return recover(c, backup, err);
	/* All of it is read before the disks are touched. */
	if (v2v_backup_check(backup, &owner, err) < 0 ||
		v2v_conversion_load(c, err) < 0)
		return -1;
	if (!c->inspected_here && check_owner(c, &owner, backup, err) < 0)
		return -1;
	if (v2v_conversion_open(c, err) < 0 ||
		check_owner(c, &owner, backup, err) < 0 ||
		v2v_conversion_place(c, NULL, err) < 0)
		return -1;
	return restore(c, backup, err);
}

int v2v_undo(struct v2v *v, json_t *doc, const char *backup,
	const struct v2v_convert_options *opt, struct v2v_error *err)
{
	struct v2v_convert_options known;
	struct v2v_inspect_options inspect;
	const struct v2v_convert_options undoing = { .in_place = true,
		.inspect = &inspect };
	struct v2v_conversion c CLEANUP_CONVERSION = {
		.v = v,
		.doc = doc,
		.opt = &undoing,
	};

	v2v_step_begin(v, "convert", doc);
	if (v2v_conversion_options(opt, &known, &inspect, err) < 0)
		return -1;
	if (v2v_inspect_check(&inspect, err) < 0 || run(&c, backup, err) < 0) {
		v2v_guest_close(v);
		return -1;
	}
	/* What the inspection found is no longer true, or was not requested. */
	json_object_del(doc, "guestcaps");
	v2v_conversion_store_places(&c);
	if (c.inspected_here)
		json_object_del(doc, "inspect");
	v2v_step_end(v, doc);
	return 0;
}
