/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disk images that the user names, into a source section. */
#include "unpack/images.h"

#include "core/file.h"
#include "image/image.h"
#include "unpack/container.h"
#include "unpack/described.h"

#include <sys/stat.h>

#define SECTOR	       512
#define DEFAULT_MEMORY (1LL << 30)

int v2v_unpack_is_image(const char *file, struct v2v_error *err)
{
	enum v2v_container kind;
	const char *format;
	struct stat st;

	if (v2v_container_of(file, &kind, err) < 0)
		return -1;
	if (kind != V2V_CONTAINER_NONE)
		return 0;
	format = v2v_image_format(file, err);
	if (!format)
		return -1;
	if (strcmp(format, "raw") != 0)
		return 1;
	/* Anything may be a raw disk, but a disk has sectors. */
	if (stat(file, &st) < 0 || st.st_size == 0 || st.st_size % SECTOR)
		return v2v_fail(err, "not-an-ova",
			"'%s' is neither an OVA nor a disk image", file);
	return 1;
}

char *v2v_unpack_base_name(const char *file, const char *suffix)
{
	const char *base = strrchr(file, '/');
	size_t n;

	base = base ? base + 1 : file;
	n = strlen(base);
	if (n > strlen(suffix) &&
		strcasecmp(base + n - strlen(suffix), suffix) == 0)
		n -= strlen(suffix);
	return v2v_strndup(base, n);
}

int v2v_unpack_check_names(
	const struct v2v_source *source, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_disk, disk, &source->disks)
		if (disk->file && v2v_check_path(disk->file, err) < 0)
			return -1;
	return 0;
}

/* Of the image as it is, which is the whole file. */
static int read_image(const struct v2v_unpack_options *opt,
	struct v2v_disk *disk, struct v2v_error *err)
{
	struct v2v_image image;

	if (v2v_image_check(disk->file, -1, -1, opt->format, opt->backing_chain,
		    &image, err) < 0 ||
		v2v_image_check_tables(disk->file, -1, -1, image.format, err) <
			0)
		return -1;
	disk->offset = disk->size = -1;
	disk->format = v2v_strdup(image.format);
	disk->subformat = v2v_strdup(image.subformat);
	disk->virtual_size = (int64_t)image.virtual_size;
	disk->backing_chain = opt->backing_chain;
	return 0;
}

static int add_image(struct v2v *v, const char *file,
	const struct v2v_unpack_options *opt, struct v2v_source *source,
	struct v2v_workdir *workdir, struct v2v_error *err)
{
	struct v2v_disk *disk = v2v_list_add(&source->disks, sizeof *disk);
	CLEANUP_FREE char *real = NULL;
	int is_described = 0;
	int is_image = opt->format ? 1 : v2v_unpack_is_image(file, err);

	if (is_image < 0)
		return -1;
	if (!is_image)
		return v2v_fail(err, "several-files",
			"'%s' is no disk image of the same machine", file);
	real = v2v_realpath(file, err);
	if (!real)
		return -1;
	disk->id = (int64_t)source->disks.count - 1;
	disk->unit = -1;
	if (!opt->format || strcmp(opt->format, "vmdk") == 0)
		is_described =
			v2v_unpack_described(v, real, disk, workdir, err);
	if (is_described != 0)
		return is_described < 0 ? -1 : 0;
	disk->file = v2v_take(real);
	return read_image(opt, disk, err);
}

/* "web-sda.qcow2", as v2v-copy names it, is the machine "web". */
static char *name_of_image(const char *file)
{
	CLEANUP_FREE char *name = v2v_unpack_base_name(file, "");
	char *dot = strrchr(name, '.');
	size_t n;

	if (dot && dot != name)
		*dot = '\0';
	n = strlen(name);
	if (n > 4 && strcmp(name + n - 4, "-sda") == 0)
		name[n - 4] = '\0';
	return v2v_take(name);
}

int v2v_unpack_images(struct v2v *v, const char *const *files,
	const struct v2v_unpack_options *opt, struct v2v_source *ret_source,
	struct v2v_workdir *ret_workdir, struct v2v_error *err)
{
	struct v2v_source source CLEANUP_SOURCE = {
		.name = name_of_image(files[0]),
		.memory = DEFAULT_MEMORY,
		.vcpus = 1,
		.cpu = v2v_alloc(1, sizeof(struct v2v_cpu)),
	};
	struct v2v_nic *nic;

	for (; *files; files++)
		if (add_image(v, *files, opt, &source, ret_workdir, err) < 0)
			return -1;
	nic = v2v_list_add(&source.nics, sizeof *nic);
	nic->network = v2v_strdup("default");
	nic->type = v2v_strdup("network");
	nic->pci_slot = -1;
	*ret_source = source;
	source = (struct v2v_source){ 0 };
	return 0;
}
