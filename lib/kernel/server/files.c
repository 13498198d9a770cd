/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a name in the guest is, and what a file of it holds. */
#include "server.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sys/stat.h>

#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY)

/* In the order of struct v2v_kernel_stat. */
static void put_stat(struct reply *reply, const struct statx *st)
{
	put_u64(reply, (uint64_t)st->stx_dev_major << 32 | st->stx_dev_minor);
	put_u64(reply, st->stx_ino);
	put_u32(reply, st->stx_mode);
	put_u32(reply, st->stx_nlink);
	put_u32(reply, st->stx_uid);
	put_u32(reply, st->stx_gid);
	put_u64(reply, st->stx_size);
	put_u64(reply, (uint64_t)st->stx_atime.tv_sec);
	put_u32(reply, st->stx_atime.tv_nsec);
	put_u64(reply, (uint64_t)st->stx_mtime.tv_sec);
	put_u32(reply, st->stx_mtime.tv_nsec);
}

int do_STAT(const struct request *request, struct reply *reply)
{
	const int flags = request->numbers[0] ? 0 : O_NOFOLLOW;
	CLEANUP_CLOSE int fd =
		path_open(request->strings[1], O_PATH | flags, 0);
	struct statx st;

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st) < 0)
		return errno;
	put_stat(reply, &st);
	return 0;
}

int do_READLINK(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd =
		path_open(request->strings[0], O_PATH | O_NOFOLLOW, 0);
	char target[PATH_MAX];
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof target);

	if (n < 0)
		/* readlinkat(2): of "" this is what EINVAL is elsewhere. */
		return errno == ENOENT && fd >= 0 ? EINVAL : errno;
	put_blob(reply, target, (size_t)n);
	return 0;
}

int do_REALPATH(const struct request *request, struct reply *reply)
{
	CLEANUP_FREE char *real = path_real(request->strings[0]);

	if (!real)
		return errno;
	put_string(reply, real);
	return 0;
}

int file_open(const char *path, int *ret_fd)
{
	CLEANUP_CLOSE int fd = path_open(path, O_PATH, 0);
	char name[FD_PATH_ROOM];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	*ret_fd = open(fd_path(fd, name), READ_FLAGS | O_CLOEXEC);
	return *ret_fd < 0 ? errno : 0;
}

/* What is read in pieces is read once: the next piece takes its pages, as fresh
 * ones are dear (UML's memory is a file that the host fills with zeros). */
#define PIECE (256 << 10)

int do_READ(const struct request *request, struct reply *reply)
{
	int64_t at = request->numbers[1];
	CLEANUP_CLOSE int fd = -1;
	int status = file_open(request->strings[0], &fd);

	if (!status)
		status = put_content(
			reply, fd, at, (uint64_t)request->numbers[2]);
	if (!status && reply->length >= PIECE)
		posix_fadvise(
			fd, at, (off_t)reply->length, POSIX_FADV_DONTNEED);
	return status;
}

static int sum(int fd, unsigned char ret_digest[SHA_DIGEST_LENGTH])
{
	static unsigned char block[256 << 10];
	SHA_CTX sha1;
	ssize_t n;

	SHA1_Init(&sha1);
	while ((n = read(fd, block, sizeof block)) > 0)
		SHA1_Update(&sha1, block, (size_t)n);
	if (n < 0)
		return errno;
	SHA1_Final(ret_digest, &sha1);
	return 0;
}

int do_CHECKSUM(const struct request *request, struct reply *reply)
{
	unsigned char digest[SHA_DIGEST_LENGTH];
	char hex[2 * sizeof digest + 1];
	CLEANUP_CLOSE int fd = -1;
	int status = file_open(request->strings[0], &fd);

	if (!status)
		status = sum(fd, digest);
	if (status)
		return status;
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	put_string(reply, hex);
	return 0;
}
