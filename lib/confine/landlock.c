/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rulesets of Landlock, for kernels from 5.19 on. */
#include "confine/landlock.h"

#include "core/open.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* include/uapi/linux/landlock.h; the numbers are those of all architectures
 * but alpha. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif
#define ASK_VERSION 1U
/* Under ABI 1 no file goes from one directory to another, EXDEV, as a disk does
 * from where it was unpacked. */
#define MIN_ABI	     2
#define PATH_BENEATH 1

#define FS_EXECUTE     (1ULL << 0)
#define FS_WRITE_FILE  (1ULL << 1)
#define FS_READ_FILE   (1ULL << 2)
#define FS_READ_DIR    (1ULL << 3)
#define FS_REMOVE_DIR  (1ULL << 4)
#define FS_REMOVE_FILE (1ULL << 5)
#define FS_MAKE_DIR    (1ULL << 7)
#define FS_MAKE_REG    (1ULL << 8)
#define FS_MAKE_SOCK   (1ULL << 9)
#define FS_ALL_OF_1    ((1ULL << 13) - 1)
#define FS_REFER       (1ULL << 13) /* ABI 2 */
#define FS_TRUNCATE    (1ULL << 14) /* ABI 3 */
#define FS_IOCTL_DEV   (1ULL << 15) /* ABI 5 */

#define FS_OF_A_FILE                                                           \
	(FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

#define NET_TCP	  3ULL /* bind and connect; ABI 4 */
#define SCOPE_ALL 3ULL /* abstract sockets and signals; ABI 6 */

struct ruleset {
	uint64_t fs, net, scoped;
};

/* The kernel's has no room at its end. */
struct __attribute__((packed)) beneath {
	uint64_t allowed;
	int32_t fd;
};

static const uint64_t rights[] = {
	[V2V_MAY_READ] = FS_READ_FILE | FS_READ_DIR | FS_IOCTL_DEV,
	[V2V_MAY_WRITE] = FS_READ_FILE | FS_READ_DIR | FS_WRITE_FILE |
			  FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR |
			  FS_MAKE_REG | FS_MAKE_SOCK | FS_REFER | FS_TRUNCATE |
			  FS_IOCTL_DEV,
	[V2V_MAY_USE] =
		FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV,
	[V2V_MAY_EXECUTE] = FS_EXECUTE | FS_READ_FILE,
	[V2V_MAY_REMOVE_DIRS] = FS_REMOVE_DIR,
};

static uint64_t known_rights(int abi)
{
	uint64_t known = FS_ALL_OF_1;

	if (abi >= 2)
		known |= FS_REFER;
	if (abi >= 3)
		known |= FS_TRUNCATE;
	if (abi >= 5)
		known |= FS_IOCTL_DEV;
	return known;
}

/* An older kernel refuses a struct whose end is set. */
static size_t size_of_ruleset(int abi)
{
	if (abi >= 6)
		return sizeof(struct ruleset);
	return abi >= 4 ? offsetof(struct ruleset, scoped)
			: offsetof(struct ruleset, net);
}

int v2v_landlock_new(
	bool network, struct v2v_landlock *ret, struct v2v_error *err)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
	struct ruleset all = { .net = network ? 0 : NET_TCP,
		.scoped = SCOPE_ALL };

	*ret = (struct v2v_landlock){ -1, abi < MIN_ABI ? 0 : (int)abi };
	if (ret->abi == 0)
		return 0;
	all.fs = known_rights(ret->abi);
	ret->fd = (int)syscall(SYS_landlock_create_ruleset, &all,
		size_of_ruleset(ret->abi), 0);
	if (ret->fd < 0)
		return v2v_fail_errno(err, "landlock_create_ruleset");
	return 0;
}

void v2v_landlock_allow(
	const struct v2v_landlock *set, const char *path, enum v2v_may may)
{
	CLEANUP_CLOSE int fd = set->fd < 0 ? -1 : v2v_open(path, O_PATH, 0);
	struct beneath rule = { rights[may] & known_rights(set->abi), fd };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	if (!S_ISDIR(st.st_mode))
		rule.allowed &= FS_OF_A_FILE;
	/* A pipe has no place, EBADFD, and needs none.  What else the kernel
	 * does not take stays refused, and whoever opens it says so. */
	if (rule.allowed)
		syscall(SYS_landlock_add_rule, set->fd, PATH_BENEATH, &rule, 0);
}

int v2v_landlock_enforce(const struct v2v_landlock *set, struct v2v_error *err)
{
	if (syscall(SYS_landlock_restrict_self, set->fd, 0) == 0)
		return 0;
	/* Beneath sixteen others; a container's own filter. */
	if (errno == E2BIG || errno == EPERM || errno == ENOSYS)
		return 1;
	return v2v_fail_errno(err, "landlock_restrict_self");
}

void v2v_landlock_clear(struct v2v_landlock *set)
{
	v2v_cleanup_close(&set->fd);
	set->fd = -1;
}
