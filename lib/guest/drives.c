/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks that the appliance gets: private overlays, or the disks themselves.
 */
#include "core/file.h"
#include "core/open.h"
#include "disk/apply.h"
#include "guest/copies.h"
#include "guest/private.h"
#include "image/chain.h"
#include "image/image.h"

#include <fcntl.h>

/* For a disk that another process writes; ten seconds. */
#define LOCK_PAUSES 100

void v2v_guest_drives_clear(struct v2v_list *drives)
{
	v2v_list_foreach (struct v2v_appliance_drive, drive, drives) {
		free(drive->file);
		free(drive->format);
		v2v_disk_clear(&drive->of);
	}
	free(drives->items);
	*drives = (struct v2v_list){ 0 };
}

/* A copy of an overlay, its holes kept. */
static int copy_overlay(int in, const char *from, int out, const char *to,
	struct v2v_error *err)
{
	struct stat st;
	off_t data = 0, hole;

	if (fstat(in, &st) < 0)
		return v2v_fail_errno(err, "overlay '%s'", from);
	if (ftruncate(out, st.st_size) < 0)
		return v2v_fail_errno(err, "cannot write '%s'", to);
	while ((data = lseek(in, data, SEEK_DATA)) >= 0) {
		hole = lseek(in, data, SEEK_HOLE);
		for (off_t at = data; at < hole;) {
			loff_t target = at;
			ssize_t n = copy_file_range(
				in, &at, out, &target, (size_t)(hole - at), 0);

			if (n <= 0)
				return v2v_fail_errno(
					err, "cannot write '%s'", to);
		}
		data = hole;
	}
	return 0;
}

/* The copy is what is proven: nobody else can change it. */
static int take_overlay(const struct v2v_disk *disk,
	const struct v2v_overlay *overlay, int out, const char *to,
	struct v2v_error *err)
{
	CLEANUP_CLOSE int in = v2v_open_regular(overlay->file, NULL, err);

	if (in < 0 || copy_overlay(in, overlay->file, out, to, err) < 0 ||
		v2v_image_check_overlay(out, overlay, disk, err) < 0)
		return -1;
	return disk->file ? v2v_image_check_disk(disk, err) : 0;
}

static int add_private(struct v2v_guest *guest, const struct v2v_disk *disk,
	const struct v2v_list *overlays, struct v2v_error *err)
{
	const struct v2v_overlay *overlay =
		v2v_overlays_find(overlays, disk->id);
	struct v2v_appliance_drive *drive =
		v2v_list_add(&guest->drives, sizeof *drive);
	CLEANUP_CLOSE int fd = -1;

	if (disk->file && v2v_undo_check_none(disk, err) < 0)
		return -1;
	v2v_disk_copy(&drive->of, disk);
	drive->is_ours = v2v_disk_chain_is_hyperv(&disk->layers);
	drive->format = v2v_strdup("qcow2");
	drive->file = v2v_format(
		"%s/overlay-%lld.qcow2", guest->dir, (long long)disk->id);
	fd = v2v_open(drive->file, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return v2v_fail_errno(err, "cannot create '%s'", drive->file);
	if (overlay)
		return take_overlay(disk, overlay, fd, drive->file, err);
	return v2v_image_make_overlay(disk, fd, drive->file, err);
}

static int add_in_place(struct v2v_guest *guest, const struct v2v_disk *disk,
	bool is_copy, struct v2v_error *err)
{
	struct v2v_appliance_drive *drive =
		v2v_list_add(&guest->drives, sizeof *drive);

	if (v2v_image_check_in_place(disk, err) < 0)
		return -1;
	if (!is_copy && v2v_is_device(disk->file))
		return v2v_fail(err, "not-in-place",
			"'%s' is a device, which is only read; copy it first",
			disk->file);
	v2v_disk_copy(&drive->of, disk);
	drive->format = v2v_strdup(disk->format);
	drive->file = v2v_strdup(disk->file);
	if ((is_copy ? v2v_image_check_copy(disk, err)
		     : v2v_image_check_disk(disk, err)) < 0)
		return -1;
	return v2v_image_wait_unused(guest->v, disk->file, LOCK_PAUSES, err);
}

int v2v_guest_add_drives(struct v2v_guest *guest,
	const struct v2v_guest_request *request, struct v2v_error *err)
{
	struct v2v_list overlays CLEANUP_OVERLAYS = { 0 };
	struct v2v_source copies CLEANUP_SOURCE = { 0 };
	int copied = v2v_guest_copies(request, &copies, err);

	if (copied < 0 || v2v_overlays_load(request->doc, request->source,
				  &overlays, err) < 0)
		return -1;
	if (copied)
		v2v_overlays_clear(&overlays);
	if (request->in_place && overlays.count)
		return v2v_fail(err, "not-in-place",
			"document: it has overlays; in place works on the "
			"source disks, so leave v2v-overlay out");
	v2v_list_foreach (const struct v2v_disk, disk,
		copied ? &copies.disks : &request->source->disks) {
		int status = request->in_place
				     ? add_in_place(guest, disk, copied, err)
				     : add_private(guest, disk, &overlays, err);

		if (status < 0)
			return v2v_fail_prefix(
				err, "disk %lld", (long long)disk->id);
	}
	return request->in_place
		       ? v2v_guest_recover_drives(guest->v, &guest->drives, err)
		       : 0;
}

static int publish_one(const struct v2v_appliance_drive *drive,
	const char *workdir, struct v2v_list *overlays, struct v2v_error *err)
{
	struct v2v_overlay *overlay = v2v_list_add(overlays, sizeof *overlay);
	CLEANUP_CLOSE int fd = v2v_open(drive->file, O_RDONLY, 0);

	overlay->disk = drive->of.id;
	overlay->virtual_size = drive->of.virtual_size;
	overlay->format = v2v_strdup(drive->format);
	overlay->file = v2v_format(
		"%s/overlay-%lld.qcow2", workdir, (long long)drive->of.id);
	if (fd < 0 || fsync(fd) < 0 || rename(drive->file, overlay->file) < 0)
		return v2v_fail_errno(err, "cannot create '%s'", overlay->file);
	return 0;
}

int v2v_guest_publish_drives(const struct v2v_list *drives, const char *workdir,
	struct v2v_list *overlays, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_appliance_drive, drive, drives)
		if (publish_one(drive, workdir, overlays, err) < 0)
			return -1;
	return 0;
}
