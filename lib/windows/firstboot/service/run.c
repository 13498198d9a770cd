/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All steps, in their order. */
#include "service.h"

#include <string.h>

#define PAUSE 2000 /* ms before the next try */

static DWORD (*const works[V2V_FIRSTBOOT_KINDS])(
	const struct v2v_firstboot_step *step) = {
	[V2V_FIRSTBOOT_DRIVER] = step_driver,
	[V2V_FIRSTBOOT_INSTALL] = step_install,
	[V2V_FIRSTBOOT_NETWORK] = step_network,
	[V2V_FIRSTBOOT_NETWORK6] = step_network6,
	[V2V_FIRSTBOOT_SAN] = step_san,
	[V2V_FIRSTBOOT_DISKS] = step_disks,
	[V2V_FIRSTBOOT_REMOVE_TOOLS] = step_remove_tools,
	[V2V_FIRSTBOOT_RUN] = step_run,
};

static char text[V2V_FIRSTBOOT_MAX_BYTES + 2];
static struct v2v_firstboot_step steps[V2V_FIRSTBOOT_MAX_STEPS];

static bool is_stopping(DWORD milliseconds)
{
	return WaitForSingleObject(stopping, milliseconds) == WAIT_OBJECT_0;
}

/* Counted before it is begun: what breaks off at each start ends, too. */
static bool do_try(size_t number, struct step_state *state)
{
	const struct v2v_firstboot_step *step = &steps[number - 1];
	DWORD status;

	state->tries++;
	if (!state_set(number, state)) {
		log_line("step %u: it cannot be recorded, so it is left out",
			(unsigned)number);
		state->tries = TRIES;
		return false;
	}
	log_line("step %u, try %u: %s %s", (unsigned)number, state->tries,
		v2v_firstboot_word(step->kind),
		step->arguments[0] ? step->arguments[0] : "");
	status = works[step->kind](step);
	log_line("step %u, try %u: %s %lu%s", (unsigned)number, state->tries,
		status ? "failed with" : "done,", (unsigned long)status,
		status == ERROR_TIMEOUT ? " (timeout)" : "");
	return status == ERROR_SUCCESS;
}

/* Is it done? */
static bool do_step(size_t number)
{
	struct step_state state = { 0 };

	if (!state_get(number, &state))
		state.tries = TRIES;
	while (!state.is_done && state.tries < TRIES && !is_stopping(0)) {
		state.is_done = do_try(number, &state);
		if (state.is_done)
			state_set(number, &state);
		else if (state.tries < TRIES)
			is_stopping(PAUSE);
	}
	return state.is_done;
}

/* How many bytes; 0: none. */
static size_t read_text(void)
{
	wchar_t path[MAX_PATH];
	size_t size;
	FILE *file;

	path_beside(WIDE(V2V_FIRSTBOOT_STEPS), path, MAX_PATH);
	file = _wfopen(path, L"rb");
	if (!file)
		return 0;
	size = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	return size;
}

/* A list that cannot be read is none: there is nothing to come back for. */
bool run_steps(void)
{
	size_t size = read_text(), count = 0, failed = 0;
	unsigned line = v2v_firstboot_parse(text, size, steps, &count);

	if (line) {
		log_line("line %u of the list of steps is wrong: nothing is "
			 "done",
			line);
		return true;
	}
	for (size_t i = 1; i <= count && !is_stopping(0); i++)
		failed += !do_step(i);
	if (is_stopping(0))
		return false;
	log_line("%u steps, %u failed", (unsigned)count, (unsigned)failed);
	return true;
}
