/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libguestfs' own appliance with a kernel that is unpacked already.  Under
 * emulation a kernel takes seconds to unpack itself; qemu starts an
 * uncompressed one at once, by its PVH entry.  libguestfs takes a kernel that
 * somebody prepared from a "fixed appliance" alone (guestfs(3)): a folder with
 * kernel, initrd, root and README.fixed, which it does not keep up to date.
 *
 * So supermin is called here as libguestfs calls it: over the same files with
 * the same lock, it makes its appliance where that is not there or older than
 * the host's packages, and then both have it.  The fixed appliance has nothing
 * of its own but links to that, and to the kernel that the backend qemu keeps.
 */
#include "core/file.h"
#include "core/open.h"
#include "core/run.h"
#include "core/safe-dir.h"
#include "guest/cache.h"
#include "guest/libguestfs/private.h"
#include "kernel/kept.h"
#include "kernel/kernel-image.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#define CANNOT "appliance-packed"
#define BLOCK  (1 << 20)
#define README "Links to libguestfs' appliance, made by v2v-tools.\n"

/* The first folder of libguestfs' path that has what supermin makes an
 * appliance of; the caller's, or NULL. */
static char *find_parts(const char *path)
{
	while (path && *path) {
		size_t n = strcspn(path, ":");
		CLEANUP_FREE char *parts =
			v2v_format("%.*s/supermin.d", (int)n, path);
		CLEANUP_FREE char *first = v2v_format("%s/packages", parts);

		if (n && access(first, R_OK) == 0)
			return v2v_take(parts);
		path += n + (path[n] == ':');
	}
	return NULL;
}

/* libguestfs' folder for appliances, made and proved as it does it; the
 * caller's, or NULL. */
static char *open_folder(guestfs_h *g, struct v2v_error *err)
{
	CLEANUP_FREE char *above = guestfs_get_cachedir(g);
	CLEANUP_FREE char *dir = NULL;
	struct stat st;

	if (!above || v2v_check_directory(above, err) < 0)
		return NULL;
	dir = v2v_format("%s/.guestfs-%u", above, (unsigned)geteuid());
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return NULL;
	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode) ||
		st.st_uid != geteuid() || (st.st_mode & 022))
		return NULL;
	return v2v_take(dir);
}

static int run_supermin(struct v2v *v, const char *machine, const char *parts,
	const char *folder, struct v2v_error *err)
{
	CLEANUP_FREE char *lock = v2v_format("%s/lock", folder);
	CLEANUP_FREE char *appliance = v2v_format("%s/appliance.d", folder);
	const char *const argv[] = { "supermin", "--build", "--if-newer",
		"--lock", lock, "--copy-kernel", "-f", "ext2", "--host-cpu",
		machine, parts, "-o", appliance, NULL };
	const struct v2v_run run = { .argv = argv };

	return v2v_run(v, &run, err);
}

static bool have_same_bytes(const char *one, const char *other)
{
	CLEANUP_FREE char *a = v2v_alloc(2, BLOCK);
	char *b = a + BLOCK;
	uint64_t size, other_size;
	CLEANUP_CLOSE int fd = v2v_open_regular(one, &size, NULL);
	CLEANUP_CLOSE int other_fd = v2v_open_regular(other, &other_size, NULL);

	if (fd < 0 || other_fd < 0 || size != other_size)
		return false;
	for (uint64_t at = 0; at < size; at += BLOCK) {
		size_t n = size - at < BLOCK ? (size_t)(size - at) : BLOCK;

		if (v2v_pread_all(fd, one, a, n, at, NULL) < 0 ||
			v2v_pread_all(other_fd, other, b, n, at, NULL) < 0 ||
			memcmp(a, b, n) != 0)
			return false;
	}
	return true;
}

/* supermin takes another kernel than the newest where SUPERMIN_KERNEL says so,
 * and then it stays packed. */
static char *unpack_kernel(struct v2v *v, const char *packed, const char *cache,
	struct v2v_error *err)
{
	static const struct v2v_host_folders here = { "/boot", "/lib/modules" };
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	CLEANUP_FREE char *path = NULL;

	if (v2v_host_kernel_find(&here, &kernel, err) < 0)
		return NULL;
	if (!have_same_bytes(kernel.image, packed)) {
		v2v_fail(err, CANNOT, "'%s' is not '%s'", packed, kernel.image);
		return NULL;
	}
	if (v2v_host_kernel_unpack(v, &kernel, cache, &path, err) < 0)
		return NULL;
	return v2v_realpath(path, err);
}

static int put_link(const char *dir, const char *name, const char *to,
	struct v2v_error *err)
{
	CLEANUP_FREE char *path = v2v_format("%s/%s", dir, name);

	return symlink(to, path) < 0
		       ? v2v_fail_errno(err, "cannot make '%s'", path)
		       : 0;
}

static int fill(const char *dir, const char *kernel, const char *appliance,
	struct v2v_error *err)
{
	CLEANUP_FREE char *initrd = v2v_format("%s/initrd", appliance);
	CLEANUP_FREE char *root = v2v_format("%s/root", appliance);
	CLEANUP_FREE char *readme = v2v_format("%s/README.fixed", dir);
	CLEANUP_CLOSE int fd =
		v2v_open(readme, O_WRONLY | O_CREAT | O_EXCL, 0644);

	if (fd < 0)
		return v2v_fail_errno(err, "cannot make '%s'", readme);
	if (v2v_write_all(fd, readme, README, strlen(README), err) < 0 ||
		put_link(dir, "kernel", kernel, err) < 0 ||
		put_link(dir, "initrd", initrd, err) < 0)
		return -1;
	return put_link(dir, "root", root, err);
}

/* Under its name when it is whole; another process may have been first. */
static int make(const char *path, const char *cache, const char *kernel,
	const char *appliance, struct v2v_error *err)
{
	CLEANUP_FREE char *dir = v2v_make_dir(cache, "appliance-", err);
	int status = dir ? fill(dir, kernel, appliance, err) : -1;

	if (status == 0 && rename(dir, path) == 0)
		return 0;
	if (status == 0 && errno != EEXIST && errno != ENOTEMPTY)
		status = v2v_fail_errno(err, "cannot make '%s'", path);
	if (dir)
		v2v_remove_tree(dir);
	return status;
}

/* Its name says which files it leads to. */
static char *get(const char *cache, const char *kernel, const char *appliance,
	struct v2v_error *err)
{
	struct v2v_digest *digest = v2v_digest_new("SHA256");
	CLEANUP_FREE char *path = NULL;

	v2v_digest_add(digest, kernel, strlen(kernel) + 1);
	v2v_digest_add(digest, appliance, strlen(appliance) + 1);
	path = v2v_kept_name(digest, cache, "appliance");
	if (access(path, F_OK) < 0 &&
		make(path, cache, kernel, appliance, err) < 0)
		return NULL;
	return v2v_take(path);
}

static char *prepare(struct v2v_libguestfs *l, struct v2v_error *err)
{
	struct utsname host;
	CLEANUP_FREE char *parts = find_parts(guestfs_get_path(l->g));
	CLEANUP_FREE char *backend = guestfs_get_backend(l->g);
	CLEANUP_FREE char *folder = NULL;
	CLEANUP_FREE char *cache = NULL;
	CLEANUP_FREE char *appliance = NULL;
	CLEANUP_FREE char *packed = NULL;
	CLEANUP_FREE char *kernel = NULL;

	/* libvirt's qemu is another user, who cannot read our cache. */
	if (uname(&host) < 0 || strcmp(host.machine, "x86_64") != 0 || !parts ||
		!v2v_streq(backend, "direct"))
		return NULL;
	folder = open_folder(l->g, err);
	cache = folder ? v2v_cache_open(l->a.v, err) : NULL;
	if (!cache ||
		run_supermin(l->a.v, host.machine, parts, folder, err) < 0)
		return NULL;
	appliance = v2v_format("%s/appliance.d", folder);
	packed = v2v_format("%s/kernel", appliance);
	kernel = unpack_kernel(l->a.v, packed, cache, err);
	return kernel ? get(cache, kernel, appliance, err) : NULL;
}

void v2v_libguestfs_get_ready(struct v2v_libguestfs *l)
{
	struct v2v_error err = { 0 };
	CLEANUP_FREE char *path = prepare(l, &err);

	l->is_ready = path && guestfs_set_path(l->g, path) == 0;
	if (!path && err.text[0])
		v2v_info(l->a.v, CANNOT,
			"the appliance's kernel unpacks itself, which takes "
			"seconds: %s",
			err.text);
}
