/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries of the guest's directories: made, renamed, removed. */
#include "server.h"

#include <sys/stat.h>

int do_MKDIR(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int directory = -1;
	char name[NAME_ROOM];
	int status = path_parent(request->strings[0], false, name, &directory);
	mode_t mode = (mode_t)request->numbers[1] & 07777;

	(void)reply;
	if (status)
		return status;
	return mkdirat(directory, name, mode) < 0 ? errno : 0;
}

/* Both names' directories. */
struct two {
	int from, to;
	char from_name[NAME_ROOM], to_name[NAME_ROOM];
};

static int two_open(struct two *two, const struct request *request)
{
	int status;

	two->from = two->to = -1;
	status = path_parent(
		request->strings[0], false, two->from_name, &two->from);
	if (!status)
		status = path_parent(
			request->strings[1], false, two->to_name, &two->to);
	return status;
}

static void two_close(struct two *two)
{
	v2v_cleanup_close(&two->from);
	v2v_cleanup_close(&two->to);
}

int do_RENAME(const struct request *request, struct reply *reply)
{
	struct two two;
	int status = two_open(&two, request);

	(void)reply;
	if (!status &&
		renameat(two.from, two.from_name, two.to, two.to_name) < 0)
		status = errno;
	two_close(&two);
	return status;
}

int do_SYMLINK(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int directory = -1;
	char name[NAME_ROOM];
	int status = path_parent(request->strings[1], false, name, &directory);

	(void)reply;
	if (status)
		return status;
	return symlinkat(request->strings[0], directory, name) < 0 ? errno : 0;
}

static int remove_one(const char *path, int flags)
{
	CLEANUP_CLOSE int directory = -1;
	char name[NAME_ROOM];
	int status = path_parent(path, false, name, &directory);

	if (status)
		return status;
	return unlinkat(directory, name, flags) < 0 ? errno : 0;
}

int do_UNLINK(const struct request *request, struct reply *reply)
{
	(void)reply;
	return remove_one(request->strings[0], 0);
}

int do_RMDIR(const struct request *request, struct reply *reply)
{
	(void)reply;
	return remove_one(request->strings[0], AT_REMOVEDIR);
}
