/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order in which a Linux guest is converted. */
#include "convert/linux/linux.h"

#include "guest/files.h"

#include <stdarg.h>

static struct v2v_change *find_change(struct v2v_linux *c, const char *path)
{
	v2v_list_foreach (struct v2v_change, change, &c->caps->changes)
		if (strcmp(change->path, path) == 0)
			return change;
	return NULL;
}

/* One entry a file, however many parts edit it. */
static void record(struct v2v_linux *c, const char *path, const char *what)
{
	struct v2v_change *change = find_change(c, path);
	CLEANUP_FREE char *before = NULL;

	if (!change) {
		change = v2v_list_add(&c->caps->changes, sizeof *change);
		change->path = v2v_strdup(path);
		change->what = v2v_strdup(what);
		return;
	}
	before = v2v_take(change->what);
	change->what = v2v_format("%s; %s", before, what);
}

void v2v_linux_changed(
	struct v2v_linux *c, const char *path, const char *fmt, ...)
{
	CLEANUP_FREE char *what = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&what, fmt, args) < 0)
		abort();
	va_end(args);
	record(c, path, what);
	v2v_info(c->v, "changed", "%s: %s", path, what);
}

int v2v_linux_edit(struct v2v_linux *c, const char *path,
	char *(*edit)(const char *text, const struct v2v_devices *devices,
		struct v2v_text *what),
	struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL, *edited = NULL;
	struct v2v_text what CLEANUP_TEXT = { 0 };

	if (v2v_guest_read(c->guest, path, &text, err) < 0)
		return -1;
	if (!text)
		v2v_guest_tell_link(c->guest, path);
	edited = text ? edit(text, &c->devices, &what) : NULL;
	if (!edited)
		return 0;
	if (v2v_guest_write(c->guest, path, edited, err) < 0)
		return -1;
	v2v_linux_changed(c, path, "%s", what.data);
	return 0;
}

int v2v_linux_convert(struct v2v_linux *c, struct v2v_error *err)
{
	static int (*const parts[])(struct v2v_linux *, struct v2v_error *) = {
		v2v_linux_caps,
		v2v_linux_names,
		v2v_linux_serial,
		v2v_linux_uefi,
		v2v_linux_network,
		v2v_linux_leftovers,
		v2v_linux_foreign,
		v2v_linux_remove_tools,
		/* Last: it is the largest, and reads what was edited. */
		v2v_linux_initramfs,
		/* Behind all that makes new files. */
		v2v_linux_selinux,
	};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (v2v_check_cancel(c->v, err) < 0 || parts[i](c, err) < 0)
			return -1;
	return 0;
}
