/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In place: the log, the writes, the zeros. */
#include "core/file.h"
#include "core/open.h"
#include "disk/apply-private.h"

#include <fcntl.h>

static int record(struct v2v_apply_run *a, enum v2v_undo_kind kind, size_t disk,
	uint64_t at, uint64_t length, struct v2v_error *err)
{
	struct v2v_undo_record r = { kind, (uint32_t)disk, at, length };

	a->records++;
	return v2v_undo_put(a->fd, a->log, &r, a->data, err);
}

/* Call @call for what each layer has of the kind @kind, in pieces that fit
 * a->data, zeros in one. */
static int each_run(struct v2v_apply_run *a, enum v2v_span_kind kind,
	int (*call)(struct v2v_apply_run *a, size_t disk, uint64_t at,
		uint64_t length, struct v2v_error *err),
	struct v2v_error *err)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct v2v_private *layer = a->disks[i].layer;
		uint64_t size = layer ? v2v_private_size(layer) : 0, n;

		for (uint64_t at = 0; at < size; at += n) {
			enum v2v_span_kind is =
				v2v_private_run(layer, at, size, &n);

			if (is == V2V_SPAN_DATA && n > V2V_UNDO_MOST)
				n = V2V_UNDO_MOST;
			if (is == kind && call(a, i, at, n, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int log_old(struct v2v_apply_run *a, size_t disk, uint64_t at,
	uint64_t length, struct v2v_error *err)
{
	if (v2v_check_cancel(a->v, err) < 0 ||
		v2v_target_read(&a->targets[disk], at, a->data, length, err) <
			0)
		return -1;
	return record(a, V2V_UNDO_OLD, disk, at, length, err);
}

static int log_zero(struct v2v_apply_run *a, size_t disk, uint64_t at,
	uint64_t length, struct v2v_error *err)
{
	return record(a, V2V_UNDO_ZERO, disk, at, length, err);
}

static int write_log(struct v2v_apply_run *a, struct v2v_error *err)
{
	for (size_t i = 0; i < a->count; i++)
		if (record(a, V2V_UNDO_DISK, i, a->targets[i].size,
			    a->targets[i].id, err) < 0)
			return -1;
	if (each_run(a, V2V_SPAN_DATA, log_old, err) < 0 ||
		each_run(a, V2V_SPAN_ZERO, log_zero, err) < 0)
		return -1;
	/* Only what is on the disk before the mark counts. */
	if (fsync(a->fd) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", a->log);
	if (record(a, V2V_UNDO_READY, 0, a->records, 0, err) < 0)
		return -1;
	if (fsync(a->fd) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", a->log);
	return v2v_sync_directory(a->log, err);
}

static int write_new(struct v2v_apply_run *a, size_t disk, uint64_t at,
	uint64_t length, struct v2v_error *err)
{
	struct v2v_private *layer = a->disks[disk].layer;

	if (v2v_check_cancel(a->v, err) < 0)
		return -1;
	if (v2v_private_read(layer, at, a->data, length) < 0) {
		const struct v2v_error *why = v2v_private_error(layer);

		return v2v_fail(err, why->code, "%s", why->text);
	}
	return v2v_target_write(&a->targets[disk], at, a->data, length, err);
}

static int write_zero(struct v2v_apply_run *a, size_t disk, uint64_t at,
	uint64_t length, struct v2v_error *err)
{
	return v2v_target_zero(&a->targets[disk], at, length, err);
}

/* From the mark on there is no way back, and none is needed. */
static int write_all(struct v2v_apply_run *a, struct v2v_error *err)
{
	if (each_run(a, V2V_SPAN_DATA, write_new, err) < 0 ||
		v2v_apply_sync_targets(a, err) < 0 ||
		record(a, V2V_UNDO_WRITTEN, 0, 0, 0, err) < 0)
		return -1;
	if (fsync(a->fd) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", a->log);
	return 0;
}

static int check_sizes(const struct v2v_apply_run *a, struct v2v_error *err)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct v2v_private *layer = a->disks[i].layer;

		if (layer && v2v_private_size(layer) > a->targets[i].size)
			return v2v_fail(err, "not-in-place",
				"'%s' has no whole sectors, or not the size of "
				"the disk",
				a->targets[i].name);
	}
	return 0;
}

static int open_log(struct v2v_apply_run *a, struct v2v_error *err)
{
	a->fd = v2v_open(a->log, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (a->fd >= 0)
		return 0;
	if (errno == EEXIST)
		return v2v_fail(err, "file-exists",
			"'%s' exists: a conversion in place was broken off",
			a->log);
	return v2v_fail_errno(err, "cannot create '%s'", a->log);
}

static int undo_needed(const struct v2v_apply_run *a,
	const struct v2v_error *why, struct v2v_error *err)
{
	return v2v_fail(err, "undo-needed",
		"%s; the disks are half written until v2v-convert --in-place "
		"or --undo has used '%s'",
		why->text, a->log);
}

/* Cancelled too: what was begun is still undone. */
static int take_back(const struct v2v_apply_run *a, const struct v2v_error *why,
	struct v2v_error *err)
{
	struct v2v *own = v2v_new();
	enum v2v_replayed replayed;
	struct v2v_error more = { 0 };
	int r;

	v2v_set_tmpdir(own, a->v->tmpdir);
	r = v2v_undo_replay(own, a->disks, a->count, a->log, &replayed, &more);
	v2v_free(own);
	if (r < 0)
		return undo_needed(a, why, err);
	/* The last mark was made, and only not synced. */
	if (replayed == V2V_REPLAYED_NEW)
		return 0;
	return v2v_fail(err, why->code, "%s", why->text);
}

int v2v_private_apply(struct v2v *v, const struct v2v_apply *disks,
	size_t count, const char *log, struct v2v_error *err)
{
	struct v2v_error why = { 0 };
	struct v2v_apply_run a CLEANUP_APPLY = {
		.v = v, .disks = disks, .count = count, .log = log, .fd = -1
	};

	for (size_t i = 0; i < count; i++)
		if (disks[i].layer)
			v2v_private_close_view(disks[i].layer);
	if (v2v_apply_open_targets(&a, err) < 0 || check_sizes(&a, err) < 0 ||
		open_log(&a, err) < 0)
		return -1;
	if (write_log(&a, err) < 0) {
		unlink(log);
		return -1;
	}
	if (write_all(&a, &why) < 0) {
		for (size_t i = 0; i < count; i++)
			v2v_target_close(&a.targets[i]);
		return take_back(&a, &why, err);
	}
	if (each_run(&a, V2V_SPAN_ZERO, write_zero, &why) < 0 ||
		v2v_apply_sync_targets(&a, &why) < 0 ||
		v2v_apply_remove_log(&a, &why) < 0)
		return undo_needed(&a, &why, err);
	return 0;
}
