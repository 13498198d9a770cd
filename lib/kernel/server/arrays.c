/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MD arrays, by the host's mdadm.  They are started read-only, those that miss
 * members too, and never resynchronised: what is read is what is there.
 */
#include "server.h"

#include <dirent.h>

#define CONFIG "/run/mdadm.conf"

/* Only what is a member is looked at, so nobody else's bytes are. */
static bool write_config(void)
{
	CLEANUP_FCLOSE FILE *f = fopen(CONFIG, "we");
	CLEANUP_CLOSEDIR DIR *dir = opendir("/sys/class/block");
	struct dirent *entry;
	bool any = false;

	if (!f || !dir)
		return false;
	while ((entry = readdir(dir))) {
		char name[NAME_ROOM], type[64];
		CLEANUP_CLOSE int fd = -1;

		if (!device_name(entry->d_name, name, sizeof name) ||
			device_open(name, O_RDONLY, &fd) != 0)
			continue;
		probe_type(fd, type, sizeof type);
		if (strcmp(type, "linux_raid_member") == 0 &&
			fprintf(f, "DEVICE %s\n", name) > 0)
			any = true;
	}
	/* A name that no array has: then all get numbers from 127 down. */
	fputs("HOMEHOST v2v\nCREATE names=no\n", f);
	return any;
}

static void set_limits(void)
{
	module_load("md_mod");
	text_write("/sys/module/md_mod/parameters/start_ro", "1");
	text_write("/sys/module/md_mod/parameters/start_dirty_degraded", "1");
}

int do_MD_ASSEMBLE(const struct request *request, struct reply *reply)
{
	static const char *const argv[] = { "mdadm", "--assemble", "--scan",
		"--readonly", "--run", "--config=" CONFIG, NULL };
	const struct tool tool = {
		.argv = argv, .output = reply, .errors = reply
	};
	int exit_status, status;

	(void)request;
	names_refresh();
	if (!write_config())
		return 0;
	set_limits();
	probe_forget(PROBE_DEVICES);
	/* Some that start and some that do not: 1. */
	status = tool_run(&tool, &exit_status);
	names_refresh();
	return status;
}

int do_MD_DETAIL(const struct request *request, struct reply *reply)
{
	const char *const argv[] = { "mdadm", "--detail", "--export",
		request->strings[0], NULL };

	return text_starts(argv[3], "/dev/") ? tool_do(argv, reply) : ENODEV;
}

int do_MD_WRITABLE(const struct request *request, struct reply *reply)
{
	const char *device = request->strings[0];
	CLEANUP_FREE char *real = realpath(device, NULL);
	CLEANUP_FREE char *action = NULL, *state = NULL;

	(void)reply;
	probe_forget(PROBE_WRITES);
	if (!real || !text_starts(real, "/dev/md") || strchr(real + 5, '/'))
		return ENODEV;
	action = text_make("/sys/block/%s/md/sync_action", real + 5);
	state = text_make("/sys/block/%s/md/array_state", real + 5);
	/* A RAID 0 has none. */
	text_write(action, "frozen");
	return text_write(state, "active") || text_write(state, "clean")
		       ? 0
		       : errno;
}
