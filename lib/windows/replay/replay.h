/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A registry hive and its transaction logs, as bytes: is the hive whole, and if
 * not, what Windows makes of it when it next loads it.  Formats and rules are
 * those of Maxim Suhanov's "Windows registry file format specification",
 * sections "Base block", "Hive bin", "Format of transaction log files", "Dirty
 * state of a hive" and "Multiple transaction log files"; what a log leaves out
 * is in his "Missing log entries for a dirty primary file".
 *
 * There are two forms of logs: pages and a bitmap of them ("DIRT", up to
 * Windows 8), and entries with sequence numbers and Marvin32 hashes ("HvLE",
 * since 8.1).  Everything is a stranger's: each offset and length is checked.
 *
 * Where the logs show that something of them is missing or damaged, but Windows
 * would go on with the rest, the hive is refused all the same: its state would
 * be one that never was.  What nothing protects is taken as it is: the pages of
 * the older form, and what no log has.
 */
#ifndef V2V_WINDOWS_REPLAY_H
#define V2V_WINDOWS_REPLAY_H

#include "core/error.h"

/* The largest hive that is replayed, bytes. */
#define V2V_HIVE_MOST (512U << 20)

struct v2v_hive_bytes {
	const unsigned char *data; /* borrowed */
	size_t size; /* 0: there is no such file, or it is empty */
};

#define V2V_HIVE_LOGS 3

/* The files of one hive. */
struct v2v_hive_files {
	struct v2v_hive_bytes primary; /* SYSTEM */
	/* SYSTEM.LOG1, SYSTEM.LOG2, SYSTEM.LOG: the last counts where the first
	 * two have nothing (Windows XP, and whoever has one log only). */
	struct v2v_hive_bytes logs[V2V_HIVE_LOGS];
	uint32_t most; /* bytes of the result; 0: V2V_HIVE_MOST */
};

struct v2v_hive_replayed {
	/* The new primary file, the caller's; NULL: the hive is clean, and what
	 * logs there are is old. */
	unsigned char *data;
	size_t size;
	unsigned writes;       /* how many writes of Windows were carried out:
				  entries,       or one log of pages */
	bool is_head_restored; /* its base block was damaged */
};

/* Is there a hive in the file, and is all of it in the primary file? */
bool v2v_hive_is_clean(const struct v2v_hive_bytes *primary);

/*
 * Make a hive whole: its pages, size and flags as the logs have them,
 * both sequence numbers equal, the checksum right.  -1 with the code
 * "registry-dirty" where the logs do not serve, "registry" where the file is
 * not a hive.
 */
int v2v_hive_replay(const struct v2v_hive_files *files,
	struct v2v_hive_replayed *ret, struct v2v_error *err);
#endif
