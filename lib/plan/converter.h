/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a converter of one type of guest is given, and what it does. */
#ifndef V2V_PLAN_CONVERTER_H
#define V2V_PLAN_CONVERTER_H

#include "core/handle.h"
#include "model/guestcaps.h"
#include "model/source.h"
#include "plan/plan.h"

struct v2v_guest;
struct v2v_linux_guest;

struct v2v_task {
	struct v2v *v;
	const struct v2v_source *source;   /* borrowed */
	const struct v2v_inspect *inspect; /* borrowed */
	bool leave_network;	/* names and network files as they are */
	bool rebuild_initramfs; /* by the guest's own tools */
	bool remove_tools;   /* of the old hypervisor, by the package manager */
	bool serial_console; /* is to be added */
	/* Of a Windows: where virtio-win is, a directory or an image (NULL:
	 * nowhere); "virtio-blk" (NULL) or "virtio-scsi" */
	const char *virtio_win, *block_driver;
	/* What a Windows does when it starts first; NULL: none */
	const char *guest_agent;
	const char *const *firstboot;
	bool only_console; /* ... and nothing else is done */
	/* A part that fails is a blocker of the plan, and the others go on: the
	 * plan is only looked at */
	bool look_only;
	/* What the inspection read of a Linux guest; NULL: it is read */
	const struct v2v_linux_guest *linux_guest;
	struct v2v_plan *plan;	    /* begun over the guest; filled */
	struct v2v_guestcaps *caps; /* filled, but for changes */
};

struct v2v_converter {
	const char *type; /* as inspect.type: "linux" */
	/* Fill task->plan and task->caps.  Nothing of the guest is changed. */
	int (*plan)(const struct v2v_task *task, struct v2v_error *err);
	/* Is there room for what run() makes? */
	int (*check_room)(const struct v2v_task *task, struct v2v_error *err);
	/* Programs of the guest that were asked for, once the plan is
	 * committed; what they change is added to task->plan's changes. */
	int (*run)(const struct v2v_task *task, struct v2v_guest *guest,
		struct v2v_error *err);
};
#endif
