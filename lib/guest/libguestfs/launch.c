/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Start the appliance, with KVM or else with TCG. */
#include "core/open.h"
#include "guest/private.h"

#include <stdarg.h>
#include <time.h>

int v2v_guest_fail(const struct v2v_guest *guest, struct v2v_error *err,
	const char *code, const char *fmt, ...)
{
	CLEANUP_FREE char *what = NULL;
	const char *why = guestfs_last_error(guest->g);
	va_list args;

	if (v2v_guest_check_time(guest, err) < 0)
		return -1;
	va_start(args, fmt);
	if (vasprintf(&what, fmt, args) < 0)
		abort();
	va_end(args);
	return v2v_fail(err, code, "%s: %.*s", what,
		why ? (int)strcspn(why, "\n") : 7, why ? why : "unknown");
}

static int add_drives(struct v2v_guest *guest, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_guest_drive, drive, &guest->drives) {
		struct guestfs_add_drive_opts_argv opts = {
			.bitmask = GUESTFS_ADD_DRIVE_OPTS_FORMAT_BITMASK |
				   GUESTFS_ADD_DRIVE_OPTS_CACHEMODE_BITMASK |
				   GUESTFS_ADD_DRIVE_OPTS_DISCARD_BITMASK,
			.format = drive->format,
			/* A private overlay is lost with the appliance. */
			.cachemode = guest->in_place ? "writeback" : "unsafe",
			.discard = "besteffort",
		};

		if (guestfs_add_drive_opts_argv(guest->g, drive->file, &opts) <
			0)
			return v2v_guest_fail(guest, err, "appliance",
				"disk '%s'", drive->file);
	}
	return 0;
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	       (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static int try_launch(struct v2v_guest *guest, bool tcg, struct v2v_error *err)
{
	struct timespec start;

	if (guest->g)
		guestfs_close(guest->g);
	v2v_occupy_standard();
	/* It speaks as soon as it has read LIBGUESTFS_DEBUG. */
	guest->g = guestfs_create_flags(GUESTFS_CREATE_NO_ENVIRONMENT);
	if (!guest->g)
		return v2v_fail(
			err, "appliance", "libguestfs cannot make a handle");
	guestfs_push_error_handler(guest->g, NULL, NULL);
	v2v_guest_listen(guest);
	if (guestfs_parse_environment(guest->g) < 0)
		return v2v_guest_fail(guest, err, "appliance",
			"a variable LIBGUESTFS_… of the environment");
	/* Whatever LIBGUESTFS_TRACE says. */
	guestfs_set_trace(guest->g, 1);
	guestfs_set_tmpdir(guest->g, guest->dir);
	/* A ^C of the terminal is for us; we end qemu ourselves. */
	guestfs_set_pgroup(guest->g, 1);
	guestfs_set_identifier(guest->g, "libv2v");
	/* Emulated processors run side by side: a launch is some 8 % quicker.
	 */
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		guestfs_set_smp(guest->g, 2);
	if (guest->has_keys && guestfs_get_memsize(guest->g) < 2048)
		guestfs_set_memsize(guest->g, 2048);
	if (tcg)
		guestfs_set_backend_setting(guest->g, "force_tcg", "1");
	if (add_drives(guest, err) < 0)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (guestfs_launch(guest->g) < 0)
		return v2v_guest_launch_failed(guest, err);
	v2v_info(guest->v, "appliance-runs", "the appliance runs after %.1f s",
		seconds_since(&start));
	return 0;
}

static bool kvm_is_tried(const struct v2v_guest *guest)
{
	CLEANUP_FREE char *forced =
		guestfs_get_backend_setting(guest->g, "force_tcg");

	return !forced && access("/dev/kvm", R_OK | W_OK) == 0;
}

/* Locks of a qemu that ends a while after the step that it belonged to. */
#define LOCK_TRIES    10
#define LOCK_PAUSE_MS 1000

static bool is_locked(const struct v2v_error *err)
{
	return v2v_streq(err->code, "appliance-lock") ||
	       v2v_streq(err->code, "image-in-use");
}

/* Again as long as a lock is all that is in the way. */
static int launch_patiently(struct v2v_guest *guest, struct v2v_error *err)
{
	for (unsigned i = 0;; i++) {
		struct v2v_error now = { 0 };

		if (try_launch(guest, false, &now) == 0)
			return 0;
		if (i >= LOCK_TRIES || !is_locked(&now))
			return v2v_fail(err, now.code, "%s", now.text);
		if (i == 0)
			v2v_info(guest->v, "lock-wait",
				"%s; trying again for some %u s", now.text,
				LOCK_TRIES * LOCK_PAUSE_MS / 1000);
		if (v2v_pause(guest->v, LOCK_PAUSE_MS, err) < 0)
			return -1;
	}
}

int v2v_guest_launch(struct v2v_guest *guest, struct v2v_error *err)
{
	struct v2v_error first = { 0 };

	v2v_info(guest->v, "appliance-launch",
		"launching the appliance over %zu disk(s)",
		guest->drives.count);
	v2v_guest_watch(guest);
	if (launch_patiently(guest, &first) == 0)
		return 0;
	if (v2v_check_cancel(guest->v, err) < 0)
		return -1;
	if (!guest->g || is_locked(&first) || !kvm_is_tried(guest))
		return v2v_fail(err, first.code, "%s", first.text);
	v2v_warn(guest->v, "kvm-unusable",
		"the appliance does not start with KVM; trying emulation "
		"(TCG), which is slower");
	return try_launch(guest, true, err);
}
