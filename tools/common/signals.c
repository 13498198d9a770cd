/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals: the handle is cancelled, and which it was is the exit status. */
#include "common/tool-private.h"

#include <signal.h>
#include <unistd.h>

#define REST_OF_DOCUMENT_S 1

/* All that a signal handler may reach. */
static struct v2v *volatile signal_handle;
static volatile sig_atomic_t signal_number, is_reading;

int tool_ended_by(void)
{
	return signal_number;
}

static void on_signal(int number)
{
	if (number == SIGALRM)
		return;
	signal_number = number;
	if (signal_handle)
		v2v_cancel(signal_handle);
	if (is_reading)
		alarm(REST_OF_DOCUMENT_S);
}

void tool_signals_reading(bool on)
{
	is_reading = on;
	if (!on)
		alarm(0);
}

void tool_catch_signals(struct v2v *v)
{
	struct sigaction action = { .sa_handler = on_signal };

	signal_handle = v;
	if (!v)
		return;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	/* A reader that is gone is a failed write, to be reported and cleaned
	 * up. */
	signal(SIGPIPE, SIG_IGN);
	/* So is one beyond ulimit -f. */
	signal(SIGXFSZ, SIG_IGN);
}
