/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the user that are run or installed when Windows starts first. */
#include "convert/windows/firstboot.h"

#include "core/file.h"

#define INSTALL 1800 /* seconds that one try may take */
#define RUN	3600

/* The compound file that an MSI is ([MS-CFB] 2.2). */
static bool is_msi(int fd)
{
	static const char magic[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
	char head[sizeof magic - 1];

	return pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head &&
	       memcmp(head, magic, sizeof head) == 0;
}

/* @name, in the folder; @step gets its path. */
static int put(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, int fd, const char *name,
	struct v2v_firstboot_step *step, struct v2v_error *err)
{
	CLEANUP_FREE char *to = v2v_format("%s/%s", list->folder, name);
	CLEANUP_FREE char *path = v2v_firstboot_path(to);

	step->arguments[0] = path;
	if (v2v_firstboot_add(list, step, err) < 0 ||
		v2v_plan_make_dir(work->plan, list->folder, err) < 0 ||
		v2v_plan_replace(work->plan, to, fd, err) < 0)
		return -1;
	v2v_plan_changed(work->plan, to, FIRSTBOOT_CODE, NULL,
		"%s when Windows starts first",
		step->kind == V2V_FIRSTBOOT_INSTALL ? "installed" : "run");
	return 0;
}

static int add_agent(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, struct v2v_error *err)
{
	const char *file = work->task->guest_agent;
	struct v2v_firstboot_step step = { V2V_FIRSTBOOT_INSTALL, INSTALL,
		{ NULL } };
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(file, &size, err);

	if (fd < 0)
		return -1;
	if (!is_msi(fd))
		return v2v_fail(err, "bad-option",
			"--guest-agent: '%s' is not an MSI", file);
	if (put(work, list, fd, "guest-agent.msi", &step, err) < 0)
		return -1;
	work->caps->guest_agent = true;
	return 0;
}

/* Two of them may have the same name. */
static int add_program(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, const char *file, unsigned number,
	struct v2v_error *err)
{
	CLEANUP_FREE char *name =
		v2v_format("%02u-%s", number, v2v_base_name(file));
	static const char *const programs[] = { ".exe", ".bat", ".cmd" };
	struct v2v_firstboot_step step = { V2V_FIRSTBOOT_RUN, RUN, { NULL } };
	uint64_t size;
	CLEANUP_CLOSE int fd = -1;

	if (!v2v_any(name, programs, v2v_ends_with_nocase))
		return v2v_fail(err, "bad-option",
			"--firstboot: '%s' is not an .exe, .bat or .cmd "
			"(PowerShell is started by one of these)",
			file);
	fd = v2v_open_regular(file, &size, err);
	if (fd < 0)
		return -1;
	return put(work, list, fd, name, &step, err);
}

int v2v_firstboot_add_files(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, struct v2v_error *err)
{
	const char *const *file = work->task->firstboot;

	if (work->task->guest_agent && add_agent(work, list, err) < 0)
		return -1;
	for (unsigned i = 1; file && *file; file++, i++)
		if (add_program(work, list, *file, i, err) < 0)
			return -1;
	return 0;
}
