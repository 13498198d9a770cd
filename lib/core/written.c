/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and devices that were written, by what they are, not by their names. */
#include "core/written.h"

#include "core/mem.h"

#include <sys/stat.h>

/* Of a device its own number: it may have several nodes. */
struct v2v_written {
	bool is_device;
	dev_t dev;
	ino_t ino;
};

static struct v2v_written identity(const struct stat *st)
{
	if (S_ISBLK(st->st_mode))
		return (struct v2v_written){ true, st->st_rdev, 0 };
	return (struct v2v_written){ false, st->st_dev, st->st_ino };
}

void v2v_written_add(struct v2v *v, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0)
		*v2v_append(v->written, v->written_count) = identity(&st);
}

int v2v_written_check(
	const struct v2v *v, const char *path, struct v2v_error *err)
{
	struct v2v_written one;
	struct stat st;

	if (stat(path, &st) < 0)
		return 0;
	one = identity(&st);
	for (size_t i = 0; i < v->written_count; i++)
		if (v->written[i].is_device == one.is_device &&
			v->written[i].dev == one.dev &&
			v->written[i].ino == one.ino)
			return v2v_fail(err, "same-name",
				"'%s' is another machine's of this run: give "
				"each machine a name of its own",
				path);
	return 0;
}

void v2v_written_save(const struct v2v *v, size_t from, struct v2v_text *bytes)
{
	for (size_t i = from; i < v->written_count; i++)
		v2v_text_add(bytes, &v->written[i], sizeof v->written[i]);
}

void v2v_written_load(struct v2v *v, const void *bytes, size_t size)
{
	for (; size >= sizeof *v->written; size -= sizeof *v->written) {
		struct v2v_written *one =
			v2v_append(v->written, v->written_count);

		memcpy(one, bytes, sizeof *one);
		bytes = (const char *)bytes + sizeof *one;
	}
}
