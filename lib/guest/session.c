/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The appliance that a handle keeps: private overlays, reuse, publishing. */
#include "core/doc.h"
#include "core/file.h"
#include "core/open.h"
#include "core/workdir.h"
#include "guest/copies.h"
#include "guest/files.h"
#include "guest/private.h"
#include "image/image.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

/* For a disk that another process writes; ten seconds. */
#define LOCK_PAUSES 100

static void drive_clear(struct v2v_guest_drive *drive)
{
	free(drive->file);
	free(drive->source);
	free(drive->format);
}

static void session_free(void *opaque)
{
	struct v2v_guest *guest = opaque;

	if (!guest)
		return;
	if (guest->g) {
		/* Nothing is lost: what is to stay was published before. */
		int pid = guest->in_place ? -1 : guestfs_get_pid(guest->g);

		if (pid > 0)
			kill(pid, SIGKILL);
		guestfs_close(guest->g);
	}
	v2v_guest_unwatch(guest);
	v2v_remove_tree(guest->dir);
	v2v_list_foreach (struct v2v_guest_drive, drive, &guest->drives)
		drive_clear(drive);
	free(guest->drives.items);
	json_decref(guest->texts);
	json_decref(guest->told);
	v2v_backup_free(guest->backup);
	v2v_guest_names_clear(&guest->created);
	v2v_guest_names_clear(&guest->large);
	v2v_text_clear(&guest->line);
	v2v_text_clear(&guest->said);
	free(guest->dir);
	free(guest->order);
	free(guest->signature);
	free(guest);
}

static void session_cleanup(struct v2v_guest **guest)
{
	session_free(*guest);
}

void v2v_guest_close(struct v2v *v)
{
	v2v_session_end(v);
}

/* The directory below which the private one is made: on the filesystem where
 * the overlays are to lie in the end, so that publishing is a rename. */
static const char *base_directory(
	const struct v2v *v, const struct v2v_guest_request *request)
{
	const char *workdir = v2v_doc_string(request->doc, "workdir");
	struct stat st;

	if (workdir && stat(workdir, &st) == 0 && S_ISDIR(st.st_mode))
		return workdir;
	return request->workdir ? request->workdir : v->tmpdir;
}

/* The names of the copies; what v2v-estimate says of them is no other disk. */
static json_t *copies_of(const json_t *doc)
{
	const json_t *targets = json_object_get(doc, "targets"), *target;
	json_t *files = json_array();
	size_t i;

	json_array_foreach (targets, i, target)
		if (json_is_string(json_object_get(target, "file")))
			json_array_append(
				files, json_object_get(target, "file"));
	return files;
}

static char *signature_of(
	const struct v2v *v, const struct v2v_guest_request *request)
{
	json_auto_t *all = json_pack("{s:O?, s:O?, s:o, s:o, s:b}", "disks",
		json_object_get(
			json_object_get(request->doc, "source"), "disks"),
		"overlays", json_object_get(request->doc, "overlays"), "copies",
		copies_of(request->doc), "base",
		v2v_json_text(base_directory(v, request)), "in_place",
		request->in_place);

	for (const char *const *key = request->keys; key && *key; key++)
		json_object_set_new(all, *key, json_true());
	return json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
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
	struct v2v_guest_drive *drive =
		v2v_list_add(&guest->drives, sizeof *drive);
	CLEANUP_CLOSE int fd = -1;

	drive->disk = disk->id;
	drive->virtual_size = disk->virtual_size;
	drive->source = v2v_strdup(disk->file);
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
	struct v2v_guest_drive *drive =
		v2v_list_add(&guest->drives, sizeof *drive);

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
	drive->disk = disk->id;
	drive->virtual_size = disk->virtual_size;
	drive->source = v2v_strdup(disk->file);
	drive->format = v2v_strdup(disk->format);
	drive->file = v2v_strdup(disk->file);
	if ((is_copy ? v2v_image_check_copy(disk, err)
		     : v2v_image_check_disk(disk, err)) < 0)
		return -1;
	return v2v_image_wait_unused(guest->v, disk->file, LOCK_PAUSES, err);
}

static int add_disks(struct v2v_guest *guest,
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
	return 0;
}

static int open_session(struct v2v *v, const struct v2v_guest_request *request,
	struct v2v_guest **ret_guest, struct v2v_error *err)
{
	__attribute__((cleanup(session_cleanup))) struct v2v_guest *guest =
		v2v_alloc(1, sizeof *guest);

	guest->v = v;
	guest->texts = json_object();
	guest->told = json_object();
	guest->in_place = request->in_place;
	guest->has_keys = request->keys && *request->keys;
	guest->signature = signature_of(v, request);
	if (request->source->disks.count == 0)
		return v2v_fail(err, "no-disk", "document: no disk in source");
	guest->dir = v2v_workdir_temporary(
		base_directory(v, request), "tmp-v2v-", err);
	if (!guest->dir || v2v_guest_check_keys(request->keys, err) < 0 ||
		add_disks(guest, request, err) < 0 ||
		v2v_guest_launch(guest, err) < 0 ||
		v2v_guest_unlock(guest, request->keys, err) < 0)
		return -1;
	*ret_guest = v2v_take(guest);
	return 0;
}

int v2v_guest_open(struct v2v *v, const struct v2v_guest_request *request,
	struct v2v_guest **ret_guest, struct v2v_error *err)
{
	CLEANUP_FREE char *signature = signature_of(v, request);
	struct v2v_guest *guest = v->session;

	if (v2v_check_cancel(v, err) < 0)
		return -1;
	if (guest && v2v_streq(guest->signature, signature)) {
		guestfs_umount_all(guest->g);
		*ret_guest = guest;
		return 0;
	}
	v2v_guest_close(v);
	if (open_session(v, request, &guest, err) < 0)
		return -1;
	v->session = guest;
	v->session_free = session_free;
	*ret_guest = guest;
	return 0;
}

int v2v_guest_check(struct v2v_guest *guest, struct v2v_error *err)
{
	if (guestfs_ping_daemon(guest->g) < 0)
		return v2v_guest_fail(guest, err, "appliance",
			"the appliance has ended by itself");
	return v2v_check_cancel(guest->v, err);
}

static int publish_one(const struct v2v_guest_drive *drive, const char *workdir,
	struct v2v_list *overlays, struct v2v_error *err)
{
	struct v2v_overlay *overlay = v2v_list_add(overlays, sizeof *overlay);
	CLEANUP_CLOSE int fd = v2v_open(drive->file, O_RDONLY, 0);

	overlay->disk = drive->disk;
	overlay->virtual_size = drive->virtual_size;
	overlay->format = v2v_strdup(drive->format);
	overlay->file = v2v_format(
		"%s/overlay-%lld.qcow2", workdir, (long long)drive->disk);
	if (fd < 0 || fsync(fd) < 0 || rename(drive->file, overlay->file) < 0)
		return v2v_fail_errno(err, "cannot create '%s'", overlay->file);
	return 0;
}

int v2v_guest_publish(struct v2v *v, const char *workdir,
	struct v2v_list *ret_overlays, struct v2v_error *err)
{
	struct v2v_guest *guest = v->session;

	/* One that is gone already shuts down well, with what it had not
	 * written yet. */
	if (guestfs_sync(guest->g) < 0 || guestfs_shutdown(guest->g) < 0)
		return v2v_guest_fail(guest, err, "appliance",
			"the appliance does not end well");
	if (v2v_check_cancel(v, err) < 0)
		return -1;
	if (!guest->in_place)
		v2v_list_foreach (
			const struct v2v_guest_drive, drive, &guest->drives)
			if (publish_one(drive, workdir, ret_overlays, err) < 0)
				return -1;
	v2v_guest_close(v);
	return 0;
}
