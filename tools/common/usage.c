/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What argp prints is caught in a file, and its first line becomes an object.
 */
#include "common/usage.h"

#include "common/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
	const char *name; /* the program's */
	int file, real;	  /* descriptors; the latter of standard error */
} caught = { NULL, -1, -1 };

void usage_release(void)
{
	struct report report = { .name = caught.name, .json = true };
	struct v2v_error err = { .code = "usage" };
	size_t prefix = strlen(program_invocation_name) + strlen(": ");
	char text[sizeof err.text + 256] = "";
	ssize_t n;

	if (caught.file < 0)
		return;
	fflush(stderr);
	n = pread(caught.file, text, sizeof text - 1, 0);
	dup2(caught.real, STDERR_FILENO);
	close(caught.real);
	close(caught.file);
	caught.file = -1;
	if (n <= 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	snprintf(err.text, sizeof err.text, "%.*s", (int)sizeof err.text - 1,
		strlen(text) > prefix ? text + prefix : text);
	report_error(&report, &err);
}

/* Is --messages, of which argp takes each beginning, among the arguments? */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strncmp(argv[i], "--me", 4) == 0)
			return true;
	return false;
}

void usage_catch(const char *name, int argc, char **argv)
{
	if (!wants_json(argc, argv) || atexit(usage_release) != 0)
		return;
	caught.name = name;
	caught.file = memfd_create("usage", MFD_CLOEXEC);
	caught.real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(caught.file, STDERR_FILENO);
}
