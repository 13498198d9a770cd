/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sum of a file that is planned, as sha1sum(1) will find it. */
#include "core/digest.h"
#include "plan/plan-private.h"

#include <unistd.h>

char *v2v_plan_sha1(int fd)
{
	struct v2v_digest *digest = v2v_digest_new("SHA1");
	unsigned char buffer[16 << 10];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, buffer, sizeof buffer, at)) > 0) {
		v2v_digest_add(digest, buffer, (size_t)n);
		at += n;
	}
	if (n == 0)
		return v2v_digest_end(digest);
	v2v_digest_free(digest);
	return NULL;
}
