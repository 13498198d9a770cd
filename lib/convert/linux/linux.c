/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order in which a Linux guest is converted. */
#include "convert/linux/linux.h"

struct v2v_linux v2v_linux_of(const struct v2v_task *task)
{
	const char *bus = v2v_inspect_block_bus(task->inspect);

	return (struct v2v_linux){
		.v = task->v,
		.task = task,
		.source = task->source,
		.inspect = task->inspect,
		.tree = &task->plan->tree,
		.plan = task->plan,
		.guest = task->linux_guest,
		.devices = {
			.source = task->source,
			.inspect = task->inspect,
			.prefix = v2v_devices_prefix(bus ? bus : "virtio-blk"),
		},
		.caps = task->caps,
	};
}

typedef int linux_part(struct v2v_linux *c, struct v2v_error *err);

static int do_part(struct v2v_linux *c, linux_part *part, struct v2v_error *err)
{
	struct v2v_error why = { 0 };

	if (v2v_tree_check(c->tree, err) < 0 || v2v_check_cancel(c->v, err) < 0)
		return -1;
	if (!c->task->look_only)
		return part(c, err);
	if (part(c, &why) < 0)
		v2v_plan_block(c->plan, &why);
	return 0;
}

static int do_all_parts(struct v2v_linux *c, struct v2v_error *err)
{
	static linux_part *const parts[] = {
		v2v_linux_caps,
		v2v_linux_names,
		v2v_linux_serial,
		v2v_linux_uefi,
		v2v_linux_network,
		v2v_linux_leftovers,
		v2v_linux_foreign,
		/* It is the largest, and reads what was edited. */
		v2v_linux_initramfs,
		v2v_linux_persist,
		/* Behind all that makes new files. */
		v2v_linux_selinux,
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (do_part(c, parts[i], err) < 0)
			return -1;
	return 0;
}

static int do_parts(struct v2v_linux *c, struct v2v_error *err)
{
	if (c->task->only_console)
		return do_part(c, v2v_linux_serial, err);
	return do_all_parts(c, err);
}

static int plan(const struct v2v_task *task, struct v2v_error *err)
{
	struct v2v_linux_guest own CLEANUP_LINUX_GUEST = { 0 };
	struct v2v_linux c = v2v_linux_of(task);
	int status;

	if (!c.guest) {
		v2v_linux_guest_read(c.tree, c.inspect, &own);
		c.guest = &own;
	}
	status = do_parts(&c, err);
	v2v_linux_cards_clear(&c.cards);
	return status;
}

static int check_room(const struct v2v_task *task, struct v2v_error *err)
{
	struct v2v_linux c = v2v_linux_of(task);

	return task->rebuild_initramfs ? v2v_linux_rebuild_room(&c, err) : 0;
}

/* A package manager may have rebuilt an initrd: what that lacks is appended,
 * by a plan of its own. */
static int extend_again(const struct v2v_task *task, struct v2v_guest *guest,
	struct v2v_error *err)
{
	const struct v2v_tree tree = v2v_tree_of_guest(guest);
	struct v2v_plan plan CLEANUP_PLAN = { 0 };
	struct v2v_task again = *task;
	struct v2v_linux c;

	if (task->rebuild_initramfs)
		return 0;
	v2v_plan_init(&plan, &tree);
	again.plan = &plan;
	c = v2v_linux_of(&again);
	if (v2v_linux_initramfs(&c, err) < 0 ||
		v2v_plan_commit(&plan, guest, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_change, change, &plan.changes)
		v2v_plan_changed(task->plan, change->path, change->code,
			change->where, "%s", change->what);
	return 0;
}

static int run(const struct v2v_task *task, struct v2v_guest *guest,
	struct v2v_error *err)
{
	struct v2v_linux c = v2v_linux_of(task);

	if (task->remove_tools && (v2v_linux_remove_tools(&c, guest, err) < 0 ||
					  extend_again(task, guest, err) < 0))
		return -1;
	if (!task->rebuild_initramfs)
		return 0;
	/* What they bring up, the next ones must bring up, too. */
	return v2v_linux_initramfs(&c, err) < 0
		       ? -1
		       : v2v_linux_rebuild(&c, guest, err);
}

const struct v2v_converter v2v_linux_converter = { "linux", plan, check_room,
	run };
