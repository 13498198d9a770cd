/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Start the appliance, with KVM or else with TCG. */
#include "core/kvm.h"
#include "core/open.h"
#include "guest/libguestfs/private.h"

#include <time.h>

static int add_drives(struct v2v_libguestfs *l, struct v2v_error *err)
{
	v2v_list_foreach (
		const struct v2v_appliance_drive, drive, l->config.drives) {
		struct guestfs_add_drive_opts_argv opts = {
			.bitmask = GUESTFS_ADD_DRIVE_OPTS_FORMAT_BITMASK |
				   GUESTFS_ADD_DRIVE_OPTS_CACHEMODE_BITMASK |
				   GUESTFS_ADD_DRIVE_OPTS_DISCARD_BITMASK,
			.format = drive->format,
			/* A private overlay is lost with the appliance. */
			.cachemode =
				l->config.in_place ? "writeback" : "unsafe",
			.discard = "besteffort",
		};

		if (drive->is_ours)
			return v2v_fail(err, "image-chain",
				"'%s' is the difference of a VHD or VHDX, "
				"which libguestfs cannot read; another "
				"backend can",
				drive->of.file);
		if (guestfs_add_drive_opts_argv(l->g, drive->file, &opts) < 0)
			return v2v_appliance_fail(&l->a, err, "appliance",
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

static bool has_setting(const struct v2v_libguestfs *l, const char *name)
{
	CLEANUP_FREE char *value = guestfs_get_backend_setting(l->g, name);

	return value != NULL;
}

static bool kvm_is_tried(const struct v2v_libguestfs *l)
{
	return !has_setting(l, "force_tcg") &&
	       access("/dev/kvm", R_OK | W_OK) == 0;
}

/* Where qemu would wait forever; whoever sets force_kvm wants it so. */
static bool kvm_would_hang(const struct v2v_libguestfs *l)
{
	return kvm_is_tried(l) && !has_setting(l, "force_kvm") &&
	       !v2v_kvm_is_usable();
}

static void choose_accelerator(struct v2v_libguestfs *l, bool tcg)
{
	bool would_hang = !tcg && kvm_would_hang(l);

	if (tcg || would_hang)
		guestfs_set_backend_setting(l->g, "force_tcg", "1");
	if (would_hang && !l->kvm_warned)
		v2v_warn(l->a.v, "kvm-unusable",
			"/dev/kvm exists, but the processor has neither VT-x "
			"nor AMD-V; using emulation (TCG), which is slower");
	l->kvm_warned |= would_hang;
}

static int try_launch(struct v2v_libguestfs *l, bool tcg, struct v2v_error *err)
{
	struct timespec start;

	if (l->g)
		guestfs_close(l->g);
	v2v_occupy_standard();
	/* It speaks as soon as it has read LIBGUESTFS_DEBUG. */
	l->g = guestfs_create_flags(GUESTFS_CREATE_NO_ENVIRONMENT);
	if (!l->g)
		return v2v_fail(
			err, "appliance", "libguestfs cannot make a handle");
	guestfs_push_error_handler(l->g, NULL, NULL);
	v2v_libguestfs_listen(l);
	if (guestfs_parse_environment(l->g) < 0)
		return v2v_appliance_fail(&l->a, err, "appliance",
			"a variable LIBGUESTFS_… of the environment");
	/* Whatever LIBGUESTFS_TRACE says. */
	guestfs_set_trace(l->g, 1);
	guestfs_set_tmpdir(l->g, l->config.dir);
	/* A ^C of the terminal is for us; we end qemu ourselves. */
	guestfs_set_pgroup(l->g, 1);
	guestfs_set_identifier(l->g, "libv2v");
	/* Emulated processors run side by side: a launch is some 8 % quicker.
	 */
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		guestfs_set_smp(l->g, 2);
	if (l->config.has_keys && guestfs_get_memsize(l->g) < 2048)
		guestfs_set_memsize(l->g, 2048);
	choose_accelerator(l, tcg);
	l->is_ready = false;
	if (!l->stays_packed && !kvm_is_tried(l))
		v2v_libguestfs_get_ready(l);
	if (add_drives(l, err) < 0)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &start);
	l->was_launched = true;
	if (guestfs_launch(l->g) < 0)
		return v2v_libguestfs_launch_failed(l, err);
	v2v_info(l->a.v, "appliance-runs", "the appliance runs after %.1f s",
		seconds_since(&start));
	return 0;
}

/* An unpacked kernel that does not run (it may lack the PVH entry) is no reason
 * to fail; what has a cause of its own fails with any kernel. */
static int try_launches(
	struct v2v_libguestfs *l, bool tcg, struct v2v_error *err)
{
	struct v2v_error why = { 0 };

	if (try_launch(l, tcg, &why) == 0)
		return 0;
	if (!l->is_ready || !v2v_streq(why.code, "appliance") ||
		v2v_is_cancelled(l->a.v))
		return v2v_fail(err, why.code, "%s", why.text);
	v2v_info(l->a.v, "appliance-packed",
		"once more with a kernel that unpacks itself: %s", why.text);
	l->stays_packed = true;
	return try_launch(l, tcg, err);
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
static int launch_patiently(struct v2v_libguestfs *l, struct v2v_error *err)
{
	for (unsigned i = 0;; i++) {
		struct v2v_error now = { 0 };

		if (try_launches(l, false, &now) == 0)
			return 0;
		if (i >= LOCK_TRIES || !is_locked(&now))
			return v2v_fail(err, now.code, "%s", now.text);
		if (i == 0)
			v2v_info(l->a.v, "lock-wait",
				"%s; trying again for some %u s", now.text,
				LOCK_TRIES * LOCK_PAUSE_MS / 1000);
		if (v2v_pause(l->a.v, LOCK_PAUSE_MS, err) < 0)
			return -1;
	}
}

int v2v_libguestfs_launch(struct v2v_libguestfs *l, struct v2v_error *err)
{
	struct v2v_error first = { 0 };

	v2v_info(l->a.v, "appliance-launch",
		"launching the appliance over %zu disk(s)",
		l->config.drives->count);
	v2v_libguestfs_watch(l);
	if (launch_patiently(l, &first) == 0)
		return 0;
	if (v2v_check_cancel(l->a.v, err) < 0)
		return -1;
	if (!l->was_launched || is_locked(&first) || !kvm_is_tried(l))
		return v2v_fail(err, first.code, "%s", first.text);
	v2v_warn(l->a.v, "kvm-unusable",
		"the appliance does not start with KVM; trying emulation "
		"(TCG), which is slower");
	return try_launches(l, true, err);
}
