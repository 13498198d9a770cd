/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks of a document, and images that may have layers below them. */
#include "core/file.h"
#include "image/chain.h"
#include "image/descriptor.h"
#include "image/headers.h"

static const char *const formats[] = { "raw", "qcow2", "vmdk", "vhd", "vhdx",
	"vdi" };
/* Of other formats than VMDK. */
static const char *const subformats[] = { "fixed", "dynamic", "static",
	"differencing" };

static const char *literal(
	const char *const *known, size_t count, const char *text)
{
	for (size_t i = 0; text && i < count; i++)
		if (strcmp(known[i], text) == 0)
			return known[i];
	return NULL;
}

static void as_image(const struct v2v_list *layers, struct v2v_image *image)
{
	const struct v2v_disk_layer *top = layers->items;
	const char *subformat = v2v_vmdk_type(top->subformat, V2V_VMDK_READ);

	*image = (struct v2v_image){
		.format = literal(formats, ARRAY_SIZE(formats), top->format),
		.subformat =
			subformat ? subformat
				  : literal(subformats, ARRAY_SIZE(subformats),
					    top->subformat),
		.virtual_size = (uint64_t)top->virtual_size,
	};
}

int v2v_image_check(const char *file, int64_t offset, int64_t size,
	const char *format, bool backing_chain, struct v2v_image *ret_image,
	struct v2v_error *err)
{
	struct v2v_list layers CLEANUP_LAYERS = { 0 };
	CLEANUP_FREE char *real = NULL;

	if (!backing_chain || offset >= 0)
		return v2v_image_check_alone(
			file, offset, size, format, ret_image, err);
	real = v2v_realpath(file, err);
	if (!format && real)
		format = v2v_image_probe(real, err);
	if (!real || !format ||
		v2v_disk_chain_read(real, format, &layers, err) < 0)
		return -1;
	as_image(&layers, ret_image);
	return 0;
}

/* Header and tables, of all layers where it has some. */
static int check_image(const struct v2v_disk *disk, struct v2v_image *image,
	struct v2v_error *err)
{
	struct v2v_list layers CLEANUP_LAYERS = { 0 };

	if (v2v_disk_chain_prove(disk, &layers, err) < 0)
		return -1;
	if (layers.count) {
		as_image(&layers, image);
		return 0;
	}
	return v2v_image_check_alone(disk->file, disk->offset, disk->size,
		       disk->format, image, err) < 0 ||
			       v2v_image_check_tables(disk->file, disk->offset,
				       disk->size, image->format, err) < 0
		       ? -1
		       : 0;
}

int v2v_image_check_disk(const struct v2v_disk *disk, struct v2v_error *err)
{
	struct v2v_image image;

	if (check_image(disk, &image, err) < 0)
		return -1;
	if (image.virtual_size != (uint64_t)disk->virtual_size)
		return v2v_fail(err, "image-size",
			"'%s': the image is %llu bytes large, the document "
			"says %lld",
			disk->file, (unsigned long long)image.virtual_size,
			(long long)disk->virtual_size);
	return 0;
}

int v2v_image_check_in_place(const struct v2v_disk *disk, struct v2v_error *err)
{
	if (!disk->file || disk->offset >= 0)
		return v2v_fail(err, "not-in-place",
			"disk %lld lies inside '%s' and cannot be converted "
			"in place",
			(long long)disk->id,
			disk->file ? disk->file : "nothing");
	if (!v2v_streq(disk->format, "raw") &&
		!v2v_streq(disk->format, "qcow2"))
		return v2v_fail(err, "not-in-place",
			"'%s' is a %s image and cannot be written in place; "
			"copy it to raw or qcow2 first",
			disk->file, disk->format);
	return 0;
}
