/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Find a kernel of this machine and unpack it. */
#include "kernel/kernel-image.h"

#include "core/file.h"
#include "core/open.h"
#include "core/safe-dir.h"
#include "initrd/bzimage.h"
#include "kernel/kept.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

/* A file or a folder that nobody needs to look behind. */
#define MAX_VERSIONS 1000
#define BLOCK	     (1 << 20)

/* Of Debian and most others; of Fedora and its derivatives. */
static char *find_image(const struct v2v_host_folders *folders,
	const char *release, char **unreadable)
{
	CLEANUP_FREE char *boot =
		v2v_format("%s/vmlinuz-%s", folders->boot, release);
	CLEANUP_FREE char *module =
		v2v_format("%s/%s/vmlinuz", folders->modules, release);

	if (access(boot, R_OK) == 0)
		return v2v_take(boot);
	if (errno == EACCES && !*unreadable)
		*unreadable = v2v_strdup(boot);
	if (access(module, R_OK) == 0)
		return v2v_take(module);
	return NULL;
}

static bool has_modules(const struct v2v_host_folders *f, const char *release)
{
	CLEANUP_FREE char *path =
		v2v_format("%s/%s/modules.dep", f->modules, release);

	return access(path, R_OK) == 0;
}

static bool is_newer(const char *release, const char *than)
{
	return !than || strverscmp(release, than) > 0;
}

int v2v_host_kernel_find(const struct v2v_host_folders *folders,
	struct v2v_vehicle_kernel *ret_kernel, struct v2v_error *err)
{
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	CLEANUP_CLOSEDIR DIR *dir = v2v_opendir(folders->modules);
	CLEANUP_FREE char *unreadable = NULL;
	const struct dirent *entry;

	for (int i = 0; dir && i < MAX_VERSIONS && (entry = readdir(dir));
		i++) {
		CLEANUP_FREE char *image = NULL;

		if (entry->d_name[0] == '.' ||
			!is_newer(entry->d_name, kernel.release) ||
			!has_modules(folders, entry->d_name))
			continue;
		image = find_image(folders, entry->d_name, &unreadable);
		if (!image)
			continue;
		v2v_string_set(&kernel.image, image);
		v2v_string_set(&kernel.release, entry->d_name);
	}
	if (!kernel.image && unreadable)
		return v2v_fail(err, "kernel-unusable",
			"the kernel '%s' cannot be read by this user",
			unreadable);
	if (!kernel.image)
		return v2v_fail(err, "kernel-unusable",
			"no kernel (vmlinuz-VERSION) with modules was found in "
			"'%s' and '%s'",
			folders->boot, folders->modules);
	kernel.modules = v2v_format("%s/%s", folders->modules, kernel.release);
	*ret_kernel = kernel;
	kernel = (struct v2v_vehicle_kernel){ 0 };
	return 0;
}

static int unpack(struct v2v_stream *stream, const char *image,
	const struct v2v_out *out, struct v2v_error *err)
{
	CLEANUP_FREE char *block = v2v_alloc(1, BLOCK);
	bool is_first = true;
	ssize_t n;

	while ((n = v2v_stream_read(stream, block, BLOCK, err)) > 0) {
		if (is_first && (n < SELFMAG || memcmp(block, ELFMAG, SELFMAG)))
			return v2v_fail(err, "kernel-unusable",
				"what is packed in '%s' is not an ELF file",
				image);
		is_first = false;
		if (v2v_write_all(out->fd, out->path, block, (size_t)n, err) <
			0)
			return -1;
	}
	if (n == 0 && is_first)
		return v2v_fail(err, "kernel-unusable", "'%s' is empty", image);
	return (int)n;
}

static int unpack_to(struct v2v *v, const char *image, const char *path,
	struct v2v_error *err)
{
	struct v2v_out out CLEANUP_OUT = { .fd = -1, .force = true };
	struct v2v_stream *stream;
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(image, &size, err);
	int status;

	if (fd < 0 || v2v_kept_make(&out, path, err) < 0)
		return -1;
	stream = v2v_bzimage_open(v, fd, size, err);
	if (!stream)
		return v2v_fail(err, "kernel-unusable",
			"'%s' is not a kernel that can be unpacked", image);
	status = unpack(stream, image, &out, err);
	v2v_stream_close(stream);
	return status < 0 ? -1 : v2v_out_publish(&out, err);
}

int v2v_host_kernel_unpack(struct v2v *v,
	const struct v2v_vehicle_kernel *kernel, const char *directory,
	char **ret_path, struct v2v_error *err)
{
	CLEANUP_FREE char *path = NULL;
	struct stat st;

	if (v2v_check_directory(directory, err) < 0)
		return -1;
	if (stat(kernel->image, &st) < 0)
		return v2v_fail_errno(err, "cannot read '%s'", kernel->image);
	/* An update has another time. */
	path = v2v_format("%s/vmlinux-%s-%llx-%llx", directory, kernel->release,
		(unsigned long long)st.st_size,
		(unsigned long long)st.st_mtim.tv_sec);
	if (!v2v_kept_is_there(path) &&
		unpack_to(v, kernel->image, path, err) < 0)
		return -1;
	*ret_path = v2v_take(path);
	return 0;
}
