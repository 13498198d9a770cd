/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/mount-words.h"

static bool has_any(const char *s, size_t length, const char *const *words)
{
	for (; *words; words++)
		if (memmem(s, length, *words, strlen(*words)))
			return true;
	return false;
}

/* Of what mounted well before: it is less than a warning ("<4>", where the log
 * tells), or one of these. */
static bool is_fine(const char *line, size_t length)
{
	static const char *const fine[] = { "mounted filesystem",
		"mounting filesystem", "recovery complete", "Mounting V",
		"Unmounting Filesystem", "Ending ", "Starting recovery",
		"nTxBlock", NULL };

	if (length > 2 && line[0] == '<' && line[2] == '>' && line[1] > '4')
		return true;
	return has_any(line, length, fine);
}

/* Behind how grave it is, "<3>", and when it was, "[    1.234567]". */
static const char *behind_marks(const char *line)
{
	static const char *const ends[] = { "<>", "[]" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t n = strcspn(line, ends[i] + 1);

		if (*line == *ends[i] && line[n] && n < strcspn(line, "\n"))
			line += n + 1;
	}
	return line;
}

char *v2v_mount_words(const char *log, bool *ret_unsupported)
{
	static const char *const speakers[] = { "EXT4-fs (", "EXT3-fs (",
		"EXT2-fs (", "XFS (", "BTRFS", "F2FS-fs (", "FAT-fs (",
		"JFS: ", "REISERFS ", "ntfs", "SQUASHFS", "erofs", NULL };
	static const char *const newer[] = { "unsupported optional feature",
		"unknown incompatible", "unknown read-only compatible",
		"unknown required", "unsupported incompat", "not supported",
		"newer than", NULL };
	const char *best = NULL, *end;
	size_t length = 0;

	for (const char *line = log; *line; line = *end ? end + 1 : end) {
		size_t n = strcspn(line, "\n");

		end = line + n;
		if (!has_any(line, n, speakers) || is_fine(line, n))
			continue;
		/* What says more stays, though others follow. */
		*ret_unsupported = has_any(line, n, newer);
		best = behind_marks(line);
		length = (size_t)(end - best);
		if (*ret_unsupported)
			break;
	}
	while (best && length && *best == ' ') {
		best++;
		length--;
	}
	return best ? v2v_strndup(best, length) : NULL;
}
