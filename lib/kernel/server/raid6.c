/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAID 6, whose arithmetic this kernel may lack: where it is built in, it is
 * measured at the start, which takes longer than all else, so the command line
 * leaves it out until somebody has one (kernel/vehicle.h, has_raid6). */
#include "server.h"

#define LEFT_OUT "initcall_blacklist=raid6_select_algo"

#define MD_MAGIC   0xa92b4efcU /* linux/raid/md_p.h */
#define MD_LEVEL_0 28	       /* mdp_super_t, version 0.90 */
#define MD_LEVEL_1 72	       /* struct mdp_superblock_1 */
#define BTRFS_FLAGS                                                            \
	(65536 + 188)	      /* struct btrfs_super_block, incompat_flags      \
			       */
#define BTRFS_RAID  0x80      /* BTRFS_FEATURE_INCOMPAT_RAID56 */
#define LVM_TEXT    (1 << 20) /* metadata before the first extent */
#define LVM_PIECE   (32 << 10)
#define LVM_OVERLAP 512 /* more than what is looked for; a sector */

static uint32_t little_endian(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static bool is_level_6(int fd, off_t at)
{
	unsigned char sb[MD_LEVEL_1 + 4];

	if (at < 0 || pread(fd, sb, sizeof sb, at) != sizeof sb ||
		little_endian(sb) != MD_MAGIC)
		return false;
	return little_endian(sb + (little_endian(sb + 4) ? MD_LEVEL_1
							 : MD_LEVEL_0)) == 6;
}

/* Versions 1.2, 1.1, 1.0 and 0.90 (md(4)). */
static bool is_array(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	return is_level_6(fd, 4096) || is_level_6(fd, 0) ||
	       is_level_6(fd, (size & ~4095L) - 8192) ||
	       is_level_6(fd, (size & ~65535L) - 65536);
}

/* RAID 5 has the same flag. */
static bool is_btrfs(int fd)
{
	unsigned char flags;

	return pread(fd, &flags, 1, BTRFS_FLAGS) == 1 && flags & BTRFS_RAID;
}

/* Once too often costs a second start.  By pieces, which begin before the end
 * of the one before: in UML the first use of a page costs more than a call. */
static bool is_volume(int fd)
{
	static const char type[] = "type = \"raid6";
	static char piece[LVM_PIECE];

	for (off_t at = 0; at < LVM_TEXT; at += LVM_PIECE - LVM_OVERLAP) {
		ssize_t n = pread(fd, piece, sizeof piece, at);

		if (n <= 0)
			return false;
		if (memmem(piece, (size_t)n, type, sizeof type - 1))
			return true;
	}
	return false;
}

bool raid6_is_lacking(int fd, const char *type)
{
	static char line[4096];

	if (!*line)
		text_read("/proc/cmdline", line, sizeof line);
	if (!strstr(line, LEFT_OUT))
		return false;
	return (strcmp(type, "linux_raid_member") == 0 && is_array(fd)) ||
	       (strcmp(type, "btrfs") == 0 && is_btrfs(fd)) ||
	       (strcmp(type, "LVM2_member") == 0 && is_volume(fd));
}
