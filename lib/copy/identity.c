/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The identity of a copy as JSON. */
#include "copy/identity.h"

#include "model/disk-files.h"
#include "model/overlays.h"
#include "model/targets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct list {
	json_t *files;
	struct v2v_error *err;
};

static json_t *time_of(const struct timespec *time)
{
	CLEANUP_FREE char *text = v2v_format(
		"%lld.%09ld", (long long)time->tv_sec, time->tv_nsec);

	return json_string(text);
}

static json_t *device_of(dev_t device)
{
	CLEANUP_FREE char *text =
		v2v_format("%u:%u", major(device), minor(device));

	return json_string(text);
}

/* A change of any of these, also one that was taken back, changes ctime. */
static int add_file(const char *file, void *opaque)
{
	const struct list *list = opaque;
	struct stat st;

	if (stat(file, &st) < 0)
		return v2v_fail_errno(list->err, "'%s'", file);
	if (!S_ISREG(st.st_mode))
		return v2v_fail(list->err, "resume-restart",
			"'%s' is not a file: it cannot be seen whether it "
			"changed",
			file);
	return json_array_append_new(list->files,
		json_pack("{s:o, s:o, s:I, s:I, s:o, s:o}", "file",
			v2v_json_text(file), "device", device_of(st.st_dev),
			"inode", (json_int_t)st.st_ino, "size",
			(json_int_t)st.st_size, "mtime", time_of(&st.st_mtim),
			"ctime", time_of(&st.st_ctim)));
}

/* As the document describes it, but for what is the new machine's business. */
static json_t *description(const struct v2v_source *source, size_t index)
{
	static const char *const others[] = { "controller", "controller_model",
		"unit" };
	json_auto_t *all = v2v_source_store(source);
	json_t *disk = json_array_get(json_object_get(all, "disks"), index);

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		json_object_del(disk, others[i]);
	return json_incref(disk);
}

/* The password of "nbd://user:password@host/" is nobody's. */
static char *without_password(const char *uri)
{
	const char *start = strstr(uri, "://") + strlen("://");
	size_t length = strcspn(start, "/?");
	const char *at = memrchr(start, '@', length);
	const char *colon =
		at ? memchr(start, ':', (size_t)(at - start)) : NULL;

	return colon ? v2v_format("%.*s%s", (int)(colon - uri), uri, at)
		     : v2v_strdup(uri);
}

char *v2v_copy_target_name(const struct v2v_copy_plan *plan, size_t index)
{
	switch (plan->choice.kind) {
	case V2V_OUT_DIRECTORY:
		return v2v_targets_path(plan->out_dir, &plan->source, index,
			plan->choice.format);
	case V2V_OUT_NBD:
		return without_password(plan->out_dir);
	default:
		return v2v_strdup(plan->out_dir);
	}
}

/* When the file was made, where the filesystem knows: a number of an inode is
 * soon another file's. */
static json_t *birth_of(int fd)
{
	struct statx st;
	struct timespec time;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &st) < 0 ||
		!(st.stx_mask & STATX_BTIME))
		return json_null();
	time = (struct timespec){ st.stx_btime.tv_sec, st.stx_btime.tv_nsec };
	return time_of(&time);
}

static json_t *target_of(const struct v2v_copy_ends *ends)
{
	const struct v2v_copy_plan *plan = ends->plan;
	const struct v2v_out *out = &plan->outs[ends->index];
	json_int_t room = (json_int_t)ends->room;
	CLEANUP_FREE char *name = v2v_copy_target_name(plan, ends->index);
	struct stat st = { 0 };

	if (plan->choice.kind == V2V_OUT_NBD)
		return json_pack("{s:o, s:I}", "export", v2v_json_text(name),
			"size", room);
	if (fstat(out->fd, &st) < 0)
		return json_null();
	if (plan->choice.kind == V2V_OUT_DEVICE)
		return json_pack("{s:o, s:I}", "device", device_of(st.st_rdev),
			"size", room);
	return json_pack("{s:o, s:o, s:I, s:o}", "file", v2v_json_text(name),
		"device", device_of(st.st_dev), "inode", (json_int_t)st.st_ino,
		"born", birth_of(out->fd));
}

json_t *v2v_copy_files(
	const struct v2v_copy_plan *plan, size_t index, struct v2v_error *err)
{
	struct v2v_disk *disk =
		&v2v_items(struct v2v_disk, &plan->source.disks)[index];
	const struct v2v_overlay *overlay =
		v2v_overlays_find(&plan->overlays, disk->id);
	json_auto_t *files = json_array();
	struct list list = { files, err };

	if (v2v_disk_each_file(disk, add_file, &list) < 0 ||
		(overlay && add_file(overlay->file, &list) < 0))
		return NULL;
	return json_incref(files);
}

json_t *v2v_copy_identity(
	const struct v2v_copy_ends *ends, struct v2v_error *err)
{
	const struct v2v_copy_plan *plan = ends->plan;
	json_t *files = v2v_copy_files(plan, ends->index, err);

	if (!files)
		return NULL;
	return json_pack("{s:o, s:o, s:o, s:I, s:s, s:i}", "disk",
		description(&plan->source, ends->index), "files", files,
		"target", target_of(ends), "size", (json_int_t)ends->size,
		"format", plan->choice.format, "preallocation",
		(int)plan->choice.preallocation);
}
