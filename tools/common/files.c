/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tools that were given files: OVAs and images to documents. */
#include "common/tool-private.h"

#include <stdlib.h>

static void run_machine(struct tool *tool, const char *const *files)
{
	struct v2v_error err = { 0 };
	json_auto_t *docs = NULL;
	json_t *doc;
	size_t i;

	tool->step_begun = report_now();
	if (v2v_unpack(tool->v2v, files, tool->unpack, &docs, &err) < 0) {
		tool_fail(tool, &err);
		return;
	}
	json_array_foreach (docs, i, doc) {
		if (!tool_ended_by())
			tool_handle(tool, doc);
		else
			v2v_discard(tool->v2v, doc);
	}
}

/* Which of the files are machines, and which the images of one. */
static void sort_files(struct tool *tool, char ***machines, char ***images)
{
	for (char *const *file = tool->files; *file && !tool_ended_by();
		file++) {
		struct v2v_error err = { 0 };
		/* Who names the format says that it is one. */
		int is_image = tool->unpack && tool->unpack->format
				       ? 1
				       : v2v_unpack_is_image(*file, &err);

		if (is_image < 0)
			tool_fail(tool, &err);
		else
			tool_collect(is_image ? images : machines, *file);
	}
}

/* A name is one machine's.  That of several in one OVA the step refuses. */
static bool has_one_name(struct tool *tool, char **machines, char **images)
{
	struct v2v_error err = { "bad-option", "" };

	if (!tool->unpack || !tool->unpack->name || !machines ||
		(!machines[1] && !images))
		return true;
	snprintf(err.text, sizeof err.text,
		"one name, '%s', for several machines: '%s' and '%s'",
		tool->unpack->name, machines[0],
		machines[1] ? machines[1] : images[0]);
	tool_fail(tool, &err);
	return false;
}

void tool_run_files(struct tool *tool)
{
	char **machines = NULL, **images = NULL;

	sort_files(tool, &machines, &images);
	if (has_one_name(tool, machines, images)) {
		/* A machine with one of its disks missing is not complete. */
		bool complete = !tool->failed;

		for (char **file = machines; file && *file && !tool_ended_by();
			file++) {
			const char *one[] = { *file, NULL };

			run_machine(tool, one);
		}
		if (images && complete && !tool_ended_by())
			run_machine(tool, (const char *const *)images);
	}
	free(machines);
	free(images);
}
