/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel itself: who it is, its log, what concerns all of a filesystem. */
#include "server.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/utsname.h>

#define KLOG_READ_ALL 3 /* syslog(2) */

int do_HELLO(const struct request *request, struct reply *reply)
{
	struct utsname names;

	(void)request;
	if (uname(&names) < 0)
		return errno;
	put_u32(reply, V2V_KERNEL_VERSION);
	put_string(reply, names.release);
	return 0;
}

int do_TRIM(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd =
		path_open(request->strings[0], O_RDONLY | O_DIRECTORY, 0);
	struct fstrim_range range = { .len = UINT64_MAX };

	if (fd < 0 || ioctl(fd, FITRIM, &range) < 0)
		return errno;
	put_u64(reply, range.len);
	return 0;
}

int do_SYNC(const struct request *request, struct reply *reply)
{
	(void)request;
	(void)reply;
	sync();
	return 0;
}

int do_DMESG(const struct request *request, struct reply *reply)
{
	size_t most = (size_t)request->numbers[0];
	int length;

	if (most > reply->room)
		most = reply->room;
	/* The last so many bytes of it. */
	length = klogctl(KLOG_READ_ALL, (char *)reply->data, (int)most);
	if (length < 0)
		return errno;
	reply->length = (size_t)length;
	return 0;
}
