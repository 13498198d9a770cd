/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removing what a crash left: our directories that nobody uses any more. */
#include "core/file.h"
#include "core/open.h"
#include "core/workdir.h"

#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

/* The name of each directory right below @above in which the process whose
 * descriptors are at @fds has a file open, as members of @used. */
static void add_used(const char *fds, const char *above, json_t *used)
{
	CLEANUP_CLOSEDIR DIR *stream = v2v_opendir(fds);
	size_t n = strlen(above);
	struct dirent *entry;

	while (stream && (entry = readdir(stream))) {
		char file[4096] = "";

		if (readlinkat(dirfd(stream), entry->d_name, file,
			    sizeof file - 1) < 0 ||
			!v2v_starts_with(file, above) || file[n] != '/')
			continue;
		file[n + 1 + strcspn(file + n + 1, "/ ")] = '\0';
		json_object_set_new(used, file + n + 1, json_true());
	}
}

/* An object, the caller's to drop. */
static json_t *all_used(const char *above)
{
	CLEANUP_CLOSEDIR DIR *proc = v2v_opendir("/proc");
	json_t *used = json_object();
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		CLEANUP_FREE char *fds =
			v2v_format("/proc/%s/fd", entry->d_name);

		if (isdigit((unsigned char)entry->d_name[0]))
			add_used(fds, above, used);
	}
	return used;
}

/* When the directory, or something right in it, was last written to. */
static time_t last_written(const char *dir)
{
	CLEANUP_CLOSEDIR DIR *stream = v2v_opendir(dir);
	time_t last = 0;
	struct dirent *entry;
	struct stat st;

	while (stream && (entry = readdir(stream)))
		if (strcmp(entry->d_name, "..") != 0 &&
			fstatat(dirfd(stream), entry->d_name, &st,
				AT_SYMLINK_NOFOLLOW) == 0 &&
			st.st_mtime > last)
			last = st.st_mtime;
	return last;
}

/* In these nothing is but what we made. */
static bool is_all_ours(const char *name)
{
	static const char *const starts[] = { "tmp-v2v-", "v2v-spool-",
		"v2v-nbd-", "v2v-boot-" };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (v2v_starts_with(name, starts[i]))
			return true;
	return false;
}

/* A work directory may hold what somebody else put there. */
static void remove_one(struct v2v *v, const char *dir, const char *name)
{
	if (is_all_ours(name))
		v2v_remove_tree(dir);
	else
		v2v_workdir_remove(dir, NULL);
	if (access(dir, F_OK) < 0)
		v2v_info(v, "workdir-removed", "'%s' is removed", dir);
	else
		v2v_warn(v, "workdir-kept",
			"the work directory '%s' is kept: something else is "
			"in it",
			dir);
}

static void clean_one(struct v2v *v, const char *above, const char *name,
	uint64_t idle, const json_t *used)
{
	CLEANUP_FREE char *dir = v2v_format("%s/%s", above, name);
	time_t last, now = time(NULL);

	if ((!v2v_starts_with(name, "v2v-") &&
		    !v2v_starts_with(name, "tmp-v2v-")) ||
		!v2v_workdir_is_ours(dir, NULL))
		return;
	last = last_written(dir);
	if (json_object_get(used, name))
		v2v_info(v, "workdir-used", "'%s' is in use", dir);
	else if (last > now || (uint64_t)(now - last) < idle)
		v2v_info(v, "workdir-used", "'%s' was used lately", dir);
	else
		remove_one(v, dir, name);
}

int v2v_clean(struct v2v *v, uint64_t idle, struct v2v_error *err)
{
	CLEANUP_FREE char *above = v2v_realpath(v->tmpdir, err);
	CLEANUP_CLOSEDIR DIR *stream = above ? v2v_opendir(above) : NULL;
	json_auto_t *used = NULL;
	struct dirent *entry;

	v2v_step_begin(v, "unpack", NULL);
	if (!above)
		return -1;
	if (!stream)
		return v2v_fail_errno(err, "cannot read '%s'", above);
	used = all_used(above);
	while ((entry = readdir(stream)))
		if (v2v_check_cancel(v, err) < 0)
			return -1;
		else
			clean_one(v, above, entry->d_name, idle, used);
	return 0;
}
