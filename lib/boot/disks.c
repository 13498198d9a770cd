/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layers over the disks of a machine that is to be started. */
#include "boot/boot.h"

#include "convert/console.h"
#include "core/doc.h"
#include "core/open.h"
#include "image/chain.h"
#include "image/image.h"

#include <fcntl.h>

/* The target as a source disk, for what checks and overlays such; borrowed.  In
 * place it is the source's own, with its layers. */
static struct v2v_disk as_disk(
	const struct v2v_machine *m, const struct v2v_target *target)
{
	v2v_list_foreach (const struct v2v_disk, own, &m->source.disks)
		if (own->id == target->disk && own->file &&
			strcmp(own->file, target->file) == 0)
			return *own;
	return (struct v2v_disk){
		.id = target->disk,
		.file = target->file,
		.offset = -1,
		.size = -1,
		.format = target->format,
		.virtual_size = target->virtual_size,
	};
}

/* All that the disk is read from, by its files: whatever the document says of
 * its layers was compared with them. */
static int allow_disk(struct v2v_vehicle_command *command,
	const struct v2v_disk *disk, struct v2v_error *err)
{
	struct v2v_list layers CLEANUP_LAYERS = { 0 };

	v2v_landlock_allow(&command->files, disk->file, V2V_MAY_READ);
	if (v2v_disk_chain_prove(disk, &layers, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_disk_layer, layer, &layers) {
		v2v_landlock_allow(&command->files, layer->file, V2V_MAY_READ);
		v2v_list_foreach (
			const struct v2v_disk_extent, extent, &layer->extents)
			if (extent->file)
				v2v_landlock_allow(&command->files,
					extent->file, V2V_MAY_READ);
	}
	return 0;
}

static int make_layer(
	const struct v2v_disk *disk, const char *name, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0)
		return v2v_fail_errno(err, "cannot create '%s'", name);
	if (v2v_image_make_overlay(disk, fd, name, err) < 0)
		return v2v_fail_prefix(err, "disk %lld", (long long)disk->id);
	return 0;
}

/* The machine as if its new disks were those of a source. */
static json_t *as_document(const json_t *doc, const struct v2v_machine *m)
{
	struct v2v_source source = m->source; /* what it points to is m's */
	json_t *copy = v2v_doc_new();

	source.disks = (struct v2v_list){ 0 };
	v2v_list_foreach (const struct v2v_target, target, &m->targets)
		if (target->file) {
			struct v2v_disk *disk =
				v2v_list_add(&source.disks, sizeof *disk);

			*disk = as_disk(m, target);
		}
	json_object_set_new(copy, "source", v2v_source_store(&source));
	free(source.disks.items);
	if (v2v_doc_has(doc, "inspect"))
		json_object_set(
			copy, "inspect", json_object_get(doc, "inspect"));
	return copy;
}

/* Let the kernel talk, where that is a Linux's; else it is watched by its
 * screen alone. */
static void add_console(struct v2v *v, const json_t *doc,
	const struct v2v_machine *m, const char *scratch,
	struct v2v_list *ret_overlays)
{
	json_auto_t *copy = as_document(doc, m);
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_error why = { 0 };

	if (m->inspect.type && !v2v_streq(m->inspect.type, "linux"))
		return;
	if (v2v_convert_console(v, copy, scratch, &why) < 0 ||
		v2v_source_load(copy, &source, &why) < 0 ||
		v2v_overlays_load(copy, &source, ret_overlays, &why) < 0)
		v2v_info(v, "boot-no-console",
			"the guest gets no serial console: %s", why.text);
}

/* The layer that has the console, or a new one; the caller's. */
static char *layer_of(const struct v2v_disk *disk,
	const struct v2v_list *overlays, const char *scratch,
	struct v2v_error *err)
{
	const struct v2v_overlay *made = v2v_overlays_find(overlays, disk->id);
	CLEANUP_FREE char *name = NULL;

	if (made)
		return v2v_strdup(made->file);
	name = v2v_format("%s/disk-%lld.qcow2", scratch, (long long)disk->id);
	return make_layer(disk, name, err) < 0 ? NULL : v2v_take(name);
}

int v2v_boot_disks(struct v2v *v, const json_t *doc, struct v2v_machine *m,
	const char *scratch, struct v2v_vehicle_command *command,
	struct v2v_error *err)
{
	struct v2v_list overlays CLEANUP_OVERLAYS = { 0 };

	add_console(v, doc, m, scratch, &overlays);
	v2v_list_foreach (struct v2v_target, target, &m->targets) {
		CLEANUP_FREE char *name = NULL;
		struct v2v_disk disk;

		if (v2v_check_cancel(v, err) < 0)
			return -1;
		if (!target->file)
			continue;
		disk = as_disk(m, target);
		name = layer_of(&disk, &overlays, scratch, err);
		if (!name || allow_disk(command, &disk, err) < 0)
			return -1;
		v2v_string_set(&target->file, name);
		v2v_string_set(&target->format, "qcow2");
	}
	return 0;
}
