/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the documents go. */
#include "common/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const struct sink *sink, struct v2v_error *err)
{
	err->code = "io";
	snprintf(err->text, sizeof err->text, "cannot write '%s': %s",
		sink->path, strerror(errno));
	return -1;
}

/* A pipe, or /dev/null, is written to and not replaced. */
static int open_itself(struct sink *sink, struct v2v_error *err)
{
	sink->out = fopen(sink->path, "w");
	return sink->out ? 0 : fail(sink, err);
}

int sink_open(struct sink *sink, struct v2v_error *err)
{
	struct stat st;
	mode_t mask;
	int fd;

	if (!sink->path)
		return 0;
	if (stat(sink->path, &st) == 0 && !S_ISREG(st.st_mode))
		return open_itself(sink, err);
	if (!sink->force && lstat(sink->path, &st) == 0) {
		err->code = "file-exists";
		snprintf(err->text, sizeof err->text, "'%s' exists already",
			sink->path);
		return -1;
	}
	if (asprintf(&sink->temp, "%s.XXXXXX", sink->path) < 0)
		abort();
	fd = mkstemp(sink->temp);
	sink->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!sink->out)
		return fail(sink, err);
	mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
	return 0;
}

int sink_close(struct sink *sink, bool keep, struct v2v_error *err)
{
	int status = 0;

	if (sink->path && sink->out) {
		bool ok = fflush(sink->out) == 0 &&
			  (!sink->temp || fsync(fileno(sink->out)) == 0);

		ok = fclose(sink->out) == 0 && ok;
		if (ok && keep && sink->temp)
			ok = rename(sink->temp, sink->path) == 0;
		if (keep && !ok)
			status = fail(sink, err);
		if (sink->temp && (!keep || status < 0))
			unlink(sink->temp);
	}
	free(sink->temp);
	if (fclose(stdout) != 0 && keep && status == 0) {
		*err = (struct v2v_error){ "io", "cannot write the document" };
		status = -1;
	}
	return status;
}
