/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Initrds by their inodes. */
#include "linux/kernels/initrd-files.h"

#include "guest/tree.h"
#include "initrd/pe.h"
#include "linux/kernels/initramfs.h"

static const char *path_of(const struct v2v_kernel *kernel)
{
	return kernel->initrd ? kernel->initrd : kernel->vmlinuz;
}

static const struct v2v_kernel *first_of(const struct v2v_initrd_file *file)
{
	return *v2v_items(struct v2v_kernel *, &file->kernels);
}

/* By name, which costs no call; then by inode.  What is not there, as an image
 * is not an initrd, is itself only. */
static struct v2v_initrd_file *find(const struct v2v_tree *tree,
	const struct v2v_list *files, const char *path, uint64_t *ret_device,
	uint64_t *ret_inode)
{
	v2v_list_foreach (struct v2v_initrd_file, file, files)
		if (strcmp(path_of(first_of(file)), path) == 0)
			return file;
	if (!v2v_tree_identity(tree, path, ret_device, ret_inode))
		return NULL;
	v2v_list_foreach (struct v2v_initrd_file, file, files)
		if (file->device == *ret_device && file->inode == *ret_inode)
			return file;
	return NULL;
}

void v2v_initrd_files_find(const struct v2v_tree *tree,
	const struct v2v_list *kernels, struct v2v_list *files)
{
	v2v_list_foreach (struct v2v_kernel *, kernel, kernels) {
		uint64_t device = 0, inode = 0;
		struct v2v_initrd_file *file =
			find(tree, files, path_of(*kernel), &device, &inode);

		if (!file) {
			file = v2v_list_add(files, sizeof *file);
			file->device = device;
			file->inode = inode;
			file->fd = file->added_fd = -1;
		}
		*(struct v2v_kernel **)v2v_list_add(
			&file->kernels, sizeof(struct v2v_kernel *)) = *kernel;
	}
}

static const char *release_of(const struct v2v_kernel *kernel)
{
	const char *slash =
		kernel->modpath ? strrchr(kernel->modpath, '/') : NULL;

	return slash ? slash + 1 : kernel->version;
}

static void add_releases(struct v2v_initrd_file *file)
{
	v2v_list_foreach (struct v2v_kernel *, kernel, &file->kernels)
		if (!v2v_initrd_file_scan(file, *kernel) &&
			file->releases < V2V_INITRD_RELEASES)
			file->scans[file->releases++].version =
				release_of(*kernel);
}

static int check_budget(const struct v2v_tree *tree,
	struct v2v_initrd_budget *budget, const char *path,
	struct v2v_error *err)
{
	int64_t size = budget ? v2v_tree_size(tree, path) : 0;

	if (size <= 0)
		return 0;
	if ((uint64_t)size > budget->read)
		return v2v_fail(err, "initrd-unreadable",
			"'%s': the guest's initrds have more bytes together "
			"than are looked at",
			path);
	budget->read -= (uint64_t)size;
	return 0;
}

/* A copy of the initrd, which may be a section of the kernel's image. */
static int fetch(const struct v2v_tree *tree, const struct v2v_kernel *kernel,
	uint64_t *ret_size, struct v2v_error *err)
{
	CLEANUP_CLOSE int image = -1, section = -1;

	if (kernel->initrd)
		return v2v_tree_view(tree, kernel->initrd, ret_size, err);
	image = v2v_tree_view(tree, kernel->vmlinuz, ret_size, err);
	if (image < 0)
		return -1;
	section = v2v_tree_scratch(tree, err);
	if (section < 0)
		return -1;
	if (v2v_pe_extract(image, ".initrd", section, ret_size, err) < 0)
		return v2v_fail_prefix(err, "'%s'", kernel->vmlinuz);
	return v2v_take_fd(&section);
}

static void take_has(struct v2v_initrd_file *file)
{
	for (size_t i = 0; i < file->releases; i++) {
		const struct v2v_initrd *scan = &file->scans[i];

		file->has[i] = (struct v2v_initrd_has){
			.virtio_blk = v2v_initrd_has_module(scan, "virtio_blk"),
			.virtio_scsi =
				v2v_initrd_has_module(scan, "virtio_scsi"),
			.virtio_pci = v2v_initrd_has_module(scan, "virtio_pci"),
			.virtio_net = v2v_initrd_has_module(scan, "virtio_net"),
		};
	}
}

int v2v_initrd_file_read(struct v2v *v, const struct v2v_tree *tree,
	struct v2v_initrd_budget *budget, struct v2v_initrd_file *file,
	struct v2v_error *err)
{
	const struct v2v_kernel *kernel = first_of(file);
	const char *path = path_of(kernel);
	const char *captured[V2V_INITRAMFS_FILES];
	uint64_t before = budget ? budget->unpacked : 0;

	if (check_budget(tree, budget, path, err) < 0)
		return -1;
	file->fd = fetch(tree, kernel, &file->size, err);
	if (file->fd < 0)
		return -1;
	add_releases(file);
	if (v2v_initrd_file_was_kept(v, budget, file) ||
		v2v_initrd_scan_all(v, file->fd, file->size,
			v2v_initramfs_captured(captured), budget, file->scans,
			file->releases, err) == 0) {
		file->unpacked = budget ? before - budget->unpacked : 0;
		take_has(file);
		return 0;
	}
	v2v_initrd_file_drop(file);
	return v2v_fail_prefix(err, "'%s'", path);
}

struct v2v_initrd *v2v_initrd_file_scan(
	struct v2v_initrd_file *file, const struct v2v_kernel *kernel)
{
	const char *release = release_of(kernel);

	for (size_t i = 0; i < file->releases; i++)
		if (v2v_streq(file->scans[i].version, release))
			return &file->scans[i];
	return NULL;
}

int v2v_initrd_file_added(struct v2v *v, struct v2v_initrd_file *file,
	uint64_t from, struct v2v_error *err)
{
	const char *captured[V2V_INITRAMFS_FILES];

	if (from == file->added || file->kernels.count == 1)
		return 0;
	return v2v_initrd_scan_more(v, file->added_fd, from, file->added,
		v2v_initramfs_captured(captured), file->scans, file->releases,
		err);
}

void v2v_initrd_file_drop(struct v2v_initrd_file *file)
{
	v2v_cleanup_close(&file->fd);
	v2v_cleanup_close(&file->added_fd);
	file->fd = file->added_fd = -1;
	file->added = 0;
	for (size_t i = 0; i < file->releases; i++)
		v2v_initrd_clear(&file->scans[i]);
	file->releases = 0;
}

void v2v_initrd_files_clear(struct v2v_list *files)
{
	v2v_list_foreach (struct v2v_initrd_file, file, files) {
		v2v_initrd_file_drop(file);
		free(file->kernels.items);
	}
	free(files->items);
	*files = (struct v2v_list){ 0 };
}
