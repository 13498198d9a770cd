/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The layers of a disk, from the top one down. */
#include "image/chain.h"

#include "core/file.h"
#include "core/open.h"
#include "image/chain-private.h"
#include "image/descriptor.h"

#include <fcntl.h>

static void folder_clear(struct v2v_disk_chain_folder *folder)
{
	free(folder->path);
	v2v_cleanup_close(&folder->fd);
}
#define CLEANUP_FOLDER __attribute__((cleanup(folder_clear)))

static int read_qcow2(struct v2v_link *link, struct v2v_error *err)
{
	struct v2v_backing backing CLEANUP_BACKING = { NULL, NULL };
	struct v2v_image image = { .format = NULL };
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd =
		v2v_slice_open(&slice, link->layer.file, -1, -1, err);

	if (fd < 0 || v2v_qcow2_check(&slice, &image, &backing, err) < 0 ||
		v2v_qcow2_walk_tables(&slice, err) < 0)
		return -1;
	link->layer.virtual_size = (int64_t)image.virtual_size;
	link->may_differ = true;
	v2v_link_own_extent(link, "qcow2");
	if (!backing.name)
		return 0;
	if (!backing.format)
		return v2v_fail(err, "image-backing",
			"'%s' does not state the format of its backing file",
			link->layer.file);
	link->parent = v2v_strdup(backing.name);
	/* As qemu calls it. */
	link->parent_format = v2v_strdup(
		strcmp(backing.format, "vpc") == 0 ? "vhd" : backing.format);
	return 0;
}

static int read_other(struct v2v_link *link, struct v2v_error *err)
{
	struct v2v_disk_layer *layer = &link->layer;
	struct v2v_image image;

	if (v2v_image_check_alone(
		    layer->file, -1, -1, layer->format, &image, err) < 0)
		return -1;
	layer->subformat = v2v_strdup(image.subformat);
	layer->virtual_size = (int64_t)image.virtual_size;
	v2v_link_own_extent(link, layer->format);
	return 0;
}

static int read_link(const struct v2v_disk_chain_folder *folder,
	struct v2v_link *link, struct v2v_error *err)
{
	const char *file = link->layer.file;

	if (v2v_is_device(file) &&
		v2v_image_check_device(file, link->layer.format, err) < 0)
		return -1;
	if (v2v_streq(link->layer.format, "vmdk"))
		return v2v_disk_chain_read_vmdk(folder, link, err);
	if (v2v_streq(link->layer.format, "qcow2"))
		return read_qcow2(link, err);
	/* Below a qcow2 it is refused, or qemu reads it. */
	if (v2v_streq(link->layer.format, "vhd") && !link->is_below_qcow2)
		return v2v_disk_chain_read_vhd(link, err);
	if (v2v_streq(link->layer.format, "vhdx") && !link->is_below_qcow2)
		return v2v_disk_chain_read_vhdx(link, err);
	return read_other(link, err);
}

/* A VMDK's parent is one too, and cannot be what it only says it is. */
static int next_format(const struct v2v_link *above, const char *file,
	char **ret_format, struct v2v_error *err)
{
	const char *found;

	/* qemu takes the size of most VHDs from their geometry, and there is no
	 * way to tell it otherwise of a backing file (image/name.c). */
	if (v2v_streq(above->parent_format, "vhd"))
		return v2v_fail(err, "image-chain",
			"'%s' is a VHD below '%s', which is not supported; "
			"convert it to raw or qcow2, and rebase what is over "
			"it",
			file, above->layer.file);
	if (above->parent_format) {
		*ret_format = v2v_strdup(above->parent_format);
		return 0;
	}
	found = v2v_image_format(file, err);
	if (!found)
		return -1;
	if (!v2v_streq(found, above->layer.format))
		return v2v_fail(err, "image-chain",
			"'%s' is the parent of '%s' and not a %s, but %s", file,
			above->layer.file, above->layer.format, found);
	*ret_format = v2v_strdup(found);
	return 0;
}

static bool has_file(const struct v2v_disk_layer *layer, const char *file)
{
	if (v2v_streq(layer->file, file))
		return true;
	v2v_list_foreach (const struct v2v_disk_extent, extent, &layer->extents)
		if (v2v_streq(extent->file, file))
			return true;
	return false;
}

static int check_is_new(const struct v2v_disk_layer *known,
	const struct v2v_disk_layer *above, const char *file,
	struct v2v_error *err)
{
	if (!v2v_streq(known->file, file))
		return 0;
	return v2v_fail(err, "image-chain",
		"'%s' is its own parent, through '%s'", file, above->file);
}

/* A file that is in two layers, if only a part of it. */
static int check_shared(const struct v2v_disk_layer *layer,
	const struct v2v_disk_layer *next, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_disk_extent, extent, &next->extents)
		if (has_file(layer, next->file) ||
			(extent->file && has_file(layer, extent->file)))
			return v2v_fail(err, "image-chain",
				"'%s' and '%s' are layers of one disk that "
				"share a file",
				layer->file, next->file);
	return 0;
}

static int check_fit(const struct v2v_link *above, const struct v2v_link *next,
	struct v2v_error *err)
{
	const struct v2v_disk_layer *a = &above->layer, *b = &next->layer;

	if (above->parent_id && !v2v_streq(above->parent_id, next->id) &&
		!(above->other_id && v2v_streq(above->other_id, next->id)))
		return v2v_fail(err, "image-chain",
			"'%s' is not what '%s' was made over: its id is %s, "
			"not %s (it was written later, or is another disk's)",
			b->file, a->file, next->id ? next->id : "unknown",
			above->parent_id);
	if (!above->may_differ && a->virtual_size != b->virtual_size)
		return v2v_fail(err, "image-chain",
			"'%s' is %lld bytes large, its parent '%s' %lld",
			a->file, (long long)a->virtual_size, b->file,
			(long long)b->virtual_size);
	return 0;
}

/* The layer below @above goes into @next. */
static int read_next(const struct v2v_disk_chain_folder *folder,
	const struct v2v_list *layers, const struct v2v_link *above,
	struct v2v_link *next, struct v2v_error *err)
{
	struct v2v_disk_layer *layer = &next->layer;

	if (layers->count + 1 >= V2V_LAYERS_MAX) /* with @above */
		return v2v_fail(err, "image-chain", "'%s': more than %d layers",
			above->layer.file, V2V_LAYERS_MAX);
	layer->file = above->parent
			      ? v2v_disk_chain_find(folder, above->layer.file,
					above->parent, err)
			      : v2v_disk_chain_find_any(folder,
					above->layer.file, &above->names, err);
	if (!layer->file)
		return -1;
	v2v_list_foreach (const struct v2v_disk_layer, known, layers)
		if (check_is_new(known, &above->layer, layer->file, err) < 0)
			return -1;
	next->is_below_qcow2 = v2v_streq(above->layer.format, "qcow2");
	if (check_is_new(&above->layer, &above->layer, layer->file, err) < 0 ||
		next_format(above, layer->file, &layer->format, err) < 0 ||
		read_link(folder, next, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_disk_layer, known, layers)
		if (check_shared(known, layer, err) < 0)
			return -1;
	return check_shared(&above->layer, layer, err) < 0
		       ? -1
		       : check_fit(above, next, err);
}

static void add_layer(struct v2v_list *layers, struct v2v_link *link)
{
	struct v2v_disk_layer *layer = v2v_list_add(layers, sizeof *layer);

	*layer = link->layer;
	link->layer = (struct v2v_disk_layer){ .file = NULL };
}

static int read_layers(const struct v2v_disk_chain_folder *folder,
	struct v2v_link *link, struct v2v_list *layers, struct v2v_error *err)
{
	if (read_link(folder, link, err) < 0)
		return -1;
	while (link->parent || link->names.count) {
		struct v2v_link next CLEANUP_LINK = { .id = NULL };

		if (read_next(folder, layers, link, &next, err) < 0)
			return -1;
		add_layer(layers, link);
		v2v_link_clear(link);
		*link = next;
		next = (struct v2v_link){ .id = NULL };
	}
	add_layer(layers, link);
	return 0;
}

int v2v_disk_chain_read(const char *file, const char *format,
	struct v2v_list *ret_layers, struct v2v_error *err)
{
	const char *name = strrchr(file, '/');
	struct v2v_disk_chain_folder folder CLEANUP_FOLDER = { NULL, -1 };
	struct v2v_link link CLEANUP_LINK = { .id = NULL };
	struct v2v_list layers CLEANUP_LAYERS = { 0 };

	if (!format)
		format = v2v_image_format(file, err);
	if (!format)
		return -1;
	if (*file != '/')
		return v2v_fail(err, "image-chain",
			"'%s': the path of a chain must be absolute", file);
	folder.path = v2v_strndup(file, (size_t)(name - file));
	folder.fd = v2v_open(
		name == file ? "/" : folder.path, O_PATH | O_DIRECTORY, 0);
	if (folder.fd < 0)
		return v2v_fail_errno(err, "cannot open '%s'", folder.path);
	link.layer.file = v2v_strdup(file);
	link.layer.format = v2v_strdup(format);
	if (read_layers(&folder, &link, &layers, err) < 0)
		return -1;
	*ret_layers = layers;
	layers = (struct v2v_list){ 0 };
	return 0;
}

bool v2v_disk_chain_is_one(const struct v2v_list *layers)
{
	const struct v2v_disk_layer *top = layers->items;
	const struct v2v_disk_extent *first = top->extents.items;

	return layers->count > 1 || top->extents.count > 1 ||
	       !v2v_streq(first->file, top->file);
}

bool v2v_disk_chain_is_hyperv(const struct v2v_list *layers)
{
	const struct v2v_disk_layer *top = layers->items;

	return layers->count > 1 && (v2v_streq(top->format, "vhd") ||
					    v2v_streq(top->format, "vhdx"));
}

int v2v_disk_chain_prove(const struct v2v_disk *disk,
	struct v2v_list *ret_layers, struct v2v_error *err)
{
	json_auto_t *said = v2v_layers_store(&disk->layers), *found = NULL;
	struct v2v_list layers CLEANUP_LAYERS = { 0 };

	if (!disk->backing_chain && !disk->layers.count)
		return 0;
	if (!disk->backing_chain || disk->offset >= 0)
		return v2v_fail(err, "image-backing",
			"'%s' has layers, which the document does not allow",
			disk->file);
	if (v2v_disk_chain_read(disk->file, disk->format, &layers, err) < 0)
		return -1;
	found = v2v_layers_store(&layers);
	/* What qemu cannot read must be known from the document alone. */
	if ((disk->layers.count || v2v_disk_chain_is_hyperv(&layers)) &&
		!json_equal(said, found))
		return v2v_fail(err, "image-chain",
			"'%s': the layers are not those that the document says",
			disk->file);
	if (!v2v_disk_chain_is_one(&layers))
		return 0;
	*ret_layers = layers;
	layers = (struct v2v_list){ 0 };
	return 0;
}

bool v2v_disk_chain_is_difference(const char *file)
{
	struct v2v_vmdk_descriptor d CLEANUP_VMDK_DESCRIPTOR = { 0 };
	struct v2v_slice slice;
	CLEANUP_CLOSE int fd = v2v_slice_open(&slice, file, -1, -1, NULL);
	CLEANUP_FREE char *text = NULL;
	size_t size;

	if (fd < 0)
		return false;
	if (v2v_image_read_descriptor(file, -1, -1, &text, &size, NULL) <= 0) {
		text = v2v_vmdk_embedded_text(&slice, NULL);
		size = text ? strlen(text) : 0;
	}
	if (text)
		v2v_vmdk_descriptor_read(text, size, &d);
	return d.has_parent;
}
