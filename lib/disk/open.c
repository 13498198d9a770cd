/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which reader a disk gets. */
#include "core/open.h"
#include "core/file.h"
#include "disk/apply.h"
#include "disk/formats.h"
#include "image/chain.h"
#include "image/image.h"

#include <fcntl.h>

/* The formats that are read here; NULL in *@ret_reader for another, and for
 * what has features that are not known here. */
static int open_native(struct v2v *v, const struct v2v_disk *disk,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	bool is_vmdk = v2v_streq(disk->format, "vmdk");
	bool is_raw = v2v_streq(disk->format, "raw");
	struct v2v_media media;

	if (!is_vmdk && !is_raw && !v2v_streq(disk->format, "qcow2"))
		return 0;
	if (v2v_media_open(&media, disk->file, disk->offset, disk->size, err) <
		0)
		return -1;
	if (is_vmdk)
		return v2v_reader_vmdk(v, &media, ret_reader, err);
	if (is_raw)
		return v2v_reader_raw(
			&media, (uint64_t)disk->virtual_size, ret_reader, err);
	return v2v_reader_qcow2(&media, false, ret_reader, err);
}

/*
 * Through qemu.  Its name could mean another file by then; so it is
 * opened once, checked as what is open, and handed over.  But a backing file is
 * found by the name of what names it, and a device's name is root's.
 */
static int open_by_qemu(struct v2v *v, const struct v2v_disk *disk,
	unsigned threads, struct v2v_reader **ret_reader, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_open_disk(disk->file, NULL, err);
	const bool is_named = disk->backing_chain || v2v_is_device(disk->file);
	CLEANUP_FREE char *own = v2v_format("/proc/self/fd/%d", fd);
	CLEANUP_FREE char *name = NULL;
	char handed[] = V2V_QEMU_FILE;
	struct v2v_disk open_disk = *disk;

	if (fd < 0)
		return -1;
	open_disk.file = own;
	if (!disk->backing_chain && v2v_image_check_disk(&open_disk, err) < 0)
		return v2v_fail_prefix(err, "'%s'", disk->file);
	open_disk.file = is_named ? disk->file : handed;
	name = v2v_image_disk_name(&open_disk);
	if (v2v_reader_qemu(v, name, v2v_image_driver(disk->format), fd,
		    threads, ret_reader, err) < 0)
		return v2v_fail_prefix(err, "'%s'", disk->file);
	return 0;
}

/* Its layers, by our own readers; where one has none, qemu reads them all. */
static int open_chain(struct v2v *v, const struct v2v_disk *disk,
	const struct v2v_list *layers, struct v2v_reader **ret_reader,
	struct v2v_error *err)
{
	const struct v2v_disk_layer *top = layers->items;

	if (top->virtual_size != disk->virtual_size)
		return v2v_fail(err, "image-size",
			"'%s': the image is %lld bytes large, the document "
			"says %lld",
			disk->file, (long long)top->virtual_size,
			(long long)disk->virtual_size);
	return v2v_reader_chain(v, layers, ret_reader, err);
}

static int open_source(struct v2v *v, const struct v2v_disk *disk,
	unsigned threads, struct v2v_reader **ret_reader, struct v2v_error *err)
{
	struct v2v_list layers CLEANUP_LAYERS = { 0 };

	if (!disk->file)
		return 0;
	if (v2v_undo_check_none(disk, err) < 0 ||
		v2v_disk_chain_prove(disk, &layers, err) < 0)
		return -1;
	/* Whoever wrote the document: what the tables place wrongly is not
	 * read, by us or by qemu. */
	if (layers.count ? open_chain(v, disk, &layers, ret_reader, err) < 0
			 : v2v_image_check_disk(disk, err) < 0 ||
				   open_native(v, disk, ret_reader, err) < 0)
		return -1;
	if (*ret_reader)
		return 0;
	return open_by_qemu(v, disk, threads, ret_reader, err);
}

/* Takes @media over. */
static int open_qcow2(struct v2v_media *media, const char *file, bool is_layer,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	if (v2v_reader_qcow2(media, is_layer, ret_reader, err) < 0)
		return -1;
	if (!*ret_reader)
		return v2v_fail(err, "image-header",
			"'%s' is not an overlay made by v2v-tools", file);
	return 0;
}

/* What lies below it is the source, and nothing else. */
static int open_overlay(const struct v2v_disk *disk,
	const struct v2v_overlay *overlay, struct v2v_reader **ret_reader,
	struct v2v_error *err)
{
	struct v2v_media media;

	if (v2v_media_open(&media, overlay->file, -1, -1, err) < 0)
		return -1;
	if (v2v_image_check_overlay(media.slice.fd, overlay, disk, err) < 0) {
		v2v_media_close(&media);
		return -1;
	}
	return open_qcow2(&media, overlay->file, true, ret_reader, err);
}

int v2v_reader_open(struct v2v *v, const struct v2v_disk *disk,
	const struct v2v_list *overlays, unsigned threads,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	const struct v2v_overlay *overlay =
		v2v_overlays_find(overlays, disk->id);
	struct v2v_reader *top CLEANUP_READER = NULL;
	struct v2v_reader *source CLEANUP_READER = NULL;

	if (overlay && open_overlay(disk, overlay, &top, err) < 0)
		return -1;
	if (open_source(v, disk, threads, &source, err) < 0)
		return -1;
	if (top) {
		uint64_t size = top->size;

		*ret_reader = v2v_reader_layers(
			v2v_take(top), v2v_take(source), size);
		return 0;
	}
	*ret_reader = v2v_take(source);
	return 0;
}

int v2v_reader_open_image(int fd, const char *name, const char *format,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	CLEANUP_CLOSE int own = v2v_reopen(fd);
	off_t size = own < 0 ? -1 : lseek(own, 0, SEEK_END);
	struct v2v_media media;

	if (size < 0)
		return v2v_fail_errno(err, "cannot open '%s'", name);
	if (v2v_media_take(
		    &media, v2v_take_fd(&own), name, (uint64_t)size, err) < 0)
		return -1;
	if (v2v_streq(format, "raw"))
		return v2v_reader_raw(&media, (uint64_t)size, ret_reader, err);
	return open_qcow2(&media, name, false, ret_reader, err);
}
