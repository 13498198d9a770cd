/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The small kernel from its start to its end. */
#include "guest/kernel/private.h"

#include "core/file.h"
#include "kernel/turns.h"

#include <sys/stat.h>

/* Milliseconds that one call may take: a whole filesystem's trim, rpm. */
#define CALL_MS (600 * 1000)

/* Milliseconds in which a process whose sockets are closed has ended. */
#define END_MS 2000

/* In place of what was seen of its end, how it ended. */
static void explain(struct v2v_kernel_guest *guest)
{
	int64_t until = v2v_vhost_now() + END_MS;

	while (v2v_vehicle_is_alive(guest->vehicle) && v2v_vhost_now() < until)
		usleep(1000);
	guest->broken = (struct v2v_error){ 0 };
	v2v_vehicle_explain(guest->vehicle, &guest->broken);
}

/* The kernel's transport. */
static int call(void *opaque, const struct iovec *request, size_t n,
	int *ret_status, struct v2v_text *ret_data, struct v2v_error *err)
{
	struct v2v_kernel_guest *guest = opaque;
	int64_t deadline = v2v_vhost_now() + CALL_MS;
	int64_t own = __atomic_load_n(&guest->a.deadline, __ATOMIC_RELAXED);
	struct v2v_turns turns;
	int status;

	if (guest->broken.code)
		return v2v_fail(
			err, guest->broken.code, "%s", guest->broken.text);
	if (own && own * 1000 < deadline)
		deadline = own * 1000;
	v2v_turns_begin(&turns, v2v_vehicle_cpu(guest->vehicle));
	status = v2v_vhost_call(guest->vhost, guest->a.v, request, n, deadline,
		v2v_vehicle_is_alive, guest->vehicle, ret_status, ret_data,
		&guest->broken);
	v2v_turns_end(&turns);
	if (status == 0)
		return 0;
	if (v2v_streq(guest->broken.code, "kernel-gone"))
		explain(guest);
	return v2v_fail(err, guest->broken.code, "%s", guest->broken.text);
}

static unsigned memory_of(const struct v2v_kernel_guest *guest)
{
	return guest->config.has_keys ? V2V_VEHICLE_MEMORY_LUKS2
				      : V2V_VEHICLE_MEMORY;
}

static int start_vehicle(struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	struct v2v_kernel_images images CLEANUP_KERNEL_IMAGES = { 0 };
	struct v2v_list sockets CLEANUP_STRINGS = { 0 };
	struct v2v_vehicle_config config = {
		.memory_mib = memory_of(guest),
		.directory = guest->dir,
		.has_raid6 = guest->lacks_raid6,
	};

	guest->lacks_raid6 = false;

	if (v2v_kernel_images_get(guest->a.v, guest->ops, &images, err) < 0 ||
		v2v_kernel_disks_serve(guest, images.tools, &sockets, err) < 0)
		return -1;
	config.kernel = &images.kernel;
	config.initrd = images.boot;
	config.cache = images.cache;
	config.sockets = sockets.items;
	config.socket_count = sockets.count;
	return v2v_vehicle_start(
		guest->a.v, guest->ops, &config, &guest->vehicle, err);
}

/* The first call is answered when it is up. */
static int say_hello(struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	CLEANUP_FREE char *release = NULL;
	int64_t start = v2v_vhost_now();

	if (v2v_kernel_hello(&guest->kernel, &release, err) < 0)
		return -1;
	v2v_info(guest->a.v, "appliance-runs", "Linux %s runs after %.2f s",
		release, (double)(v2v_vhost_now() - start) / 1000);
	return 0;
}

/* As libguestfs does at its start. */
static int start_volumes(struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	const struct v2v_appliance_devices *devices = guest->a.ops->devices;

	if (devices->start_arrays(&guest->a) < 0 ||
		devices->scan_lvm(&guest->a) < 0)
		return v2v_fail(err, guest->err.code, "%s", guest->err.text);
	return 0;
}

static void shut_down(struct v2v_kernel_guest *guest)
{
	v2v_vehicle_free(guest->vehicle);
	guest->vehicle = NULL;
	v2v_kernel_disks_close(guest);
	if (guest->dir)
		v2v_remove_tree(guest->dir);
	free(guest->dir);
	guest->dir = NULL;
	guest->broken = (struct v2v_error){ 0 };
	guest->log_seen = 0;
	v2v_strings_clear(&guest->a.replayed);
}

static int start_up(struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	guest->dir = v2v_format("%s/kernel", guest->config.dir);
	if (mkdir(guest->dir, 0700) < 0)
		return v2v_fail_errno(err, "cannot create '%s'", guest->dir);
	if (start_vehicle(guest, err) < 0 || say_hello(guest, err) < 0)
		return -1;
	return start_volumes(guest, err);
}

/* Before anything is made for it. */
static int check_wishes(
	const struct v2v_appliance_config *config, struct v2v_error *err)
{
	if (config->runs_programs)
		return v2v_fail(err, V2V_KERNEL_CANNOT,
			"the backend '%s' cannot run programs of the guest",
			config->ops->name);
	return config->in_place ? v2v_kernel_in_place_check(config, err) : 0;
}

/* So seldom that the others need not wait for it. */
static int start_again(struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	v2v_debug(guest->a.v, "appliance-restart",
		"the guest has RAID 6: the small kernel starts once more");
	shut_down(guest);
	return start_up(guest, err);
}

static int launch(struct v2v_kernel_guest *guest, struct v2v_error *err)
{
	CLEANUP_FREE char *reason = NULL;
	struct v2v_error first = { 0 };
	int status;

	if (check_wishes(&guest->config, err) < 0)
		return -1;
	if (!guest->ops->is_usable(guest->a.v, memory_of(guest), &reason))
		return v2v_fail(err, V2V_KERNEL_CANNOT, "%s", reason);
	status = start_up(guest, &first);
	if (guest->lacks_raid6)
		return start_again(guest, err);
	return status < 0 ? v2v_fail(err, first.code, "%s", first.text) : 0;
}

/* In what a key has opened. */
static int restart(struct v2v_appliance *a, struct v2v_error *err)
{
	struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);

	if (!guest->lacks_raid6)
		return 0;
	return start_again(guest, err) < 0 ? -1 : 1;
}

static void end(struct v2v_appliance *a)
{
	struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);

	shut_down(guest);
	free(guest);
}

static int start(const struct v2v_appliance_config *config,
	const struct v2v_vehicle_ops *vehicle,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	struct v2v_kernel_guest *guest = v2v_alloc(1, sizeof *guest);

	guest->a.ops = config->ops;
	guest->a.v = config->v;
	guest->config = *config;
	guest->ops = vehicle;
	guest->kernel.call = call;
	guest->kernel.opaque = guest;
	if (launch(guest, err) < 0) {
		end(&guest->a);
		return -1;
	}
	*ret_appliance = &guest->a;
	return 0;
}

static int start_uml(const struct v2v_appliance_config *config,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	return start(config, &v2v_vehicle_uml, ret_appliance, err);
}

static int start_qemu(const struct v2v_appliance_config *config,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	return start(config, &v2v_vehicle_qemu, ret_appliance, err);
}

static int knows_uml(struct v2v *v, const char *type, unsigned *ret_linux)
{
	return v2v_kernel_knows(v, &v2v_vehicle_uml, type, ret_linux);
}

static int knows_qemu(struct v2v *v, const char *type, unsigned *ret_linux)
{
	return v2v_kernel_knows(v, &v2v_vehicle_qemu, type, ret_linux);
}

static int check(struct v2v_appliance *a)
{
	struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);

	if (!guest->broken.code && v2v_vehicle_is_alive(guest->vehicle))
		return 0;
	if (!guest->broken.code)
		explain(guest);
	guest->err = guest->broken;
	guest->kernel.error = 0;
	return -1;
}

static int sync_all(struct v2v_appliance *a)
{
	return v2v_kernel_sync(V2V_KERNEL_OF(a), V2V_KERNEL_ERROR(a));
}

static int stop(struct v2v_appliance *a)
{
	struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);

	if (v2v_kernel_umount_all(&guest->kernel, V2V_KERNEL_ERROR(a)) < 0 ||
		sync_all(a) < 0)
		return -1;
	return guest->config.in_place
		       ? v2v_kernel_disks_check(guest, V2V_KERNEL_ERROR(a))
		       : v2v_kernel_disks_publish(guest, V2V_KERNEL_ERROR(a));
}

static int write_back(struct v2v_appliance *a, struct v2v_error *err)
{
	return v2v_kernel_in_place_write(v2v_kernel_guest_of(a), err);
}

static const char *why(const struct v2v_appliance *a)
{
	const struct v2v_kernel_guest *guest = v2v_kernel_guest_of(a);

	return guest->err.code ? guest->err.text : NULL;
}

static int error_number(const struct v2v_appliance *a)
{
	return v2v_kernel_guest_of(a)->kernel.error;
}

#define LIFE(vehicle)                                                          \
	{                                                                      \
		.knows = knows_##vehicle, .start = start_##vehicle,            \
		.restart = restart, .check = check, .sync = sync_all,          \
		.stop = stop, .write_back = write_back, .end = end,            \
		.why = why, .error_number = error_number,                      \
	}

const struct v2v_appliance_life v2v_uml_life = LIFE(uml);
const struct v2v_appliance_life v2v_qemu_life = LIFE(qemu);
