/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LVM, by the host's lvm. */
#include "server.h"

#include <sys/stat.h>

#define SEPARATOR "|" /* lvm(8): in no name of its own */
#define COLUMNS	  2

int do_LVM_ACTIVATE(const struct request *request, struct reply *reply)
{
	static const char *const argv[] = { "lvm", "vgchange", "-ay",
		"--sysinit", "--noudevsync", NULL };
	const struct tool tool = {
		.argv = argv, .output = reply, .errors = reply
	};
	int status;

	(void)request;
	probe_forget(PROBE_DEVICES);
	names_refresh();
	module_load("dm_mod");
	/* One group that is not complete makes it fail for all. */
	status = tool_report(&tool, reply);
	names_refresh();
	return status;
}

/* A row of the report: the names of group and volume. */
static bool put_row(struct reply *reply, char *line)
{
	char *column[COLUMNS], *rest = line + strspn(line, " ");

	for (int i = 0; i < COLUMNS; i++) {
		column[i] = strsep(&rest, SEPARATOR);
		if (!column[i])
			return false;
	}
	for (int i = 0; i < COLUMNS; i++)
		put_string(reply, column[i]);
	return true;
}

static void put_rows(struct reply *reply, char *text)
{
	struct list list;
	char *rest = NULL;

	list_begin(reply, &list);
	for (char *line = strtok_r(text, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest)) {
		entry_begin(reply, &list);
		if (!put_row(reply, line))
			reply->length = list.entry;
		else if (!entry_end(reply, &list))
			return;
	}
}

int do_LVM_LIST(const struct request *request, struct reply *reply)
{
	static const char *const argv[] = { "lvm", "lvs", "--noheadings",
		"--separator", SEPARATOR, "-S",
		"lv_role=public && lv_skip_activation!=1", "-o",
		"vg_name,lv_name", NULL };
	char said[512];
	struct reply errors = { (unsigned char *)said, 0, sizeof said, false };
	const struct tool tool = {
		.argv = argv,
		.output = reply,
		.errors = &errors,
	};
	CLEANUP_FREE char *text = NULL;
	int exit_status = 0, status;

	(void)request;
	module_load("dm_mod");
	status = tool_run(&tool, &exit_status);
	/* Rows that it has beside an error are not all. */
	if (!status && exit_status) {
		reply->length = 0;
		reply->is_full = false;
		put_bytes(reply, said, errors.length);
		return EIO;
	}
	if (status || reply->is_full)
		return status;
	text = memory_get(reply->length + 1);
	memcpy(text, reply->data, reply->length);
	reply->length = 0;
	put_rows(reply, text);
	return 0;
}
