/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A dirty hive is made whole. */
#include "windows/replay/replay-private.h"

#define DIRTY "registry-dirty"

bool v2v_hive_is_clean(const struct v2v_hive_bytes *primary)
{
	const struct v2v_hive_head head = v2v_hive_head_read(primary);

	return head.is_sound && head.sequence1 == head.sequence2;
}

/* Dirty: is it a hive, whose base block may be damaged? */
static int check_primary(const struct v2v_hive_bytes *primary,
	const struct v2v_hive_head *head, uint32_t most, struct v2v_error *err)
{
	if (primary->size < 2 * HIVE_BLOCK ||
		(memcmp(primary->data, "regf", 4) != 0 &&
			memcmp(primary->data + HIVE_BLOCK, "hbin", 4) != 0) ||
		(head->is_sound &&
			(!head->is_known || head->type != HIVE_IS_PRIMARY)))
		return v2v_fail(err, "registry", "not a hive");
	if (primary->size > (size_t)HIVE_BLOCK + most ||
		(head->is_sound && head->bins > most))
		return v2v_fail(err, DIRTY, "too large");
	return 0;
}

static bool has_log(
	const struct v2v_hive_replay *replay, enum v2v_hive_log_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(replay->logs); i++)
		if (replay->logs[i].kind == kind)
			return true;
	return false;
}

/* Section "Multiple transaction log files". */
static void read_logs(
	struct v2v_hive_replay *replay, const struct v2v_hive_files *files)
{
	for (size_t i = 0; i < ARRAY_SIZE(replay->logs); i++)
		replay->logs[i] =
			v2v_hive_log_read(&files->logs[i], replay->most);
	if (replay->logs[0].kind == HIVE_LOG_NONE &&
		replay->logs[1].kind == HIVE_LOG_NONE)
		replay->logs[0] =
			v2v_hive_log_read(&files->logs[2], replay->most);
}

static int carry_out(struct v2v_hive_replay *replay, struct v2v_error *err)
{
	int r;

	if (has_log(replay, HIVE_LOG_ENTRIES))
		r = v2v_hive_replay_entries(replay, err);
	else if (has_log(replay, HIVE_LOG_PAGES))
		r = v2v_hive_replay_pages(replay, err);
	else if (has_log(replay, HIVE_LOG_DAMAGED))
		r = v2v_fail(err, DIRTY, "its transaction logs are damaged");
	else
		r = v2v_fail(err, DIRTY, "it has no transaction logs");
	return r < 0 ? -1 : v2v_hive_check_bins(replay, err);
}

int v2v_hive_replay(const struct v2v_hive_files *files,
	struct v2v_hive_replayed *ret, struct v2v_error *err)
{
	const struct v2v_hive_bytes *primary = &files->primary;
	struct v2v_hive_replay replay = {
		.most = files->most ? files->most : V2V_HIVE_MOST,
		.head = v2v_hive_head_read(primary),
	};

	*ret = (struct v2v_hive_replayed){ 0 };
	if (v2v_hive_is_clean(primary))
		return 0;
	if (check_primary(primary, &replay.head, replay.most, err) < 0)
		return -1;
	read_logs(&replay, files);
	replay.data = v2v_alloc(1, primary->size);
	replay.size = primary->size;
	memcpy(replay.data, primary->data, primary->size);
	if (carry_out(&replay, err) < 0) {
		free(replay.data);
		return -1;
	}
	v2v_hive_finish(&replay);
	*ret = (struct v2v_hive_replayed){ replay.data, replay.size,
		replay.writes, !replay.head.is_sound };
	return 0;
}
