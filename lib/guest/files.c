/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the guest, through the appliance. */
#include "guest/files.h"

#include "core/file.h"
#include "core/open.h"
#include "guest/private.h"

#include <fcntl.h>
#include <sys/stat.h>

/* The mode of what @st tells of; 0: of nothing. */
static uint32_t mode_of(struct guestfs_statns *st)
{
	uint32_t mode = st ? (uint32_t)st->st_mode : 0;

	guestfs_free_statns(st);
	return mode;
}

/* guestfs_is_file() and its like fork a process in the appliance for each name;
 * stat and lstat do not, and are some eight times as quick. */
enum v2v_kind v2v_guest_kind(struct v2v_guest *guest, const char *path)
{
	uint32_t mode = mode_of(guestfs_statns(guest->g, path));

	if (!mode)
		return v2v_guest_is_link(guest, path) ? V2V_KIND_DANGLING
						      : V2V_KIND_NONE;
	return S_ISREG(mode)   ? V2V_KIND_FILE
	       : S_ISDIR(mode) ? V2V_KIND_DIRECTORY
			       : V2V_KIND_OTHER;
}

bool v2v_guest_is_file(struct v2v_guest *guest, const char *path)
{
	return S_ISREG(mode_of(guestfs_statns(guest->g, path)));
}

bool v2v_guest_is_dir(struct v2v_guest *guest, const char *path)
{
	return S_ISDIR(mode_of(guestfs_statns(guest->g, path)));
}

bool v2v_guest_is_link(struct v2v_guest *guest, const char *path)
{
	return S_ISLNK(mode_of(guestfs_lstatns(guest->g, path)));
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
 * than guestfs_read_file(), which is a download. */
#define MAX_MESSAGE (2 << 20)

static char *read_by_message(
	struct v2v_guest *guest, const char *path, int64_t size)
{
	CLEANUP_FREE char *bytes = NULL;
	char *text;
	size_t n = 0;

	if (size == 0)
		return v2v_strdup("");
	bytes = guestfs_pread(guest->g, path, (int)size, 0, &n);
	if (!bytes)
		return NULL;
	text = v2v_alloc(1, (size_t)size + 1);
	memcpy(text, bytes, n);
	return text;
}

int v2v_guest_read(struct v2v_guest *guest, const char *path, char **ret_text,
	struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;
	int64_t size = v2v_guest_size(guest, path);

	*ret_text = NULL;
	if (v2v_check_cancel(guest->v, err) < 0)
		return -1;
	if (size < 0)
		return 0;
	if (size > V2V_GUEST_MAX_TEXT) {
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
			"the guest's '%s' is no text", path);
	return 0;
}

/* Each call takes the appliance a while, and several parts ask for the same
 * files. */
#define MAX_CACHED (512 << 10)
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

char *v2v_guest_text(struct v2v_guest *guest, const char *path)
{
	json_t *known = json_object_get(guest->texts, path);
	char *text = NULL;

	if (known)
		return v2v_strdup(json_string_value(known));
	v2v_guest_read(guest, path, &text, NULL);
	cache(guest, path, text);
	return text;
}

bool v2v_guest_read_device(struct v2v_guest *guest, const char *device,
	void *data, size_t size, int64_t offset)
{
	size_t got = 0;
	CLEANUP_FREE char *bytes =
		guestfs_pread_device(guest->g, device, (int)size, offset, &got);

	if (!bytes || got != size)
		return false;
	memcpy(data, bytes, size);
	return true;
}

size_t v2v_guest_read_at(struct v2v_guest *guest, const char *path,
	uint64_t offset, void *data, size_t size)
{
	size_t got = 0;
	CLEANUP_FREE char *bytes =
		guestfs_pread(guest->g, path, (int)size, (int64_t)offset, &got);

	if (!bytes || got > size)
		return 0;
	memcpy(data, bytes, got);
	return got;
}

size_t v2v_guest_read_head(
	struct v2v_guest *guest, const char *path, void *data, size_t size)
{
	return v2v_guest_read_at(guest, path, 0, data, size);
}

void v2v_guest_list(
	struct v2v_guest *guest, const char *directory, struct v2v_list *names)
{
	CLEANUP_STRV char **found = guestfs_ls(guest->g, directory);

	for (char **name = found; name && *name; name++)
		v2v_list_add_string(names, *name);
}

void v2v_guest_glob(
	struct v2v_guest *guest, const char *pattern, struct v2v_list *names)
{
	CLEANUP_STRV char **found =
		guestfs_glob_expand_opts(guest->g, pattern, -1);

	for (char **name = found; name && *name; name++)
		v2v_list_add_string(names, *name);
}

void v2v_guest_names_clear(struct v2v_list *names)
{
	v2v_list_foreach (char *, name, names)
		free(*name);
	free(names->items);
	*names = (struct v2v_list){ 0 };
}

char *v2v_guest_resolve(struct v2v_guest *guest, const char *path)
{
	return guestfs_realpath(guest->g, path);
}

int64_t v2v_guest_size(struct v2v_guest *guest, const char *path)
{
	struct guestfs_statns *st = guestfs_statns(guest->g, path);
	int64_t size = st && S_ISREG(st->st_mode) ? st->st_size : -1;

	guestfs_free_statns(st);
	return size;
}

bool v2v_guest_identity(struct v2v_guest *guest, const char *path,
	uint64_t *ret_device, uint64_t *ret_inode)
{
	struct guestfs_statns *st = guestfs_statns(guest->g, path);
	bool found = st && S_ISREG(st->st_mode);

	if (found) {
		*ret_device = (uint64_t)st->st_dev;
		*ret_inode = (uint64_t)st->st_ino;
	}
	guestfs_free_statns(st);
	return found;
}

char *v2v_guest_sha1(struct v2v_guest *guest, const char *path)
{
	CLEANUP_FREE char *sum = guestfs_checksum(guest->g, "sha1", path);

	return sum ? v2v_strdup(sum) : NULL;
}

int v2v_guest_scratch(struct v2v_guest *guest, struct v2v_error *err)
{
	int fd = v2v_open(guest->dir, O_TMPFILE | O_RDWR, 0600);

	if (fd < 0) {
		CLEANUP_FREE char *name =
			v2v_format("%s/scratch-XXXXXX", guest->dir);

		fd = v2v_mkostemp(name);
		if (fd >= 0)
			unlink(name);
	}
	if (fd < 0)
		v2v_fail_errno(err, "cannot make a file in '%s'", guest->dir);
	return fd;
}

/* As for texts, one message is quicker than a download.  False: not done. */
static bool fetch_by_message(struct v2v_guest *guest, const char *path, int fd)
{
	int64_t size = v2v_guest_size(guest, path);
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
			"the guest's '%s' is no place for a file", path);
	return 0;
}

static int check_fetch(
	struct v2v_guest *guest, const char *path, struct v2v_error *err)
{
	int64_t size = v2v_guest_size(guest, path);

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

int v2v_guest_fetch(struct v2v_guest *guest, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_scratch(guest, err);
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", fd);
	struct stat st;

	if (fd < 0 || check_fetch(guest, path, err) < 0)
		return -1;
	if (!fetch_by_message(guest, path, fd) &&
		guestfs_download(guest->g, path, name) < 0)
		return v2v_guest_fail(guest, err, "guest-read",
			"cannot read the guest's '%s'", path);
	if (fstat(fd, &st) < 0)
		return v2v_fail_errno(err, "'%s'", path);
	if (ret_size)
		*ret_size = (uint64_t)st.st_size;
	return v2v_take_fd(&fd);
}
