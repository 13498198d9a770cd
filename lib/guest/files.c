/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the guest, through the appliance. */
#include "guest/files.h"

#include "core/file.h"
#include "guest/private.h"

#include <sys/stat.h>

bool v2v_guest_stat(struct v2v_guest *guest, const char *path,
	struct v2v_tree_stat *ret_stat)
{
	struct v2v_appliance_stat st;

	if (v2v_call(guest, files, stat, path, &st) < 0)
		return false;
	*ret_stat = (struct v2v_tree_stat){
		.kind = S_ISREG(st.mode)   ? V2V_KIND_FILE
			: S_ISDIR(st.mode) ? V2V_KIND_DIRECTORY
					   : V2V_KIND_OTHER,
		.size = st.size,
		.device = st.device,
		.inode = st.inode,
	};
	return true;
}

static enum v2v_kind kind_of(struct v2v_guest *guest, const char *path)
{
	struct v2v_tree_stat st;

	return v2v_guest_stat(guest, path, &st) ? st.kind : V2V_KIND_NONE;
}

bool v2v_guest_is_file(struct v2v_guest *guest, const char *path)
{
	return kind_of(guest, path) == V2V_KIND_FILE;
}

bool v2v_guest_is_dir(struct v2v_guest *guest, const char *path)
{
	return kind_of(guest, path) == V2V_KIND_DIRECTORY;
}

bool v2v_guest_is_link(struct v2v_guest *guest, const char *path)
{
	struct v2v_appliance_stat st;

	return v2v_call(guest, files, lstat, path, &st) == 0 &&
	       S_ISLNK(st.mode);
}

/* A text of more than one message comes through a file of the host. */
static char *read_by_fetching(struct v2v_guest *guest, const char *path,
	int64_t size, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_fetch(guest, path, NULL, err);
	CLEANUP_FREE char *text = v2v_alloc(1, (size_t)size + 1);

	if (fd < 0 || v2v_pread_all(fd, path, text, (size_t)size, 0, err) < 0)
		return NULL;
	return v2v_take(text);
}

/* One message of the appliance holds up to 4 MiB, and is some ten times quicker
 * than a download. */
#define MAX_MESSAGE (2 << 20)

static char *read_by_message(
	struct v2v_guest *guest, const char *path, int64_t size)
{
	CLEANUP_FREE char *text = v2v_alloc(1, (size_t)size + 1);

	if (size > 0 &&
		v2v_call(guest, files, read, path, 0, text, (size_t)size) < 0)
		return NULL;
	return v2v_take(text);
}

static int read_file(struct v2v_guest *guest, const char *path, int64_t size,
	char **ret_text, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;

	if (size < 0)
		return 0;
	if (size > V2V_TREE_MAX_TEXT) {
		v2v_debug(guest->v, "guest-file-too-large",
			"the guest's '%s' is too large to be read", path);
		v2v_guest_add_large(guest, path);
		return 0;
	}
	text = size > MAX_MESSAGE ? read_by_fetching(guest, path, size, err)
				  : read_by_message(guest, path, size);
	if (!text)
		return v2v_guest_fail(guest, err, "guest-read",
			"cannot read the guest's '%s'", path);
	if (strlen(text) == (size_t)size)
		*ret_text = v2v_take(text);
	else
		v2v_debug(guest->v, "guest-file-binary",
			"the guest's '%s' is not a text", path);
	return 0;
}

/* Each call takes the appliance a while, and several parts ask for the same
 * files. */
#define MAX_CACHED MAX_MESSAGE
/* There may be many of them. */
#define MAX_CACHE (16 << 20)

static void cache(struct v2v_guest *guest, const char *path, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (n > MAX_CACHED)
		return;
	if (json_object_size(guest->texts) == 0)
		guest->texts_size = 0;
	if (guest->texts_size + n > MAX_CACHE) {
		json_object_clear(guest->texts);
		guest->texts_size = 0;
	}
	guest->texts_size += n;
	json_object_set_new_nocheck(guest->texts, path,
		text ? json_string_nocheck(text) : json_null());
}

int v2v_guest_read_sized(struct v2v_guest *guest, const char *path,
	int64_t size, char **ret_text, struct v2v_error *err)
{
	json_t *known = json_object_get(guest->texts, path);

	*ret_text = NULL;
	if (v2v_check_cancel(guest->v, err) < 0)
		return -1;
	if (known) {
		*ret_text = v2v_strdup(json_string_value(known));
		return 0;
	}
	if (size == V2V_SIZE_UNKNOWN)
		size = v2v_guest_size(guest, path);
	if (read_file(guest, path, size, ret_text, err) < 0)
		return -1;
	cache(guest, path, *ret_text);
	return 0;
}

int v2v_guest_read(struct v2v_guest *guest, const char *path, char **ret_text,
	struct v2v_error *err)
{
	return v2v_guest_read_sized(
		guest, path, V2V_SIZE_UNKNOWN, ret_text, err);
}

char *v2v_guest_text(struct v2v_guest *guest, const char *path)
{
	char *text;

	v2v_guest_read(guest, path, &text, NULL);
	return text;
}

bool v2v_guest_read_device(struct v2v_guest *guest, const char *device,
	void *data, size_t size, int64_t offset)
{
	return v2v_call(guest, devices, read, device, (uint64_t)offset, data,
		       size) == (ssize_t)size;
}

size_t v2v_guest_read_at(struct v2v_guest *guest, const char *path,
	uint64_t offset, void *data, size_t size)
{
	ssize_t got = v2v_call(guest, files, read, path, offset, data, size);

	return got < 0 ? 0 : (size_t)got;
}

size_t v2v_guest_read_head(
	struct v2v_guest *guest, const char *path, void *data, size_t size)
{
	return v2v_guest_read_at(guest, path, 0, data, size);
}

void v2v_guest_list(
	struct v2v_guest *guest, const char *directory, struct v2v_list *names)
{
	CLEANUP_FREE char *what = v2v_format("'%s'", directory);

	if (v2v_call(guest, files, list, directory, names) < 0)
		v2v_guest_tell_unlisted(guest, what);
}

void v2v_guest_glob(
	struct v2v_guest *guest, const char *pattern, struct v2v_list *names)
{
	CLEANUP_FREE char *what = v2v_format("'%s'", pattern);

	if (v2v_call(guest, files, glob, pattern, names) < 0)
		v2v_guest_tell_unlisted(guest, what);
}

char *v2v_guest_resolve(struct v2v_guest *guest, const char *path)
{
	return v2v_call(guest, files, resolve, path);
}

int64_t v2v_guest_size(struct v2v_guest *guest, const char *path)
{
	struct v2v_tree_stat st;

	return v2v_guest_stat(guest, path, &st) && st.kind == V2V_KIND_FILE
		       ? st.size
		       : -1;
}

char *v2v_guest_sha1(struct v2v_guest *guest, const char *path)
{
	return v2v_call(guest, files, sha1, path);
}

int v2v_guest_scratch(struct v2v_guest *guest, struct v2v_error *err)
{
	return v2v_scratch_file(guest->dir, err);
}

/* As for texts, one message is quicker than a download.  False: not done. */
static bool fetch_by_message(
	struct v2v_guest *guest, const char *path, int64_t size, int fd)
{
	CLEANUP_FREE char *bytes = NULL;
	size_t got;

	if (size <= 0 || size > MAX_MESSAGE)
		return false;
	bytes = v2v_alloc(1, (size_t)size);
	got = v2v_guest_read_head(guest, path, bytes, (size_t)size);
	return got == (size_t)size &&
	       v2v_write_all(fd, path, bytes, got, NULL) == 0;
}

/* Guests can have files of any size without having the room for them: the host
 * has not either.  No initrd is larger. */
#define MAX_FETCH (1 << 30)

int v2v_guest_check_name(const char *path, struct v2v_error *err)
{
	/* libguestfs takes these for disks in some calls, though the guest may
	 * have files of such names. */
	if (v2v_starts_with(path, "/dev/"))
		return v2v_fail(err, "guest-read",
			"cannot make a file at the guest's '%s'", path);
	return 0;
}

static int check_fetch(struct v2v_guest *guest, const char *path, int64_t size,
	struct v2v_error *err)
{
	if (v2v_guest_check_name(path, err) < 0)
		return -1;
	if (size < 0)
		return v2v_guest_fail(guest, err, "guest-read",
			"cannot read the guest's '%s'", path);
	if (size > MAX_FETCH)
		return v2v_fail(err, "guest-read",
			"the guest's '%s' is too large to be read", path);
	return 0;
}

int v2v_guest_fetch_sized(struct v2v_guest *guest, const char *path,
	int64_t size, uint64_t *ret_size, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_scratch(guest, err);
	struct stat st;

	if (size == V2V_SIZE_UNKNOWN)
		size = v2v_guest_size(guest, path);
	if (fd < 0 || check_fetch(guest, path, size, err) < 0)
		return -1;
	if (!fetch_by_message(guest, path, size, fd) &&
		v2v_call(guest, files, fetch, path, fd) < 0)
		return v2v_guest_fail(guest, err, "guest-read",
			"cannot read the guest's '%s'", path);
	if (fstat(fd, &st) < 0)
		return v2v_fail_errno(err, "'%s'", path);
	if (ret_size)
		*ret_size = (uint64_t)st.st_size;
	return v2v_take_fd(&fd);
}

int v2v_guest_fetch(struct v2v_guest *guest, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	return v2v_guest_fetch_sized(
		guest, path, V2V_SIZE_UNKNOWN, ret_size, err);
}
