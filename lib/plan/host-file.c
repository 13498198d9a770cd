/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content that lies in files of the host. */
#include "core/file.h"
#include "plan/plan-private.h"

#include <sys/stat.h>

int v2v_plan_bytes(int fd, uint64_t *ret_size, struct v2v_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return v2v_fail_errno(err, "cannot read a temporary file");
	*ret_size = (uint64_t)st.st_size;
	return 0;
}

uint64_t v2v_plan_aligned(uint64_t size, unsigned align)
{
	return (size + align - 1) / align * align;
}

int v2v_stage_copy(int from, int to, uint64_t offset, struct v2v_error *err)
{
	char buffer[64 << 10];
	off_t at = 0;
	ssize_t n;

	if (lseek(to, (off_t)offset, SEEK_SET) < 0)
		return v2v_fail_errno(err, "cannot write a temporary file");
	while ((n = pread(from, buffer, sizeof buffer, at)) > 0) {
		if (v2v_write_all(
			    to, "a temporary file", buffer, (size_t)n, err) < 0)
			return -1;
		at += n;
	}
	return n < 0 ? v2v_fail_errno(err, "cannot read a temporary file") : 0;
}
