/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A change in place that was broken off is taken back, or ended. */
#include "core/open.h"
#include "disk/apply-private.h"

#include <fcntl.h>
#include <sys/stat.h>

#define BLOCK 4096 /* what files have room by */

/* One time through the log: how far it is whole. */
struct scan {
	bool is_ready, is_written;
};

static int mismatch(const struct v2v_apply_run *a, struct v2v_error *err)
{
	return v2v_fail(err, "undo-mismatch",
		"'%s' is not the log of these disks", a->log);
}

static int check_record(const struct v2v_apply_run *a, uint64_t number,
	const struct v2v_undo_record *r, struct v2v_error *err)
{
	const struct v2v_target *target;

	if (r->kind == V2V_UNDO_READY || r->kind == V2V_UNDO_WRITTEN)
		return 0;
	if (r->disk >= a->count)
		return mismatch(a, err);
	target = &a->targets[r->disk];
	if (number < a->count) {
		if (r->kind != V2V_UNDO_DISK || r->disk != number ||
			r->at != target->size || r->length != target->id)
			return mismatch(a, err);
	} else if ((r->kind != V2V_UNDO_OLD && r->kind != V2V_UNDO_ZERO) ||
		   r->at > target->size || r->length > target->size - r->at) {
		return mismatch(a, err);
	}
	return 0;
}

/* Nothing of it is believed before all of it was seen. */
static int scan_log(
	const struct v2v_apply_run *a, struct scan *scan, struct v2v_error *err)
{
	struct v2v_undo_record r;
	uint64_t n = 0;

	for (; v2v_undo_get(a->fd, &r, a->data); n++) {
		if (check_record(a, n, &r, err) < 0)
			return -1;
		if (r.kind == V2V_UNDO_READY && (r.at != n || n < a->count))
			return mismatch(a, err);
		if (r.kind == V2V_UNDO_READY)
			scan->is_ready = true;
		if (r.kind == V2V_UNDO_WRITTEN) {
			scan->is_written = scan->is_ready;
			break;
		}
	}
	return 0;
}

static bool is_zeros(const unsigned char *data, uint64_t size)
{
	return *data == 0 && memcmp(data, data + 1, size - 1) == 0;
}

/* So many bytes from @at on are zeros, or are not, as @zero says. */
static uint64_t find_alike(
	const unsigned char *data, uint64_t at, uint64_t size, bool zero)
{
	uint64_t end = at;

	while (end < size) {
		uint64_t n = size - end < BLOCK ? size - end : BLOCK;

		if (is_zeros(data + end, n) != zero)
			break;
		end += n;
	}
	return end - at;
}

/* What was zeros becomes a hole, as it may have been one: it takes no room,
 * where there may be none. */
static int put_old(const struct v2v_apply_run *a,
	const struct v2v_undo_record *r, struct v2v_error *err)
{
	const struct v2v_target *target = &a->targets[r->disk];
	uint64_t n;

	for (uint64_t at = 0; at < r->length; at += n) {
		n = find_alike(a->data, at, r->length, true);
		if (n && v2v_target_zero(target, r->at + at, n, err) < 0)
			return -1;
		at += n;
		n = find_alike(a->data, at, r->length, false);
		if (n && v2v_target_write(
				 target, r->at + at, a->data + at, n, err) < 0)
			return -1;
	}
	return 0;
}

static int replay(const struct v2v_apply_run *a, enum v2v_undo_kind kind,
	struct v2v_error *err)
{
	struct v2v_undo_record r;

	if (lseek(a->fd, 0, SEEK_SET) < 0)
		return v2v_fail_errno(err, "cannot read '%s'", a->log);
	while (v2v_undo_get(a->fd, &r, a->data) && r.kind != V2V_UNDO_READY) {
		if (r.kind != kind)
			continue;
		if ((kind == V2V_UNDO_OLD ? put_old(a, &r, err)
					  : v2v_target_zero(&a->targets[r.disk],
						    r.at, r.length, err)) < 0)
			return -1;
	}
	return v2v_apply_sync_targets(a, err);
}

/* Who else could write it could write anything to the disks by it. */
static int check_owner(const struct v2v_apply_run *a, struct v2v_error *err)
{
	struct stat st;

	if (fstat(a->fd, &st) < 0)
		return v2v_fail_errno(err, "'%s'", a->log);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
		st.st_mode & (S_IWGRP | S_IWOTH) || v2v_undo_is_foreign(a->fd))
		return mismatch(a, err);
	return 0;
}

int v2v_undo_replay(struct v2v *v, const struct v2v_apply *disks, size_t count,
	const char *log, enum v2v_replayed *ret_replayed, struct v2v_error *err)
{
	struct scan scan = { false, false };
	struct v2v_apply_run a CLEANUP_APPLY = { .v = v,
		.disks = disks,
		.count = count,
		.log = log,
		.fd = v2v_open(log, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0) };

	*ret_replayed = V2V_REPLAYED_NOTHING;
	if (a.fd < 0 && errno == ENOENT)
		return 0;
	if (a.fd < 0)
		return v2v_fail_errno(err, "cannot open '%s'", log);
	if (check_owner(&a, err) < 0 || v2v_apply_open_targets(&a, err) < 0 ||
		scan_log(&a, &scan, err) < 0)
		return -1;
	if (scan.is_ready) {
		*ret_replayed =
			scan.is_written ? V2V_REPLAYED_NEW : V2V_REPLAYED_OLD;
		if (replay(&a, scan.is_written ? V2V_UNDO_ZERO : V2V_UNDO_OLD,
			    err) < 0)
			return -1;
	}
	return v2v_apply_remove_log(&a, err);
}
