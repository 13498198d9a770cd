/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loop devices: a file of the guest, or what lies behind an offset of a device,
 * is a device of its own. */
#include "server.h"

#include <linux/loop.h>
#include <sys/ioctl.h>

/* Without its module the kernel has none. */
static int open_free(char device[NAME_ROOM], int flags, int *ret_fd)
{
	CLEANUP_CLOSE int control = -1, fd = -1;
	int number;

	module_load("loop");
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	if (control < 0)
		return errno == ENOENT ? ENODEV : errno;
	number = ioctl(control, LOOP_CTL_GET_FREE);
	if (number < 0)
		return errno;
	snprintf(device, NAME_ROOM, "/dev/loop%d", number);
	fd = open(device, flags | O_CLOEXEC);
	if (fd < 0)
		return errno;
	*ret_fd = v2v_take_fd(&fd);
	return 0;
}

static int attach(int backing, const struct loop_source *source,
	char device[NAME_ROOM], int *ret_fd)
{
	struct loop_config config = { .fd = (uint32_t)backing,
		.info = { .lo_offset = source->offset,
			.lo_flags = LO_FLAGS_AUTOCLEAR } };
	CLEANUP_CLOSE int fd = -1;
	int status;

	if (source->is_file)
		config.info.lo_flags |= LO_FLAGS_READ_ONLY;
	status = open_free(device, source->is_file ? O_RDONLY : O_RDWR, &fd);
	if (status)
		return status;
	if (ioctl(fd, LOOP_CONFIGURE, &config) < 0)
		return errno;
	/* Another image had the same device before. */
	probe_forget(PROBE_DEVICES);
	*ret_fd = v2v_take_fd(&fd);
	return 0;
}

int loop_open(
	const struct loop_source *source, char device[NAME_ROOM], int *ret_fd)
{
	CLEANUP_CLOSE int backing = -1;
	int status;

	/* A journal on a device is replayed, as it is without an offset. */
	status = source->is_file ? file_open(source->name, &backing)
				 : device_open(source->name, O_RDWR, &backing);
	/* One that cannot be written. */
	if (!source->is_file && (status == EROFS || status == EACCES))
		status = device_open(source->name, O_RDONLY, &backing);
	return status ? status : attach(backing, source, device, ret_fd);
}
