/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LUKS and BitLocker, by the host's cryptsetup.  The key is its input. */
#include "server.h"

/* Of the processor.  How often the key is hashed is the header's own choice: an
 * real one costs two seconds of the machine that made it, for each slot. */
#define UNLOCK_SECONDS 120

int do_CRYPT_OPEN(const struct request *request, struct reply *reply)
{
	const char *argv[] = { "cryptsetup", "open", "--batch-mode", "--type",
		request->strings[2], "--key-file=-", "--disable-locks",
		request->strings[0], request->strings[1], NULL, NULL };
	const struct tool tool = { .argv = argv,
		.input = request->data,
		.size = request->size,
		.output = reply,
		.errors = reply,
		.seconds = UNLOCK_SECONDS };
	int exit_status = 0, status;

	if (*request->strings[0] != '/' || *request->strings[1] == '-')
		return EINVAL;
	if (request->numbers[3])
		argv[9] = "--readonly";
	probe_forget(PROBE_DEVICES);
	module_load("dm_mod");
	module_load("dm_crypt");
	status = tool_run(&tool, &exit_status);
	names_refresh();
	/* cryptsetup(8): 2 is a wrong passphrase. */
	if (!status && exit_status)
		return exit_status == 2 ? EKEYREJECTED : EIO;
	return status;
}
