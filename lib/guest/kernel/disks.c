/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine's disks for the small kernel, each with a private layer. */
#include "core/open.h"
#include "disk/publish.h"
#include "guest/kernel/private.h"
#include "model/overlays.h"

#include <fcntl.h>
#include <stdio.h>

/* Bytes: what is written is a journal's replay, or a conversion's files. */
#define LAYER_MEMORY (64ULL << 20)
#define LAYER_ALL    (16ULL << 30)
#define THREADS	     1 /* it is the one that waits */

static int read_disk(void *opaque, uint64_t at, void *data, size_t size)
{
	struct v2v_kernel_disk *disk = opaque;
	struct v2v_kernel_guest *guest = disk->guest;

	/* Before the first byte of an untrusted disk. */
	if (v2v_vehicle_lock(guest->vehicle, &guest->broken) < 0)
		return -1;
	return v2v_private_read(disk->layer, at, data, size);
}

static int write_disk(void *opaque, uint64_t at, const void *data, size_t size)
{
	const struct v2v_kernel_disk *disk = opaque;

	return v2v_private_write(disk->layer, at, data, size);
}

static int discard_disk(void *opaque, uint64_t at, uint64_t size)
{
	const struct v2v_kernel_disk *disk = opaque;

	return v2v_private_discard(disk->layer, at, size);
}

static const struct v2v_vhost_ops disk_ops = {
	.read = read_disk,
	.write = write_disk,
	.discard = discard_disk,
	.zero = discard_disk,
};

static const struct v2v_vhost_ops tools_ops = {
	.read = v2v_private_read,
};

/* The drive's own overlay over the source, in place the source alone; both are
 * checked on the way. */
static int open_layer(const struct v2v_kernel_guest *guest,
	const struct v2v_appliance_drive *drive, struct v2v_private **ret_layer,
	struct v2v_error *err)
{
	const struct v2v_private_limits limits = { LAYER_MEMORY, LAYER_ALL,
		guest->config.dir };
	struct v2v_overlay overlay = {
		.disk = drive->of.id,
		.file = drive->file,
		.format = drive->format,
		.virtual_size = drive->of.virtual_size,
	};
	const struct v2v_list overlays = { &overlay,
		guest->config.in_place ? 0 : 1 };
	uint64_t size = (uint64_t)drive->of.virtual_size;
	struct v2v_reader *reader = NULL;

	if (v2v_reader_open(guest->a.v, &drive->of, &overlays, THREADS, &reader,
		    err) < 0)
		return -1;
	return v2v_private_new(v2v_view_new(reader, size, V2V_VIEW_CACHE), size,
		&limits, ret_layer, err);
}

static int serve_disk(struct v2v_kernel_guest *guest, size_t index,
	struct v2v_list *sockets, struct v2v_error *err)
{
	const struct v2v_appliance_drive *drive =
		v2v_items(struct v2v_appliance_drive, guest->config.drives) +
		index;
	struct v2v_kernel_disk *disk = &guest->disks[index];
	struct v2v_vhost_disk device = { .ops = &disk_ops, .opaque = disk };
	CLEANUP_FREE char *socket = NULL;

	disk->guest = guest;
	if (guest->config.in_place &&
		v2v_kernel_in_place_hold(guest, index, err) < 0)
		return -1;
	if (open_layer(guest, drive, &disk->layer, err) < 0)
		return -1;
	device.size = v2v_private_size(disk->layer);
	snprintf(device.serial, sizeof device.serial, V2V_KERNEL_DISK "%u",
		(unsigned)index);
	if (v2v_vhost_add(guest->vhost, &device, &socket, err) < 0)
		return -1;
	v2v_list_add_string(sockets, socket);
	return 0;
}

static int serve_tools(struct v2v_kernel_guest *guest, const char *file,
	struct v2v_list *sockets, struct v2v_error *err)
{
	const struct v2v_private_limits limits = { 0, 0, NULL };
	CLEANUP_CLOSE int fd = v2v_open(file, O_RDONLY, 0);
	struct v2v_vhost_disk device = {
		.read_only = true, .serial = V2V_KERNEL_TOOLS, .ops = &tools_ops
	};
	CLEANUP_FREE char *socket = NULL;
	struct v2v_reader *reader = NULL;
	uint64_t size;

	if (fd < 0)
		return v2v_fail_errno(err, "cannot open '%s'", file);
	if (v2v_reader_open_image(fd, file, "raw", &reader, err) < 0)
		return -1;
	size = reader->size;
	if (v2v_private_new(v2v_view_new(reader, size, V2V_VIEW_CACHE), size,
		    &limits, &guest->tools, err) < 0)
		return -1;
	device.size = v2v_private_size(guest->tools);
	device.opaque = guest->tools;
	if (v2v_vhost_add(guest->vhost, &device, &socket, err) < 0)
		return -1;
	v2v_list_add_string(sockets, socket);
	return 0;
}

int v2v_kernel_disks_serve(struct v2v_kernel_guest *guest, const char *tools,
	struct v2v_list *sockets, struct v2v_error *err)
{
	size_t count = guest->config.drives->count;
	CLEANUP_FREE char *mailbox = NULL;

	guest->vhost = v2v_vhost_new(guest->dir);
	guest->disks = v2v_alloc(count, sizeof *guest->disks);
	for (size_t i = 0; i < count; i++)
		guest->disks[i].hold.fd = -1;
	if (v2v_vhost_add_mailbox(guest->vhost, &mailbox, err) < 0)
		return -1;
	v2v_list_add_string(sockets, mailbox);
	if (serve_tools(guest, tools, sockets, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (serve_disk(guest, i, sockets, err) < 0)
			return v2v_fail_prefix(err, "disk %zu", i);
	return 0;
}

void v2v_kernel_disks_close(struct v2v_kernel_guest *guest)
{
	v2v_vhost_free(guest->vhost);
	guest->vhost = NULL;
	for (size_t i = 0; guest->disks && i < guest->config.drives->count;
		i++) {
		v2v_private_free(guest->disks[i].layer);
		v2v_hold_clear(&guest->disks[i].hold);
	}
	free(guest->disks);
	guest->disks = NULL;
	v2v_private_free(guest->tools);
	guest->tools = NULL;
}

int v2v_kernel_disks_check(
	const struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	for (size_t i = 0; i < guest->config.drives->count; i++) {
		const struct v2v_error *failed =
			v2v_private_error(guest->disks[i].layer);

		if (failed->code)
			return v2v_fail(err, failed->code, "%s", failed->text);
	}
	return 0;
}

int v2v_kernel_disks_publish(
	struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	const struct v2v_appliance_drive *drives = guest->config.drives->items;

	if (v2v_kernel_disks_check(guest, err) < 0)
		return -1;
	for (size_t i = 0; i < guest->config.drives->count; i++) {
		struct v2v_private *layer = guest->disks[i].layer;

		if (!v2v_private_is_empty(layer) &&
			v2v_private_publish(guest->a.v, layer, &drives[i].of,
				drives[i].file, true, err) < 0)
			return v2v_fail_prefix(
				err, "disk %lld", (long long)drives[i].of.id);
	}
	return 0;
}
