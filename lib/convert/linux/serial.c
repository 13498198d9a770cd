/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --serial-console: kernels talk on ttyS0, and people can log in there. */
#include "convert/linux/linux.h"
#include "linux/device-files.h"

/* Of its changes. */
#define CODE "serial-console"

static const char upstart[] = "/etc/init/ttyS0.conf";
static const char job[] = "# ttyS0: a login on the serial console\n"
			  "start on stopped rc RUNLEVEL=[2345]\n"
			  "stop on runlevel [!2345]\n"
			  "respawn\n"
			  "exec /sbin/getty -L 115200 ttyS0 vt102\n";

/* Upstart as Ubuntu had it; RHEL 6 starts one by itself. */
static int add_job(struct v2v_linux *c, struct v2v_error *err)
{
	if (!v2v_tree_is_file(c->tree, "/etc/init/tty1.conf") ||
		v2v_tree_is_file(c->tree, upstart) ||
		v2v_tree_is_file(c->tree, "/lib/systemd/systemd"))
		return 0;
	if (v2v_plan_write(c->plan, upstart, job, err) < 0)
		return -1;
	v2v_plan_changed(c->plan, upstart, CODE, NULL, "new: a login on ttyS0");
	return 0;
}

int v2v_linux_serial(struct v2v_linux *c, struct v2v_error *err)
{
	struct v2v_list files CLEANUP_DEVICE_FILES = { 0 };

	if (!c->task->serial_console)
		return 0;
	v2v_device_files_serial(c->tree, &c->guest->boot, &files);
	v2v_list_foreach (struct v2v_device_file, file, &files) {
		file->code = CODE;
		if (v2v_linux_edit(c, file, err) < 0)
			return -1;
	}
	return add_job(c, err);
}
