/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order in which a Windows is converted. */
#include "convert/windows/windows.h"

#include "core/handle.h"
#include "guest/tree.h"

typedef int windows_part(struct v2v_windows_work *work, struct v2v_error *err);

static int do_part(struct v2v_windows_work *work, windows_part *part,
	struct v2v_error *err)
{
	struct v2v_error why = { 0 };

	if (v2v_tree_check(work->tree, err) < 0 ||
		v2v_check_cancel(work->task->v, err) < 0)
		return -1;
	if (!work->task->look_only)
		return part(work, err);
	if (part(work, &why) < 0)
		v2v_plan_block(work->plan, &why);
	return 0;
}

/* Somebody has found a bus for its disks. */
static int check_bus(struct v2v_windows_work *work, struct v2v_error *err)
{
	if (work->caps->block_bus)
		return 0;
	return v2v_fail(err, "no-boot-driver", "%s", work->no_bus.text);
}

static int do_parts(struct v2v_windows_work *work, struct v2v_error *err)
{
	static windows_part *const parts[] = {
		v2v_windows_caps,
		v2v_windows_controllers,
		v2v_windows_virtio,
		check_bus,
		v2v_windows_tools,
		v2v_windows_settings,
		v2v_windows_firstboot,
		v2v_windows_esp,
		/* Behind all that edits the registry. */
		v2v_windows_hives,
		v2v_windows_protect,
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (do_part(work, parts[i], err) < 0)
			return -1;
	return 0;
}

/* Nobody has booted one that was converted so. */
static void tell_experimental(struct v2v_windows_work *work)
{
	const char *arch = work->inspect->arch;

	v2v_plan_note(work->plan, "windows-experimental",
		"the conversion of Windows is experimental: keep the source, "
		"or a backup (--backup)");
	if (!v2v_windows_is_since(work, 6, 0))
		v2v_plan_note(work->plan, "untested-windows",
			"the conversion of Windows XP and Server 2003 has not "
			"been tested");
	if (v2v_streq(arch, "aarch64"))
		v2v_plan_note(work->plan, "untested-windows",
			"the conversion of Windows for ARM has not been "
			"tested");
}

static int check_known(
	const struct v2v_windows_work *work, struct v2v_error *err)
{
	const struct v2v_windows *w = work->windows;

	if (w && w->systemroot && w->system_hive && w->current_control_set)
		return 0;
	return v2v_fail(
		err, "registry", "the registry of this Windows was not read");
}

static int plan(const struct v2v_task *task, struct v2v_error *err)
{
	const struct v2v_windows *w = task->inspect->windows;
	struct v2v_windows_work work = {
		.task = task,
		.inspect = task->inspect,
		.windows = w,
		.tree = &task->plan->tree,
		.plan = task->plan,
		.caps = task->caps,
		.root = w ? w->systemroot : NULL,
		.set = w ? w->current_control_set : NULL,
	};
	struct v2v_error why = { 0 };
	int status;

	tell_experimental(&work);
	if (check_known(&work, &why) < 0) {
		v2v_plan_block(task->plan, &why);
		return task->look_only
			       ? 0
			       : v2v_fail(err, why.code, "%s", why.text);
	}
	status = do_parts(&work, err);
	v2v_edits_clear(&work.in_system);
	v2v_edits_clear(&work.in_software);
	v2v_edits_clear(&work.in_boot);
	return status;
}

/* No program of the guest is run, so nothing else needs space. */
static int check_room(const struct v2v_task *task, struct v2v_error *err)
{
	if (task->rebuild_initramfs)
		return v2v_fail(err, "bad-option",
			"--initramfs=rebuild: a Windows has no initramfs");
	return 0;
}

static int run(const struct v2v_task *task, struct v2v_guest *guest,
	struct v2v_error *err)
{
	(void)task, (void)guest, (void)err;
	return 0;
}

const struct v2v_converter v2v_windows_converter = { "windows", plan,
	check_room, run };
